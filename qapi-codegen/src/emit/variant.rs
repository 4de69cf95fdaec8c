//! The variants of enums.

use proc_macro2::TokenStream;
use quote::quote;

use super::doc::emit_about;
use super::ty::emit_type;
use crate::ident::Ident;
use crate::ir::{About, Cfg, Ty};

/// A variant with what is said about it, and with its content, if it has any.
pub(super) fn emit_variant(
    about: &About,
    cfg: &Cfg,
    ident: &Ident,
    payload: Option<&Ty>,
) -> TokenStream {
    let about = emit_about(about);
    let payload = payload.map(|payload| {
        let ty = emit_type(payload);
        quote!((#ty))
    });
    quote!(#about #cfg #ident #payload)
}
