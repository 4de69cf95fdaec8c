//! The expressions of a schema, in order.

use super::names::{NameId, Names};
use super::plain::is_plain;
use super::{Expr, Meta};
use crate::dialect::Tolerances;

/// Expressions, and apart from them what is asked most often of each: whoever does so reads nothing else of them.
#[derive(Debug, Default)]
pub(crate) struct ExprList {
    exprs: Vec<Expr>,
    heads: Vec<Head>,
}

/// What an expression defines.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    /// The name.
    pub(crate) name: NameId,
    /// What it is the name of.
    pub(crate) meta: Meta,
    /// No rule about several expressions can find fault with it, if all types exist that it refers to.
    pub(crate) is_plain: bool,
}

impl ExprList {
    /// Adds an expression behind all others.
    pub(crate) fn push(&mut self, expr: Expr, tolerances: &Tolerances) {
        self.heads.push(Head::new(&expr, tolerances));
        self.exprs.push(expr);
    }

    /// Adds expressions before the one at a place.
    pub(super) fn insert(&mut self, index: usize, exprs: Vec<Expr>, tolerances: &Tolerances) {
        let heads = exprs.iter().map(|it| Head::new(it, tolerances));
        self.heads.splice(index..index, heads);
        self.exprs.splice(index..index, exprs);
    }

    /// Drops all but the first expressions.
    pub(super) fn truncate(&mut self, count: usize) {
        self.exprs.truncate(count);
        self.heads.truncate(count);
    }

    /// The heads, in the order of the expressions.
    pub(super) fn heads(&self) -> &[Head] {
        &self.heads
    }

    /// The expressions.
    pub(super) fn exprs(&self) -> &[Expr] {
        &self.exprs
    }

    /// The expressions, whose heads stay as they are.
    pub(super) fn exprs_mut(&mut self) -> &mut [Expr] {
        &mut self.exprs
    }

    /// The places of the last structs with each name, by its id.
    pub(super) fn structs(&self, names: &Names) -> Vec<Option<u32>> {
        let mut structs = vec![None; names.len()];
        for (index, head) in (0..).zip(&self.heads) {
            if head.meta == Meta::Struct {
                structs[head.name.index()] = Some(index);
            }
        }
        structs
    }

    /// The expressions and their heads.
    pub(crate) fn into_parts(self) -> (Vec<Expr>, Vec<Head>) {
        (self.exprs, self.heads)
    }
}

impl Head {
    fn new(expr: &Expr, tolerances: &Tolerances) -> Self {
        Self {
            name: expr.id,
            meta: expr.meta(),
            is_plain: is_plain(expr, tolerances),
        }
    }
}
