//! Defines every name.

use std::collections::HashMap;

use crate::diagnostic::Diagnostics;
use crate::expr::{Expr, Lifted, Meta, OldSpelling, Type};
use crate::text::Text;

use super::builtin::{Builtin, QTYPE};
use super::definition::{DefinitionId, Single, TypeRef};
use super::error::SchemaError;

/// All expressions of a schema, and what each name stands for.
#[derive(Debug)]
pub(super) struct Table {
    /// The expressions, in definition order, after the predefined ones.
    pub(super) exprs: Vec<Expr>,
    /// What each of them defines. Whoever looks up a name asks for it, and reads nothing else of most definitions.
    metas: Vec<Meta>,
    /// All definitions by name; types, commands and events share one namespace.
    pub(super) names: HashMap<Text, DefinitionId>,
    /// What the schema spells in an old way, in the order of the sources.
    pub(super) old_spellings: Vec<OldSpelling>,
}

/// Gives every expression its id, in order; [`QTYPE`] is the first.
///
/// # Errors
/// A name is defined twice, or belongs to the language.
pub(super) fn build(lifted: Lifted) -> Result<Table, Diagnostics> {
    let mut errors = Diagnostics::default();
    let mut table = Table {
        metas: Vec::with_capacity(lifted.exprs.len()),
        names: HashMap::with_capacity(lifted.exprs.len()),
        exprs: lifted.exprs,
        old_spellings: lifted.old_spellings,
    };
    for index in 0..table.exprs.len() {
        table.metas.push(table.exprs[index].meta());
        if let Some(error) = table.define(id(index)) {
            errors.push(error.into_diagnostic(&table.exprs[index]));
        }
    }
    errors.into_result().map(|()| table)
}

impl Table {
    /// Makes the name of an expression stand for it, unless it is taken.
    fn define(&mut self, id: DefinitionId) -> Option<SchemaError> {
        let name = &self.exprs[id.index()].name;
        if Builtin::from_name(&name.text).is_some() {
            return Some(SchemaError::Predefined { name: name.clone() });
        }
        match self.names.get(&name.text) {
            Some(&QTYPE) => Some(SchemaError::Predefined { name: name.clone() }),
            Some(&first) => Some(SchemaError::AlreadyDefined {
                name: name.clone(),
                first: self.expr(first).name.span,
            }),
            None => {
                self.names.insert(name.text.clone(), id);
                None
            }
        }
    }

    /// The definitions of the schema itself, in order.
    pub(super) fn ids(&self) -> impl Iterator<Item = DefinitionId> + use<> {
        (1..self.exprs.len()).map(id)
    }

    /// The expression of a definition.
    pub(super) fn expr(&self, id: DefinitionId) -> &Expr {
        &self.exprs[id.index()]
    }

    /// What a definition defines.
    pub(super) fn meta(&self, id: DefinitionId) -> Meta {
        self.metas[id.index()]
    }

    /// The definition with a name, of whatever kind.
    pub(super) fn find(&self, name: &str) -> Option<DefinitionId> {
        self.names.get(name).copied()
    }

    /// The type with a name.
    pub(super) fn named_type(&self, name: &str) -> Option<TypeRef> {
        self.single(name).map(TypeRef::from)
    }

    fn single(&self, name: &str) -> Option<Single> {
        if let Some(builtin) = Builtin::from_name(name) {
            return Some(Single::Builtin(builtin));
        }
        let id = self.find(name).filter(|id| self.meta(*id).is_type())?;
        Some(Single::Definition(id))
    }

    /// The type that a use of one names, or that of the elements. It is looked up once.
    pub(super) fn element(&self, ty: &Type) -> Option<Single> {
        let found = ty.found.get().copied();
        found.or_else(|| {
            let single = self.single(&ty.name.text)?;
            Some(*ty.found.get_or_init(|| single))
        })
    }

    /// The type that a use of one refers to.
    pub(super) fn type_ref(&self, ty: &Type) -> Option<TypeRef> {
        Some(TypeRef::of(self.element(ty)?, ty.is_array))
    }

    /// The names of all types that a schema can use.
    pub(super) fn type_names(&self) -> impl Iterator<Item = &str> {
        let builtins = Builtin::ALL.iter().map(|builtin| builtin.name());
        let types = self.exprs.iter().filter(|expr| expr.meta().is_type());
        builtins.chain(types.map(|expr| expr.name.text.as_str()))
    }
}

/// The id of the definition at an index.
pub(super) fn id(index: usize) -> DefinitionId {
    DefinitionId(u32::try_from(index).expect("a definition takes at least a byte of the sources"))
}
