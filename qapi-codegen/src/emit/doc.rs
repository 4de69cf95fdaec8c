//! Documentation and deprecation.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};

use super::cfg::emit_predicate;
use super::text::emit_raw;
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

/// Ends each line of a comment but the last. Documentation is a third of the generated text; as one
/// attribute it takes half the time of one for each line, and [`output`](crate::output) parts the lines.
pub(crate) const END_OF_LINE: char = '\u{1}';

/// One comment line for each line.
pub(super) fn emit_docs(lines: &[impl AsRef<str>]) -> TokenStream {
    if lines.is_empty() {
        return TokenStream::new();
    }
    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        let line = line.as_ref();
        text.extend((index > 0).then_some(END_OF_LINE));
        text.extend((!line.is_empty()).then_some(' '));
        text += line.trim_end();
    }
    let text = emit_raw(&text);
    quote!(#[doc = #text])
}
