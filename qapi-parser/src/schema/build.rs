//! Defines every name.

use crate::diagnostic::Diagnostics;
use crate::expr::{Expr, Head, Lifted, Meta, NameId, Names, OldSpelling, Reference, Type};
use crate::source::Name;

use super::builtin::{Builtin, QTYPE};
use super::definition::{DefinitionId, Single, TypeRef};
use super::error::SchemaError;

/// All expressions of a schema, and what each name stands for.
#[derive(Debug)]
pub(super) struct Table {
    /// The expressions, in definition order, after the predefined ones.
    pub(super) exprs: Vec<Expr>,
    /// What each of them defines.
    heads: Vec<Head>,
    /// Whether all references are to types.
    has_all_types: bool,
    /// All definitions by name.
    pub(super) namespace: Namespace,
    /// What the schema spells in an old way, in the order of the sources.
    pub(super) old_spellings: Vec<OldSpelling>,
}

/// What names stand for; types, commands and events share one namespace.
#[derive(Clone, Debug)]
pub(super) struct Namespace {
    /// The names, those of the language first.
    names: Names,
    /// The definition with each of them, if there is one.
    definitions: Vec<Option<DefinitionId>>,
}

/// Gives every expression its id, in order; [`QTYPE`] is the first.
///
/// # Errors
/// A name is defined twice, or belongs to the language.
pub(super) fn build(lifted: Lifted) -> Result<Table, Diagnostics> {
    let Lifted {
        exprs,
        names,
        old_spellings,
    } = lifted;
    let (exprs, heads) = exprs.into_parts();
    let definitions = vec![None; names.len()];
    let mut table = Table {
        exprs,
        heads,
        has_all_types: false,
        namespace: Namespace { names, definitions },
        old_spellings,
    };
    let mut errors = Diagnostics::default();
    for index in 0..table.heads.len() {
        if let Some(error) = table.define(id(index)) {
            errors.push(error.into_diagnostic(&table.exprs[index]));
        }
    }
    table.has_all_types = table.knows_all_types();
    errors.into_result().map(|()| table)
}

impl Table {
    /// Makes the name of an expression stand for it, unless it is taken.
    fn define(&mut self, id: DefinitionId) -> Option<SchemaError> {
        let name = self.heads[id.index()].name;
        let place = &mut self.namespace.definitions[name.index()];
        match *place {
            None if builtin(name).is_none() => {
                *place = Some(id);
                None
            }
            None | Some(QTYPE) => Some(SchemaError::Predefined {
                name: self.expr(id).name.clone(),
            }),
            Some(first) => Some(SchemaError::AlreadyDefined {
                name: self.expr(id).name.clone(),
                first: self.expr(first).name.span,
            }),
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
        self.heads[id.index()].meta
    }

    fn knows_all_types(&self) -> bool {
        let mut referred = self.namespace.names.referred();
        referred.all(|name| self.named_type(name).is_some())
    }

    /// Whether no rule can find fault with a definition.
    pub(super) fn is_plain(&self, id: DefinitionId) -> bool {
        self.has_all_types && self.heads[id.index()].is_plain
    }

    /// The name that a reference is by.
    pub(super) fn name(&self, reference: Reference) -> Name {
        Name {
            text: self.namespace.names.text(reference.name).clone(),
            span: reference.span,
        }
    }

    /// The type with a name.
    pub(super) fn named_type(&self, name: NameId) -> Option<Single> {
        if let Some(builtin) = builtin(name) {
            return Some(Single::Builtin(builtin));
        }
        let id = self.namespace.get(name);
        let id = id.filter(|id| self.meta(*id).is_type())?;
        Some(Single::Definition(id))
    }

    /// Whether a name is that of a type.
    pub(super) fn is_type(&self, name: &str) -> bool {
        let name = self.namespace.names.get(name);
        name.is_some_and(|name| self.named_type(name).is_some())
    }

    /// The type that a use of one refers to.
    pub(super) fn type_ref(&self, ty: Type) -> Option<TypeRef> {
        Some(TypeRef::of(self.named_type(ty.element.name)?, ty.is_array))
    }

    /// The names of all types that a schema can use.
    pub(super) fn type_names(&self) -> impl Iterator<Item = &str> {
        let builtins = Builtin::ALL.iter().map(|builtin| builtin.name());
        let types = self.exprs.iter().filter(|expr| expr.meta().is_type());
        builtins.chain(types.map(|expr| expr.name.text.as_str()))
    }
}

impl Namespace {
    /// The definition with a name, of whatever kind.
    pub(super) fn get(&self, name: NameId) -> Option<DefinitionId> {
        self.definitions[name.index()]
    }

    /// The definition with a name that may be in no reference.
    pub(super) fn find(&self, name: &str) -> Option<DefinitionId> {
        self.get(self.names.get(name)?)
    }
}

/// The type of the language with a name: their names were the first.
pub(super) fn builtin(name: NameId) -> Option<Builtin> {
    Builtin::ALL.get(name.index()).copied()
}

/// The id of the definition at an index.
pub(super) fn id(index: usize) -> DefinitionId {
    DefinitionId(u32::try_from(index).expect("a definition takes at least a byte of the sources"))
}
