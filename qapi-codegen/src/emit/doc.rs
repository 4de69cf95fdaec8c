//! Documentation and deprecation.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};

use super::cfg::emit_predicate;
use crate::ir::{About, Verbatim};

/// What stands before an item that is no type.
pub(super) fn emit_about(about: &About) -> TokenStream {
    let told = emit_told(about);
    let attributes = &about.attributes;
    quote!(#told #(#attributes)*)
}

/// What stands before a type that derives these traits in any case.
pub(super) fn emit_type_about(about: &About, traits: &[&str]) -> TokenStream {
    let told = emit_told(about);
    let added = about.derives.iter();
    let added = added.filter(|Verbatim(path)| !traits.contains(&path.as_str()));
    let traits = traits.iter().map(|path| format_ident!("{path}"));
    let attributes = &about.attributes;
    quote! {
        #told
        #[derive(#(#traits,)* #(#added,)*)]
        #(#attributes)*
    }
}

/// What a reader is told about an item.
fn emit_told(about: &About) -> TokenStream {
    let docs = emit_docs(&about.docs);
    let deprecated = about.deprecated.as_ref().map(|deprecation| {
        let attribute = match deprecation.note.as_str() {
            "" => quote!(deprecated),
            note => quote!(deprecated = #note),
        };
        match emit_predicate(&deprecation.cfg) {
            None => quote!(#[#attribute]),
            Some(predicate) => quote!(#[cfg_attr(#predicate, #attribute)]),
        }
    });
    quote!(#docs #deprecated)
}

impl ToTokens for Verbatim {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let code: TokenStream = self.0.parse().expect("`lower` has read it before");
        tokens.extend(code);
    }
}

/// One comment line for each line.
pub(super) fn emit_docs(lines: &[impl AsRef<str>]) -> TokenStream {
    let lines = lines.iter().map(|line| match line.as_ref() {
        "" => String::new(),
        line => format!(" {line}"),
    });
    quote!(#(#[doc = #lines])*)
}
