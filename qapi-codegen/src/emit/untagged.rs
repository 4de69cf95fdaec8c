//! Enums that the JSON kind of the value tells apart.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::cfg::allow_unused;
use super::doc::emit_type_about;
use super::json::{emit_decode_impl, emit_serialize_impl};
use super::lifetime::Subject;
use super::ty::emit_type;
use super::variant::emit_variant;
use crate::ir::{Alternative, Ty, Untagged};

/// How many kinds of JSON values there are; an alternate has at most one alternative of each.
const KINDS: usize = 6;

/// An enum and everything that it implements.
pub(super) fn emit_untagged(untagged: &Untagged) -> TokenStream {
    let ty = Subject::from(untagged).ty();
    let about = emit_type_about(&untagged.about, &["Clone", "Debug", "PartialEq"]);
    let large = untagged
        .alternatives
        .iter()
        .any(|alternative| alternative.kind == "Object")
        .then(|| quote!(#[allow(clippy::large_enum_variant)]));
    let variants = untagged
        .alternatives
        .iter()
        .map(|it| emit_variant(&it.about, &it.cfg, &it.ident, it.payload.as_ref()));
    let conversions = untagged
        .alternatives
        .iter()
        .map(|alternative| emit_conversion(untagged, alternative));
    let decode = emit_decode(untagged);
    let encode = emit_encode(untagged);
    quote! {
        #about
        #large
        #[non_exhaustive]
        pub enum #ty { #(#variants,)* }
        #(#conversions)*
        #decode
        #encode
    }
}

/// The conversion from the content of an alternative, where that is unambiguous.
fn emit_conversion(untagged: &Untagged, alternative: &Alternative) -> Option<TokenStream> {
    let Alternative {
        cfg,
        ident: variant,
        payload,
        is_unique,
        ..
    } = alternative;
    let payload = payload.as_ref().filter(|_| *is_unique)?;
    let subject = Subject::from(untagged);
    // Without a lifetime in the content, the one of the alternate needs no name.
    let (generics, own) = if payload.borrows() {
        (subject.generics(), subject.ty())
    } else {
        (None, subject.with(quote!('_)))
    };
    let (ty, value) = match payload {
        Ty::Boxed(inner) => (emit_type(inner), quote!(Box::new(value))),
        ty => (emit_type(ty), quote!(value)),
    };
    Some(quote! {
        #cfg
        #[automatically_derived]
        impl #generics ::core::convert::From<#ty> for #own {
            fn from(value: #ty) -> Self { Self::#variant(#value) }
        }
    })
}

fn emit_decode(untagged: &Untagged) -> TokenStream {
    let wire_name = &untagged.wire_name;
    let arms = untagged.alternatives.iter().map(
        |Alternative {
             cfg,
             ident,
             kind,
             payload,
             ..
         }| {
            let kind = Ident::new(kind, Span::call_site());
            match payload {
                None => quote!(#cfg ::qapi_runtime::Kind::#kind => Ok(Self::#ident)),
                Some(_) => {
                    quote!(#cfg ::qapi_runtime::Kind::#kind => input.decode().map(Self::#ident))
                }
            }
        },
    );
    let other = (untagged.alternatives.len() < KINDS)
        .then(|| quote!(_ => Err(input.expected(#wire_name)),));
    let read = quote!(match input.kind() { #(#arms,)* #other });
    emit_decode_impl(untagged.into(), &read)
}

fn emit_encode(untagged: &Untagged) -> TokenStream {
    let serialize = quote!(::qapi_runtime::serde::Serialize::serialize);
    let cfgs = untagged.alternatives.iter().map(|it| &it.cfg);
    let allow = allow_unused(cfgs);
    let is_empty = untagged.alternatives.is_empty();
    let (subject, value) = match is_empty || allow.is_some() {
        true => (quote!(*self), quote!(ref value)),
        false => (quote!(self), quote!(value)),
    };
    let arms = untagged.alternatives.iter().map(|alternative| {
        let Alternative { cfg, ident, .. } = alternative;
        match alternative.payload {
            None => quote!(#cfg Self::#ident => serializer.serialize_unit()),
            Some(_) => quote!(#cfg Self::#ident(#value) => #serialize(value, serializer)),
        }
    });
    let write = quote!(match #subject { #(#arms,)* });
    emit_serialize_impl(untagged.into(), &allow, (is_empty, write))
}
