//! Lifts definitions one by one as they are read, so that no more than one is in memory as syntax.
//!
//! What stands behind a definition can matter to it: a pragma, or a name that makes another one taken. In nearly all
//! schemas this comes first. Where it does not, [`Lift::again`] gives a second one that knows from the start what the
//! first one learnt too late.

use crate::ast::Object;
use crate::diagnostic::Diagnostics;
use crate::dialect::Tolerances;
use crate::doc::Doc;
use crate::load::{LoadedItem, Read};
use crate::source::Name;

use super::exceptions::Exceptions;
use super::{Cx, Expr, ExprKind, ExprList, Meta, Names, OldSpelling};
use super::{
    alternate, command, cond, doc, enum_, era, event, feature, flags, keys, name, origin, owner,
    struct_, union_,
};

/// What comes out.
#[derive(Debug, Default)]
pub(crate) struct Lifted {
    /// The expressions, in order.
    pub(crate) exprs: ExprList,
    /// The names of definitions, and those in references.
    pub(crate) names: Names,
    /// What was spelled in an old way, in the order of the sources.
    pub(crate) old_spellings: Vec<OldSpelling>,
}

/// How many definitions the language has.
const PREDEFINED: usize = 1;

/// Lifts definitions, in order, behind one that the language has.
pub(crate) struct Lift {
    cx: Cx,
    exprs: ExprList,
    /// Comments that stand before another definition.
    orphans: Vec<Doc>,
}

impl Lift {
    /// Starts with what the language predefines.
    pub(crate) fn new(predefined: Lifted, tolerances: &'static Tolerances) -> Self {
        let (exceptions, era) = (Exceptions::new(tolerances), era::Implicit::new(tolerances));
        Self {
            cx: Cx::new(predefined.names, exceptions, era, tolerances),
            exprs: predefined.exprs,
            orphans: Vec::new(),
        }
    }

    /// Lifts what was read.
    pub(crate) fn take(&mut self, read: Read<'_>) {
        match read {
            Read::Pragma(pragma) => self.cx.exceptions.learn(pragma),
            Read::Definition(item) => {
                let expr = lift_expr(&mut self.cx, item, &mut self.orphans);
                let implied = self.cx.era.take().into_iter();
                for expr in implied.chain(expr) {
                    self.exprs.push(expr, self.cx.tolerances);
                }
            }
        }
    }

    /// A lift that is to be given everything once more; none where nothing came too late.
    pub(crate) fn again(&mut self) -> Option<Self> {
        let cx = &mut self.cx;
        if !cx.exceptions.is_outdated() && !cx.era.is_outdated() {
            return None;
        }
        let exceptions = std::mem::take(&mut cx.exceptions).settled();
        let era = std::mem::take(&mut cx.era).settled();
        let names = std::mem::take(&mut cx.names);
        let mut exprs = std::mem::take(&mut self.exprs);
        exprs.truncate(PREDEFINED);
        Some(Self {
            cx: Cx::new(names, exceptions, era, cx.tolerances),
            exprs,
            orphans: Vec::new(),
        })
    }

    /// All expressions.
    ///
    /// # Errors
    /// An expression has keys, shapes or names that the language does not allow.
    pub(crate) fn finish(self) -> Result<Lifted, Diagnostics> {
        let Self {
            mut cx,
            mut exprs,
            orphans,
        } = self;
        doc::adopt(exprs.exprs_mut(), orphans);
        era::lift_wrapper_conds(&mut cx, exprs.exprs_mut());
        if cx.tolerances.string_tags {
            era::lift_string_tags(&mut cx, &mut exprs);
        }
        let mut old_spellings = cx.old_spellings;
        old_spellings.sort_unstable_by_key(|it| it.span);
        cx.errors.into_result().map(|()| Lifted {
            exprs,
            names: cx.names,
            old_spellings,
        })
    }
}

/// Lifts one expression, reporting in the order in which QEMU's tool checks.
fn lift_expr(cx: &mut Cx, item: LoadedItem, orphans: &mut Vec<Doc>) -> Option<Expr> {
    let LoadedItem { span, object, doc } = item;
    cx.expression = span;
    cx.current = None;
    let (meta, name) = keys::lift_meta(cx, span, &object)?;
    cx.current = Some((meta, name.clone()));
    let id = cx.names.intern(&name.text);
    cx.era.claim(id);
    name::check_definition_name(cx, meta, &name);
    let doc = doc::lift_doc(cx, meta, &name, doc, &object, orphans);
    keys::check_definition_keys(cx, meta, &object);
    let kind = lift_kind(cx, meta, &name, &object);
    let owner = owner::Owner::Definition(meta);
    let cond = cond::lift_if(cx, &owner, &object);
    cx.era.inherit(cond.as_ref());
    let features = feature::lift_features(cx, &object);
    let flags = flags::lift_flags(cx, &object);
    let kind = kind?;
    Some(Expr {
        name,
        id,
        span,
        origin: origin::origin(meta, &object, &kind),
        doc,
        cond,
        features,
        flags,
        kind,
    })
}

fn lift_kind(cx: &mut Cx, meta: Meta, name: &Name, object: &Object) -> Option<ExprKind> {
    match meta {
        Meta::Enum => enum_::lift_enum(cx, name, object).map(ExprKind::Enum),
        Meta::Struct => struct_::lift_struct(cx, name, object).map(ExprKind::Struct),
        Meta::Union => union_::lift_union(cx, name, object),
        Meta::Alternate => alternate::lift_alternate(cx, object).map(ExprKind::Alternate),
        Meta::Command => command::lift_command(cx, name, object).map(ExprKind::Command),
        Meta::Event => event::lift_event(cx, name, object).map(ExprKind::Event),
    }
}

#[cfg(test)]
mod tests {
    use crate::{Dialect, Loader, MemoryReader};

    fn describe(dialect: Dialect, text: &str) -> Result<String, String> {
        let reader = MemoryReader::from_iter([("schema.json", text)]);
        let mut loader = Loader::new();
        loader.dialect(dialect).reader(Box::new(reader));
        let schema = loader.load("schema.json");
        let schema = schema.map_err(|error| error.diagnostics()[0].message.clone())?;
        Ok(schema.describe() + &schema.describe_old_forms())
    }

    #[test]
    fn pragmas_are_for_what_stands_before_them() {
        let excepted = |names: &str| {
            let text = "{ 'command': 'add_client' }\n{ 'struct': 'Sizes', 'data': { 'KiB': 'int' } }\n\
                        { 'pragma': { 'member-name-exceptions': [ 'Sizes' ] } }";
            let pragma = format!("{{ 'pragma': {{ 'command-name-exceptions': {names} }} }}");
            let all = "{ 'pragma': { 'command-name-exceptions': [ 'add_client' ] } }";
            describe(Dialect::Current, &format!("{all}\n{text}\n{pragma}"))
        };
        let schema = "command add_client\nstruct Sizes\n    member KiB: int\n";
        assert_eq!(excepted("[ 'add_client' ]").as_deref(), Ok(schema));
        let message = excepted("[]").expect_err("the last pragma takes back the exception");
        assert!(message.contains("add_client"), "{message}");
    }

    #[test]
    fn names_are_taken_by_what_stands_behind() {
        let old = "{ 'union': 'Unit', 'data': { 'size': 'dict' } }\n";
        let taking = "{ 'enum': 'UnitKind', 'data': [ 'kilo' ] }\n{ 'type': 'dict', 'data': {} }\n";
        let described = describe(Dialect::Historical, &format!("{old}{taking}"));
        let described = described.expect("the schema is good");
        assert!(
            described.contains("enum UnitKind2\n    value size\n"),
            "{described}"
        );
        assert!(described.contains("member data: dict\n"), "{described}");
        assert!(!described.contains("stands for"), "{described}");
        let described = describe(Dialect::Historical, old).expect("the schema is good");
        assert!(described.contains("enum UnitKind\n"), "{described}");
        assert!(described.contains("member data: any\n"), "{described}");
    }
}
