//! What the schema tells about itself.

use proc_macro2::TokenStream;
use quote::quote;

use super::text::emit_raw;

/// The constant with the answer, which is JSON.
pub(super) fn emit_introspection(answer: &str) -> TokenStream {
    let answer = emit_raw(answer);
    quote! {
        /// What a server with this interface answers to `query-qmp-schema`, as JSON.
        pub const INTROSPECTION: &str = #answer;
    }
}
