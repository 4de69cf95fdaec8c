//! The lifetime of types that borrow from a request.

use proc_macro2::{Group, Spacing, TokenStream, TokenTree};
use quote::quote;

use crate::ident::Ident;
use crate::ir::{BranchField, Struct, TaggedEnum, Untagged};

/// A type that something is implemented for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'a> {
    ident: &'a Ident,
    /// Whether it has a lifetime.
    pub(super) borrows: bool,
}

impl<'a> Subject<'a> {
    /// The type with this lifetime, if it has one.
    pub(super) fn with(self, lifetime: TokenStream) -> TokenStream {
        let ident = self.ident;
        if self.borrows {
            quote!(#ident<#lifetime>)
        } else {
            quote!(#ident)
        }
    }

    /// The type with the lifetime that [`generics`](Self::generics) declares.
    pub(super) fn ty(self) -> TokenStream {
        self.with(quote!('a))
    }

    /// What an `impl` of the type declares.
    pub(super) fn generics(self) -> Option<TokenStream> {
        self.borrows.then(|| quote!(<'a>))
    }
}

impl<'a> From<&'a Struct> for Subject<'a> {
    fn from(struct_: &'a Struct) -> Self {
        Self {
            ident: &struct_.ident,
            borrows: struct_.borrows(),
        }
    }
}

impl<'a> From<&'a BranchField> for Subject<'a> {
    fn from(branch: &'a BranchField) -> Self {
        Self {
            ident: &branch.ty,
            borrows: branch.borrows,
        }
    }
}

impl<'a> From<&'a TaggedEnum> for Subject<'a> {
    fn from(tagged: &'a TaggedEnum) -> Self {
        Self {
            ident: &tagged.ident,
            borrows: tagged.borrows(),
        }
    }
}

impl<'a> From<&'a Untagged> for Subject<'a> {
    fn from(untagged: &'a Untagged) -> Self {
        Self {
            ident: &untagged.ident,
            borrows: untagged.borrows(),
        }
    }
}

/// Whether `'_` occurs in a type.
pub(crate) fn has_elided_lifetime(tokens: TokenStream) -> bool {
    let mut found = false;
    name_lifetime(tokens, &mut || {
        found = true;
        TokenStream::new()
    });
    found
}

/// Puts a lifetime where a type says `'_`.
pub(super) fn with_lifetime(tokens: TokenStream, lifetime: &TokenStream) -> TokenStream {
    name_lifetime(tokens, &mut || lifetime.clone())
}

fn name_lifetime(tokens: TokenStream, replace: &mut dyn FnMut() -> TokenStream) -> TokenStream {
    let mut named = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match (&token, tokens.peek()) {
            (TokenTree::Punct(quote), Some(TokenTree::Ident(ident)))
                if quote.as_char() == '\'' && quote.spacing() == Spacing::Joint && ident == "_" =>
            {
                named.extend(replace());
                tokens.next();
            }
            (TokenTree::Group(group), _) => {
                let inner = name_lifetime(group.stream(), replace);
                named.extend([TokenTree::from(Group::new(group.delimiter(), inner))]);
            }
            _ => named.extend([token]),
        }
    }
    named
}
