//! From and to JSON: what every generated type implements.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// Reading: the body decodes `input`.
pub(super) fn emit_decode_impl(
    ident: &Ident,
    allow: &Option<TokenStream>,
    body: &TokenStream,
) -> TokenStream {
    let deserialize = emit_deserialize_impl(ident, allow);
    quote! {
        #allow
        #[automatically_derived]
        impl<'de> ::qapi_runtime::Decode<'de> for #ident {
            fn decode(
                input: ::qapi_runtime::Input<'_, 'de>,
            ) -> Result<Self, ::qapi_runtime::DecodeError> {
                #body
            }
        }
        #deserialize
    }
}

/// Reading in serde's formats, which leads to our own decoding.
pub(super) fn emit_deserialize_impl(ident: &Ident, allow: &Option<TokenStream>) -> TokenStream {
    quote! {
        #allow
        #[automatically_derived]
        impl<'de> ::qapi_runtime::serde::Deserialize<'de> for #ident {
            fn deserialize<D: ::qapi_runtime::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                ::qapi_runtime::deserialize(deserializer)
            }
        }
    }
}

/// Writing: the body serialises `self`, and says whether it leaves `serializer` unused.
pub(super) fn emit_serialize_impl(
    ident: &Ident,
    allow: &Option<TokenStream>,
    (ignores_serializer, body): (bool, TokenStream),
) -> TokenStream {
    let serializer = parameter("serializer", ignores_serializer);
    quote! {
        #allow
        #[automatically_derived]
        impl ::qapi_runtime::serde::Serialize for #ident {
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
