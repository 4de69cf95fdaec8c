//! Documentation and deprecation.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ir::About;

/// The attributes that tell a reader about an item.
pub(super) fn emit_about(about: &About) -> TokenStream {
    let docs = emit_docs(&about.docs);
    let deprecated = about.deprecated.as_ref().map(|note| match note.as_str() {
        "" => quote!(#[deprecated]),
        note => quote!(#[deprecated = #note]),
    });
    quote!(#docs #deprecated)
}

/// One comment line for each line.
pub(super) fn emit_docs(lines: &[impl AsRef<str>]) -> TokenStream {
    let lines = lines.iter().map(|line| match line.as_ref() {
        "" => String::new(),
        line => format!(" {line}"),
    });
    quote!(#(#[doc = #lines])*)
}
