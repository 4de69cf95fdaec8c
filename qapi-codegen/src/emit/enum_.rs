//! Enums without payloads.

use proc_macro2::TokenStream;
use quote::quote;

use super::cfg::may_be_gone;
use super::doc::emit_type_about;
use super::variant::emit_variant;
use crate::ident::Ident;
use crate::ir::{Cfg, Enum};

/// An enum and everything that it implements.
pub(super) fn emit_enum(enum_: &Enum) -> TokenStream {
    let ident = &enum_.ident;
    let closed = ["Clone", "Copy", "Debug", "PartialEq", "Eq", "Hash"];
    let open = ["Clone", "Debug", "PartialEq", "Eq", "Hash"];
    let about = match enum_.other {
        None => emit_type_about(&enum_.about, &closed),
        Some(_) => emit_type_about(&enum_.about, &open),
    };
    let variants = enum_
        .values
        .iter()
        .map(|it| emit_variant(&it.about, &it.cfg, &it.ident, None));
    let other = enum_.other.iter().map(emit_other);
    let inherent = emit_inherent(enum_);
    let text = emit_text(enum_);
    quote! {
        #about
        #[non_exhaustive]
        pub enum #ident { #(#variants,)* #(#other,)* }
        #inherent
        #text
    }
}

fn emit_other(ident: &Ident) -> TokenStream {
    quote! {
        /// A value that the schema does not have.
        #ident(::qapi_runtime::Other<Self>)
    }
}

fn emit_inherent(enum_: &Enum) -> TokenStream {
    let ident = &enum_.ident;
    let (cfgs, idents, names) = columns(enum_);
    let is_empty = idents.is_empty() || may_be_gone(cfgs.iter().copied());
    let subject = if is_empty && enum_.other.is_none() {
        quote!(*self)
    } else {
        quote!(self)
    };
    let signature = match enum_.other {
        None => quote!(const fn as_str(&self) -> &'static str),
        Some(_) => quote!(fn as_str(&self) -> &str),
    };
    let other = enum_.other.iter();
    quote! {
        impl #ident {
            /// Every value of the schema, in its order.
            pub const ALL: &'static [Self] = &[#(#cfgs Self::#idents),*];
            /// The spelling on the wire.
            pub #signature {
                match #subject {
                    #(#cfgs Self::#idents => #names,)*
                    #(Self::#other(other) => other.as_str(),)*
                }
            }
        }
    }
}

/// The values, as `quote!` likes them.
fn columns(enum_: &Enum) -> (Vec<&Cfg>, Vec<&Ident>, Vec<&str>) {
    let values = enum_.values.iter();
    let rows = values.map(|value| (&value.cfg, (&value.ident, value.wire_name.as_str())));
    let (cfgs, (idents, names)): (_, (Vec<_>, Vec<_>)) = rows.unzip();
    (cfgs, idents, names)
}

/// What the runtime can do for every enum.
fn emit_text(enum_: &Enum) -> TokenStream {
    let ident = &enum_.ident;
    let open = enum_.other.iter();
    quote!(::qapi_runtime::impl_enum!(#ident #(, open: #open)*);)
}
