//! What can be wrong with an expression by itself.

use std::fmt;

use crate::diagnostic::{Diagnostic, Label, variant};
use crate::similar::did_you_mean;
use crate::source::{Name, Span};

use super::Meta;
use super::name::Casing;
use super::owner::{Owner, article};

/// A rule that one expression breaks, whatever else the schema holds.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub(crate) enum ExprError {
    /// No key says what the expression defines.
    NoMeta {
        span: Span,
        similar: Option<(Name, String)>,
    },
    /// Several keys say what the expression defines.
    SeveralMetas { first: Name, second: Name },
    /// A name is not a string.
    NameNotString { owner: Owner, span: Span },
    /// A key that must be there is not.
    MissingKey {
        owner: Owner,
        key: &'static str,
        span: Span,
    },
    /// A key that means nothing here.
    UnknownKey {
        owner: Owner,
        key: Name,
        valid: Vec<&'static str>,
        similar: Option<String>,
    },
    /// The value of a key is not an array.
    NotArray { owner: Owner, span: Span },
    /// The value of a key is not an object.
    NotObject { owner: Owner, span: Span },
    /// The `prefix` of an enum is not a string.
    PrefixNotString { span: Span },
    /// Members are not given as an object or, where that is allowed, a type name.
    NotMembers {
        owner: Owner,
        or_name: bool,
        span: Span,
    },
    /// A type is neither a name nor an array.
    NotType { owner: Owner, span: Span },
    /// An array type does not hold exactly one name.
    ArrayElements { owner: Owner, span: Span },
    /// A place takes nothing but a type name.
    NotTypeName {
        owner: Owner,
        array: bool,
        span: Span,
    },
    /// An alternate has no alternatives.
    NoAlternatives { span: Span },
    /// `boxed` without `data`.
    BoxedWithoutData { span: Span },
    /// A flag is set to something else than its only value.
    FlagValue {
        flag: &'static str,
        only: bool,
        span: Span,
    },
    /// Two flags exclude each other.
    FlagsExclude { first: Name, second: Name },
    /// A condition is neither a symbol nor an object.
    CondShape { owner: Owner, span: Span },
    /// A condition's symbol is not spelled like one.
    CondSymbol {
        owner: Owner,
        text: String,
        span: Span,
    },
    /// A condition object does not have exactly one key.
    CondKeys { owner: Owner, span: Span },
    /// The operands of `all` or `any` are not an array.
    CondOperands {
        owner: Owner,
        operator: &'static str,
        span: Span,
    },
    /// `all` or `any` of nothing.
    CondEmpty {
        owner: Owner,
        operator: &'static str,
        span: Span,
    },
    /// Conditions nest too deeply.
    CondTooDeep {
        owner: Owner,
        limit: usize,
        span: Span,
    },
    /// A condition of 3.0 to 6.1 is not a C expression that can be translated.
    CondExpression {
        owner: Owner,
        expected: &'static str,
        span: Span,
    },
    /// A name is not formed like one.
    NameForm { owner: Owner, name: Name },
    /// A name starts with what is reserved for generated names.
    NameReserved { owner: Owner, name: Name },
    /// A name breaks the rule for upper case, lower case and `_`.
    NameCase {
        owner: Owner,
        name: Name,
        casing: Casing,
        respelled: Option<String>,
    },
    /// A type is named like an array type.
    ListSuffix { name: Name },
    /// A member is named like a member that QEMU's generator adds.
    ReservedMember { name: Name },
    /// The documentation is for another symbol.
    DocSymbol {
        symbol: Name,
        name: Name,
        meta: Meta,
    },
    /// The schema requires documentation, and there is none.
    DocMissing { meta: Meta, name: Name },
    /// A section that only the documentation of commands may have.
    DocCommandSection {
        section: &'static str,
        meta: Meta,
        span: Span,
    },
    /// Documentation says what a command returns that returns nothing.
    DocReturnsNothing { span: Span, name: Name },
}

impl fmt::Display for ExprError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoMeta { .. } => f.write_str("expression defines nothing"),
            Self::SeveralMetas { first, second } => {
                write!(f, "expression has both `{first}` and `{second}`")
            }
            Self::NameNotString {
                owner: Owner::Discriminator,
                ..
            } => f.write_str("`discriminator` must be the name of a member, a string"),
            Self::NameNotString { owner, .. } => write!(f, "name of {owner} must be a string"),
            Self::MissingKey { owner, key, .. } => write!(f, "{owner} lacks the key `{key}`"),
            Self::UnknownKey { owner, key, .. } => write!(f, "unknown key `{key}` in {owner}"),
            Self::NotArray { owner, .. } => write!(f, "{owner} must be an array"),
            Self::NotObject { owner, .. } => write!(f, "{owner} must be an object"),
            Self::PrefixNotString { .. } => f.write_str("`prefix` must be a string"),
            Self::NotMembers {
                owner,
                or_name: true,
                ..
            } => {
                write!(f, "{owner} must be an object with members, or a type name")
            }
            Self::NotMembers {
                owner,
                or_name: false,
                ..
            } => {
                write!(f, "{owner} must be an object with members")
            }
            Self::NotType { owner, .. } => {
                write!(f, "type of {owner} must be a name, or an array of one name")
            }
            Self::ArrayElements { owner, .. } => {
                write!(f, "array type of {owner} must hold exactly one type name")
            }
            Self::NotTypeName { owner, .. } => write!(f, "type of {owner} must be a name"),
            Self::NoAlternatives { .. } => f.write_str("alternate has no alternatives"),
            Self::BoxedWithoutData { .. } => f.write_str("`boxed` needs `data` to box"),
            Self::FlagValue { flag, only, .. } => {
                write!(f, "flag `{flag}` can only be set to {only}")
            }
            Self::FlagsExclude { first, second } => {
                write!(f, "flags `{first}` and `{second}` exclude each other")
            }
            Self::CondShape { owner, .. } => {
                write!(f, "condition of {owner} must be a symbol or an object")
            }
            Self::CondSymbol { owner, text, .. } => {
                write!(f, "condition `{text}` of {owner} is not a symbol")
            }
            Self::CondKeys { owner, .. } => {
                write!(
                    f,
                    "condition of {owner} must have exactly one of `all`, `any` and `not`"
                )
            }
            Self::CondOperands {
                owner, operator, ..
            } => {
                write!(
                    f,
                    "`{operator}` in the condition of {owner} must be an array"
                )
            }
            Self::CondEmpty {
                owner, operator, ..
            } => {
                write!(f, "`{operator}` in the condition of {owner} is empty")
            }
            Self::CondTooDeep { owner, limit, .. } => {
                write!(
                    f,
                    "condition of {owner} nests more than {limit} levels deep"
                )
            }
            Self::CondExpression {
                owner, expected, ..
            } => {
                write!(f, "condition of {owner} should have {expected} here")
            }
            Self::NameForm { owner, name } => {
                write!(f, "`{name}` cannot name {}", owner.with_article())
            }
            Self::NameReserved { owner, name } => {
                write!(
                    f,
                    "`{name}` cannot name {}: `q_` is reserved",
                    owner.with_article()
                )
            }
            Self::NameCase {
                owner,
                name,
                casing,
                ..
            } => {
                write!(f, "{} `{name}` must {casing}", owner.name_kind())
            }
            Self::ListSuffix { name } => write!(f, "type name `{name}` ends in `List`"),
            Self::ReservedMember { name } => write!(f, "member name `{name}` is reserved"),
            Self::DocSymbol { symbol, name, meta } => {
                write!(
                    f,
                    "documentation of `{symbol}` stands before {meta} `{name}`"
                )
            }
            Self::DocMissing { meta, name } => write!(f, "{meta} `{name}` is not documented"),
            Self::DocCommandSection { section, meta, .. } => {
                write!(
                    f,
                    "`{section}` section in the documentation of {} {meta}",
                    article(meta.key())
                )
            }
            Self::DocReturnsNothing { name, .. } => {
                write!(f, "`Returns` section, but command `{name}` returns nothing")
            }
        }
    }
}

impl ExprError {
    /// The place to point at.
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::NoMeta { span, similar } => match similar {
                Some((key, _)) => key.span,
                None => Span::new(span.start, span.start + 1),
            },
            Self::SeveralMetas { second, .. } | Self::FlagsExclude { second, .. } => second.span,
            Self::UnknownKey { key: name, .. }
            | Self::NameForm { name, .. }
            | Self::NameReserved { name, .. }
            | Self::NameCase { name, .. }
            | Self::ListSuffix { name }
            | Self::ReservedMember { name }
            | Self::DocSymbol { name, .. }
            | Self::DocMissing { name, .. } => name.span,
            Self::NameNotString { span, .. }
            | Self::MissingKey { span, .. }
            | Self::NotArray { span, .. }
            | Self::NotObject { span, .. }
            | Self::PrefixNotString { span }
            | Self::NotMembers { span, .. }
            | Self::NotType { span, .. }
            | Self::ArrayElements { span, .. }
            | Self::NotTypeName { span, .. }
            | Self::NoAlternatives { span }
            | Self::BoxedWithoutData { span }
            | Self::FlagValue { span, .. }
            | Self::CondShape { span, .. }
            | Self::CondSymbol { span, .. }
            | Self::CondKeys { span, .. }
            | Self::CondOperands { span, .. }
            | Self::CondEmpty { span, .. }
            | Self::CondTooDeep { span, .. }
            | Self::CondExpression { span, .. }
            | Self::DocCommandSection { span, .. }
            | Self::DocReturnsNothing { span, .. } => *span,
        }
    }

    /// Further places.
    pub(crate) fn labels(&self) -> Vec<Label> {
        match self {
            Self::SeveralMetas { first, .. } => vec![Label::new(first.span, "and this")],
            Self::FlagsExclude { first, .. } => vec![Label::new(first.span, "excluded by this")],
            Self::DocSymbol { symbol, .. } => vec![Label::new(symbol.span, "documented here")],
            Self::DocReturnsNothing { name, .. } => vec![Label::new(name.span, "has no `returns`")],
            _ => Vec::new(),
        }
    }

    /// What could be done.
    pub(crate) fn help(&self) -> Option<String> {
        match self {
            Self::NoMeta { similar, .. } => {
                let similar = similar.as_ref().map(|(_, meta)| meta.as_str());
                did_you_mean(similar).or_else(|| Some(format!("add one of {}", list(&metas()))))
            }
            Self::SeveralMetas { .. } => Some(format!("keep one of {}", list(&metas()))),
            Self::UnknownKey { valid, similar, .. } => {
                let valid = format!("valid keys are {}", list(valid));
                Some(match did_you_mean(similar.as_deref()) {
                    Some(question) => format!("{question} {valid}"),
                    None => valid,
                })
            }
            Self::NotTypeName { array: true, .. } => {
                Some("an array is not possible here; wrap it in a struct".to_owned())
            }
            Self::FlagValue { flag, .. } => Some(format!("leave `{flag}` out for the opposite")),
            Self::CondSymbol { .. } => {
                Some("a symbol has upper-case letters, digits and `_`, a letter first".to_owned())
            }
            Self::NameForm { .. } => Some(
                "a name is a letter followed by letters, digits, `-` and `_`, \
                 possibly after `__vendor.example_` or `x-`"
                    .to_owned(),
            ),
            Self::NameCase { respelled, .. } => {
                respelled.as_ref().map(|name| format!("write `{name}`"))
            }
            Self::ListSuffix { .. } => {
                Some("the suffix is kept for array types, which are written `['Type']`".to_owned())
            }
            Self::ReservedMember { .. } => {
                Some("`u` and names starting with `has-` or `has_` are kept for C".to_owned())
            }
            Self::DocMissing { name, .. } => {
                Some(format!("add a comment that starts with `# @{name}:`"))
            }
            _ => None,
        }
    }

    /// The name of the rule: that of the variant, and of what it is about where
    /// the language has a rule for each.
    fn rule(&self) -> String {
        match self {
            Self::NameCase { owner, .. }
            | Self::NameNotString { owner, .. }
            | Self::NotArray { owner, .. } => owner.rule_prefix() + &variant(self),
            _ => variant(self),
        }
    }

    /// Whether the rule is about the comment before the expression.
    fn is_about_comment(&self) -> bool {
        matches!(
            self,
            Self::DocCommandSection { .. } | Self::DocReturnsNothing { .. }
        )
    }

    /// The whole report, naming the expression and the definition it is about.
    pub(super) fn into_diagnostic(
        self,
        expression: Span,
        context: Option<(Meta, &Name)>,
    ) -> Diagnostic {
        let mut diagnostic = Diagnostic::of(&self, Some(self.span()));
        diagnostic.rule = Some(self.rule());
        diagnostic.anchor = (!self.is_about_comment()).then_some(expression);
        diagnostic.labels = self.labels();
        diagnostic.help = self.help();
        match context {
            Some((meta, name)) => diagnostic.note(format!("in {meta} `{name}`")),
            None => diagnostic,
        }
    }
}

fn metas() -> Vec<&'static str> {
    Meta::ALL.iter().map(|meta| meta.key()).collect()
}

/// Names in backticks, with commas between.
fn list(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
