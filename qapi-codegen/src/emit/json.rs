//! From and to JSON: what every generated type implements.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::lifetime::Subject;

/// Reading: the body decodes `input`.
pub(super) fn emit_decode_impl(subject: Subject<'_>, body: &TokenStream) -> TokenStream {
    let deserialize = emit_deserialize_impl(subject);
    let ty = subject.with(quote!('de));
    quote! {
        #[automatically_derived]
        impl<'de> ::qapi_runtime::Decode<'de> for #ty {
            fn decode(
                input: ::qapi_runtime::Input<'_, 'de>,
            ) -> Result<Self, ::qapi_runtime::DecodeError> {
                #body
            }
        }
        #deserialize
    }
}

/// Reading in serde's formats, which leads to our own decoding; that happens in
/// a copy, from which nothing can be borrowed.
pub(super) fn emit_deserialize_impl(subject: Subject<'_>) -> Option<TokenStream> {
    let ty = subject.ty();
    (!subject.borrows).then(|| quote!(::qapi_runtime::impl_deserialize!(#ty);))
}

/// Writing: the body serialises `self`, and says whether it leaves `serializer` unused.
pub(super) fn emit_serialize_impl(
    subject: Subject<'_>,
    allow: &Option<TokenStream>,
    (ignores_serializer, body): (bool, TokenStream),
) -> TokenStream {
    let ty = subject.with(quote!('_));
    let serializer = parameter("serializer", ignores_serializer);
    quote! {
        #allow
        #[automatically_derived]
        impl ::qapi_runtime::serde::Serialize for #ty {
            fn serialize<S: ::qapi_runtime::serde::Serializer>(
                &self,
                #serializer: S,
            ) -> Result<S::Ok, S::Error> {
                #body
            }
        }
    }
}

/// A parameter's name, marked where it goes unused.
pub(super) fn parameter(name: &str, is_unused: bool) -> Ident {
    if is_unused {
        format_ident!("_{name}")
    } else {
        format_ident!("{name}")
    }
}
