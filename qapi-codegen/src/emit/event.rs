//! The enum of all events, and the table of them.

use proc_macro2::TokenStream;
use quote::quote;

use super::doc::emit_about;
use super::variant::emit_variant;
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
    let variants = events
        .events
        .iter()
        .map(|it| emit_variant(&it.about, &it.cfg, &it.ident, it.data.as_ref()));
    let inherent = emit_inherent(events);
    let from_event = emit_from_event(events);
    quote! {
        #about
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

fn emit_inherent(events: &Events) -> TokenStream {
    let Events { ident, other, .. } = events;
    let names = events.events.iter().map(|event| {
        let Event {
            cfg,
            ident,
            wire_name,
            ..
        } = event;
        let data = event.data.iter().map(|_| quote!((_)));
        quote!(#cfg Self::#ident #(#data)* => #wire_name)
    });
    let raw = quote!(::qapi_runtime::RawEvent);
    let [full, empty] = emit_writes(events, &raw);
    quote! {
        impl #ident {
            /// The name on the wire.
            pub fn name(&self) -> &str {
                match self { #(#names,)* Self::#other(event) => &event.name, }
            }
            /// The event as a server sends it; `timestamp` says when it happened.
            ///
            /// # Errors
            /// The data cannot be written as JSON.
            pub fn to_raw(
                &self,
                timestamp: ::qapi_runtime::Timestamp,
            ) -> Result<#raw, ::qapi_runtime::EncodeError> {
                match self {
                    #full
                    Self::#other(event) => Ok(#raw { timestamp, ..event.clone() }),
                    #empty
                }
            }
        }
    }
}

/// The arms that make a raw event of those with data, and of those without.
fn emit_writes(events: &Events, raw: &TokenStream) -> [TokenStream; 2] {
    let (full, empty): (Vec<_>, Vec<_>) =
        events.events.iter().partition(|event| event.data.is_some());
    let arms = full.iter().map(|Event { cfg, ident, .. }| {
        quote!(#cfg Self::#ident(data) => #raw::encode(self.name(), data, timestamp),)
    });
    let write = quote!(#raw::encode(self.name(), &::qapi_runtime::Empty {}, timestamp));
    let rest = if empty.iter().any(|event| event.cfg.is_always()) {
        quote!(_ => #write,)
    } else {
        // A pattern for the rest would be too much where the compiler sees none.
        let arms = empty
            .iter()
            .map(|Event { cfg, ident, .. }| quote!(#cfg Self::#ident => #write,));
        quote!(#(#arms)*)
    };
    [quote!(#(#arms)*), rest]
}

fn emit_from_event(events: &Events) -> TokenStream {
    let Events { ident, other, .. } = events;
    let arms = events.events.iter().map(|event| {
        let Event {
            cfg,
            ident,
            wire_name,
            ..
        } = event;
        match event.data {
            None => quote!(#cfg #wire_name => Ok(Self::#ident)),
            Some(_) => quote!(#cfg #wire_name => event.decode().map(Self::#ident)),
        }
    });
    let raw = quote!(::qapi_runtime::RawEvent);
    quote! {
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
            cfg,
            wire_name,
            features,
            ..
        } = event;
        quote!(#cfg ::qapi_runtime::EventInfo { name: #wire_name, features: &[#(#features),*] })
    });
    quote! {
        /// What there is to know about each event, in the order of the schema.
        pub static EVENTS: &[::qapi_runtime::EventInfo] = &[#(#rows),*];
    }
}
