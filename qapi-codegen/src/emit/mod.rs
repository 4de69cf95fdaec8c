//! From the [`Module`] to tokens.
//!
//! Nothing is looked up and nothing can fail here: one file per kind of item,
//! each around one or two `quote!`s. Paths are absolute, so that the code works
//! wherever it is included, whatever is in scope there.

mod cfg;
mod client;
mod command;
mod dispatch;
mod doc;
mod enum_;
mod event;
mod forward;
mod introspection;
mod json;
mod lifetime;
mod serde;
mod struct_;
mod tagged;
mod ty;
mod untagged;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

pub(crate) use self::doc::END_OF_LINE;
pub(crate) use self::lifetime::has_elided_lifetime;
use crate::ir::{Events, Group, Item, Module, Service, Submodule};

/// A part of the generated file.
#[derive(Debug)]
pub(crate) enum Piece {
    /// Items, of the module that is open, and attributes that all of them get.
    Items {
        attributes: TokenStream,
        items: TokenStream,
    },
    /// An empty module, to be opened.
    Open(TokenStream),
    /// The end of the module that is open.
    Close,
}

/// The generated file in pieces, in order: one for each item of a module.
///
/// Tokens take many times the room of their text, so a piece is made when it is
/// asked for.
pub(crate) fn emit(module: &Module) -> impl Iterator<Item = Piece> {
    let items = module.groups.iter().flat_map(emit_group);
    let submodules = module.submodules.iter().flat_map(emit_submodule);
    let services = module.service.iter().flat_map(emit_service);
    let events = module.events.iter().flat_map(emit_events);
    let introspection = module.introspection.iter();
    let introspection = introspection.map(|answer| introspection::emit_introspection(answer));
    let introspection = emit_root(introspection, false);
    items
        .chain(submodules)
        .chain(services)
        .chain(events)
        .chain(introspection)
}

fn emit_submodule(submodule: &Submodule) -> impl Iterator<Item = Piece> {
    let ident = &submodule.ident;
    let about = doc::emit_about(&submodule.about);
    let open = Piece::Open(quote!(#about pub mod #ident {}));
    let items = submodule.groups.iter().flat_map(emit_group);
    [open].into_iter().chain(items).chain([Piece::Close])
}

fn emit_group(group: &Group) -> impl Iterator<Item = Piece> {
    let Group {
        cfg, deprecated, ..
    } = group;
    let allow = allow_deprecated(*deprecated);
    let attributes = quote!(#cfg #allow);
    group.items.iter().map(move |item| Piece::Items {
        attributes: attributes.clone(),
        items: emit_item(item),
    })
}

fn emit_service(service: &Service) -> impl Iterator<Item = Piece> {
    let (server, client) = (service.has_server, service.has_client);
    // A client that blocks is no asynchronous server.
    let forward = server && client && !service.asynchronous;
    let items: [(bool, fn(&Service) -> TokenStream); 6] = [
        (server, command::emit_trait),
        (server, command::emit_table),
        (server, dispatch::emit_dispatch),
        (server, dispatch::emit_server),
        (client, client::emit_client),
        (forward, forward::emit_forward),
    ];
    let wanted = items.into_iter().filter(|(is_wanted, _)| *is_wanted);
    let items = wanted.map(|(_, emit)| emit(service));
    emit_root(items, service.deprecated)
}

fn emit_events(events: &Events) -> impl Iterator<Item = Piece> {
    let items = [event::emit_events(events), event::emit_table(events)];
    emit_root(items, events.deprecated)
}

fn emit_root(
    items: impl IntoIterator<Item = TokenStream>,
    deprecated: bool,
) -> impl Iterator<Item = Piece> {
    let attributes = allow_deprecated(deprecated);
    items.into_iter().map(move |items| Piece::Items {
        attributes: attributes.to_token_stream(),
        items,
    })
}

fn emit_item(item: &Item) -> TokenStream {
    match item {
        Item::Enum(enum_) => enum_::emit_enum(enum_),
        Item::Struct(struct_) => struct_::emit_struct(struct_),
        Item::Tagged(tagged) => tagged::emit_tagged(tagged),
        Item::Untagged(untagged) => untagged::emit_untagged(untagged),
    }
}

/// The attribute for code that has to use something deprecated.
fn allow_deprecated(has_deprecated: bool) -> Option<TokenStream> {
    has_deprecated.then(|| quote!(#[allow(deprecated)]))
}
