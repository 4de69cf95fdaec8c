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
mod text;
mod ty;
mod untagged;
mod variant;

use proc_macro2::TokenStream;
use quote::quote;

pub(crate) use self::doc::END_OF_LINE;
pub(crate) use self::lifetime::has_elided_lifetime;
use crate::ir::{Events, Group, Item, Module, Service, Submodule};

/// A part of the generated file, in a module or at the root.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Piece<'a> {
    /// An empty module, to be opened.
    Open(&'a Submodule),
    /// A type of the module that is open, and what it implements.
    Item(&'a Group, &'a Item),
    /// The end of the module that is open.
    Close,
    /// Something of the server or the client.
    Service(&'a Service, fn(&Service) -> TokenStream),
    /// Something of the events.
    Events(&'a Events, fn(&Events) -> TokenStream),
    /// What `query-qmp-schema` answers.
    Introspection(&'a str),
}

/// The tokens of a piece.
#[derive(Debug)]
pub(crate) struct Emitted {
    /// What every item gets.
    pub(crate) attributes: TokenStream,
    pub(crate) items: TokenStream,
}

/// The pieces of a generated file, in order: one for each item of a module.
///
/// Nothing is emitted yet: tokens take many times the room of their text, and
/// stay in the thread that makes them.
pub(crate) fn pieces(module: &Module) -> Vec<Piece<'_>> {
    let items = module.groups.iter().flat_map(group_pieces);
    let submodules = module.submodules.iter().flat_map(|submodule| {
        let items = submodule.groups.iter().flat_map(group_pieces);
        let open = [Piece::Open(submodule)].into_iter();
        open.chain(items).chain([Piece::Close])
    });
    let services = module.service.iter().flat_map(service_pieces);
    let events = module.events.iter().flat_map(|events| {
        [event::emit_events, event::emit_table].map(|emit| Piece::Events(events, emit))
    });
    let introspection = module.introspection.iter();
    let introspection = introspection.map(|answer| Piece::Introspection(answer));
    let root = services.chain(events).chain(introspection);
    items.chain(submodules).chain(root).collect()
}

fn group_pieces(group: &Group) -> impl Iterator<Item = Piece<'_>> {
    group.items.iter().map(move |item| Piece::Item(group, item))
}

fn service_pieces(service: &Service) -> impl Iterator<Item = Piece<'_>> {
    let (server, client) = (service.has_server, service.has_client);
    type Emit = fn(&Service) -> TokenStream;
    let parts: [(bool, Emit); 6] = [
        (server, command::emit_trait),
        (server, command::emit_table),
        (server, dispatch::emit_dispatch),
        (server, dispatch::emit_server),
        (client, client::emit_client),
        (server && client, forward::emit_forward),
    ];
    let wanted = parts.into_iter().filter(|(is_wanted, _)| *is_wanted);
    wanted.map(move |(_, emit)| Piece::Service(service, emit))
}

/// The tokens of `piece`.
pub(crate) fn emit(piece: Piece<'_>) -> Emitted {
    let (attributes, items) = match piece {
        Piece::Open(submodule) => (None, emit_submodule(submodule)),
        Piece::Item(group, item) => (Some(emit_attributes(group)), emit_item(item)),
        Piece::Close => (None, TokenStream::new()),
        Piece::Service(service, emit) => (allow_deprecated(service.deprecated), emit(service)),
        Piece::Events(events, emit) => (allow_deprecated(events.deprecated), emit(events)),
        Piece::Introspection(answer) => (None, introspection::emit_introspection(answer)),
    };
    let attributes = attributes.unwrap_or_default();
    Emitted { attributes, items }
}

fn emit_submodule(submodule: &Submodule) -> TokenStream {
    let ident = &submodule.ident;
    let about = doc::emit_about(&submodule.about);
    quote!(#about pub mod #ident {})
}

fn emit_attributes(group: &Group) -> TokenStream {
    let Group {
        cfg, deprecated, ..
    } = group;
    let allow = allow_deprecated(*deprecated);
    quote!(#cfg #allow)
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
