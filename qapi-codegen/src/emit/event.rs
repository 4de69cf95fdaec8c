//! The enum of all events, and the table of them.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::allow_deprecated;
use super::doc::emit_about;
use super::ty::emit_type;
use crate::ir::{Event, Events};

/// The enum and everything that it implements.
pub(super) fn emit_events(events: &Events) -> TokenStream {
    let Events {
        ident,
        about,
        other,
        ..
    } = events;
    let about = emit_about(about);
    let variants = events.events.iter().map(emit_variant);
    let inherent = emit_inherent(events);
    let from_event = emit_from_event(events);
    let allow = allow_deprecated(events.has_deprecated());
    quote! {
        #about
        #allow
        #[allow(clippy::large_enum_variant)]
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #ident {
            #(#variants,)*
            /// An event that the schema does not have.
            #other(::qapi_runtime::RawEvent),
        }
        #inherent
        #from_event
    }
}

fn emit_variant(event: &Event) -> TokenStream {
    let ident = &event.ident;
    let about = emit_about(&event.about);
    let data = event.data.iter().map(|data| {
        let ty = emit_type(data);
        quote!((#ty))
    });
    quote!(#about #ident #(#data)*)
}

fn emit_inherent(events: &Events) -> TokenStream {
    let Events { ident, other, .. } = events;
    let allow = allow_deprecated(events.has_deprecated());
    let names = events.events.iter().map(|event| {
        let Event {
            ident, wire_name, ..
        } = event;
        let data = event.data.iter().map(|_| quote!((_)));
        quote!(Self::#ident #(#data)* => #wire_name)
    });
    let full = full(events);
    let raw = quote!(::qapi_runtime::RawEvent);
    let rest = (events.events.len() > full.len())
        .then(|| quote!(_ => #raw::encode(self.name(), &::qapi_runtime::Empty {}, timestamp),));
    quote! {
        #allow
        impl #ident {
            /// The name on the wire.
            pub fn name(&self) -> &str {
                match self { #(#names,)* Self::#other(event) => &event.name, }
            }
            /// The event as a server sends it, for `timestamp` says when it happened.
            ///
            /// # Errors
            /// The data cannot be written as JSON.
            pub fn to_raw(
                &self,
                timestamp: ::qapi_runtime::Timestamp,
            ) -> Result<#raw, ::qapi_runtime::EncodeError> {
                match self {
                    #(Self::#full(data) => #raw::encode(self.name(), data, timestamp),)*
                    Self::#other(event) => Ok(#raw { timestamp, ..event.clone() }),
                    #rest
                }
            }
        }
    }
}

/// The variants that carry data.
fn full(events: &Events) -> Vec<&Ident> {
    let full = events.events.iter().filter(|event| event.data.is_some());
    full.map(|event| &event.ident).collect()
}

fn emit_from_event(events: &Events) -> TokenStream {
    let Events { ident, other, .. } = events;
    let allow = allow_deprecated(events.has_deprecated());
    let arms = events.events.iter().map(|event| {
        let Event {
            ident, wire_name, ..
        } = event;
        match event.data {
            None => quote!(#wire_name => Ok(Self::#ident)),
            Some(_) => quote!(#wire_name => event.decode().map(Self::#ident)),
        }
    });
    let raw = quote!(::qapi_runtime::RawEvent);
    quote! {
        #allow
        #[automatically_derived]
        impl ::qapi_runtime::FromEvent for #ident {
            fn from_event(event: &#raw) -> Result<Self, ::qapi_runtime::DecodeError> {
                match event.name.as_str() {
                    #(#arms,)*
                    _ => Ok(Self::#other(event.clone())),
                }
            }
        }
    }
}

/// What there is to know about each event, in the order of the schema.
pub(super) fn emit_table(events: &Events) -> TokenStream {
    let rows = events.events.iter().map(|event| {
        let Event {
            wire_name,
            features,
            ..
        } = event;
        quote!(::qapi_runtime::EventInfo { name: #wire_name, features: &[#(#features),*] })
    });
    quote! {
        /// What there is to know about each event, in the order of the schema.
        pub static EVENTS: &[::qapi_runtime::EventInfo] = &[#(#rows),*];
    }
}
