//! What the schema tells about itself.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// The constant with the answer, which is JSON.
pub(super) fn emit_introspection(answer: &str) -> TokenStream {
    let answer = emit_raw(answer);
    quote! {
        /// What a server with this interface answers to `query-qmp-schema`, as JSON.
        pub const INTROSPECTION: &str = #answer;
    }
}

/// A text without escapes, since JSON is full of quotes.
fn emit_raw(text: &str) -> Literal {
    let mut hashes = "#".to_owned();
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    let raw = format!("r{hashes}\"{text}\"{hashes}");
    raw.parse().unwrap_or_else(|_| Literal::string(text))
}
