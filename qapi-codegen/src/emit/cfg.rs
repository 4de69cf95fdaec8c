//! What the compiler is asked, and code that compiles whatever it answers.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::ir::{Cfg, Feature};

impl ToTokens for Cfg {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        if let Some(predicate) = emit_predicate(self) {
            tokens.extend(quote!(#[cfg(#predicate)]));
        }
    }
}

impl ToTokens for Feature {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { cfg, name } = self;
        tokens.extend(quote!(#cfg #name));
    }
}

/// What has to hold, unless it is nothing.
pub(super) fn emit_predicate(cfg: &Cfg) -> Option<TokenStream> {
    let mut predicates: Vec<_> = cfg.0.iter().map(|predicate| parse(predicate)).collect();
    match predicates.len() {
        0 | 1 => predicates.pop(),
        _ => Some(quote!(all(#(#predicates),*))),
    }
}

fn parse(predicate: &str) -> TokenStream {
    let tokens = predicate.parse();
    tokens.expect("the configuration is checked, and names of symbols are identifiers")
}

/// Whether there may be none of these, although there are some.
pub(super) fn may_be_gone<'c>(cfgs: impl IntoIterator<Item = &'c Cfg>) -> bool {
    let mut cfgs = cfgs.into_iter().peekable();
    cfgs.peek().is_some() && cfgs.all(|cfg| !cfg.is_always())
}

/// An attribute of code that needs its variables for nothing but these.
pub(super) fn allow_unused<'c>(cfgs: impl IntoIterator<Item = &'c Cfg>) -> Option<TokenStream> {
    may_be_gone(cfgs).then(|| quote!(#[allow(unused_mut, unused_variables)]))
}
