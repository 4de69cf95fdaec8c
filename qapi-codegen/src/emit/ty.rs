//! Types.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, TokenStreamExt, quote};

use super::lifetime::with_lifetime;
use crate::ident;
use crate::ir::{Field, Path, Ty};

/// A type as a field holds it; in a type that borrows, the lifetime is `'a`.
pub(super) fn emit_type(ty: &Ty) -> TokenStream {
    emit_type_with(ty, &quote!('a))
}

/// A type with this lifetime, if it borrows.
pub(super) fn emit_type_with(ty: &Ty, lifetime: &TokenStream) -> TokenStream {
    match ty {
        Ty::Primitive(name) => {
            let ident = Ident::new(name, Span::call_site());
            quote!(#ident)
        }
        Ty::String => quote!(String),
        Ty::Value => quote!(::qapi_runtime::Value),
        Ty::Null => quote!(()),
        Ty::Named {
            path,
            borrows: false,
        } => quote!(#path),
        Ty::Named {
            path,
            borrows: true,
        } => quote!(#path<#lifetime>),
        Ty::Custom { code, .. } => with_lifetime(code.to_token_stream(), lifetime),
        Ty::List(element) => {
            let element = emit_type_with(element, lifetime);
            quote!(Vec<#element>)
        }
        Ty::Boxed(inner) => {
            let inner = emit_type_with(inner, lifetime);
            quote!(Box<#inner>)
        }
    }
}

impl ToTokens for ident::Ident {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append(Ident::new(self.as_str(), Span::call_site()));
    }
}

impl ToTokens for Path {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self(segments) = self;
        tokens.extend(quote!(#(#segments)::*));
    }
}

/// The type of the parameter that sets a field.
pub(super) fn emit_parameter(field: &Field) -> TokenStream {
    let ty = emit_type(unboxed(&field.ty));
    if field.converts {
        quote!(impl Into<#ty>)
    } else {
        ty
    }
}

/// What the parameter called like the field becomes in the field.
pub(super) fn emit_argument(field: &Field) -> TokenStream {
    let ident = &field.ident;
    let value = if field.converts {
        quote!(#ident.into())
    } else {
        quote!(#ident)
    };
    match field.ty {
        Ty::Boxed(_) => quote!(Box::new(#value)),
        _ => value,
    }
}

fn unboxed(ty: &Ty) -> &Ty {
    match ty {
        Ty::Boxed(inner) => inner,
        ty => ty,
    }
}
