//! What can be wrong with a schema as a whole.

use std::fmt;

use crate::diagnostic::{Diagnostic, Label};
use crate::expr::{CName, Expr, Meta};
use crate::similar::did_you_mean;
use crate::source::{Name, Span};
use crate::text::Text;

/// A type as messages name it: "enum `Color`".
#[derive(Clone, Debug)]
pub(crate) struct Described(pub(super) String);

impl fmt::Display for Described {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a name is defined; none for what the language predefines.
pub(crate) type Defined = Option<Span>;

/// A rule that definitions break together.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub(crate) enum SchemaError {
    /// Two definitions have one name.
    AlreadyDefined { name: Name, first: Span },
    /// A definition has the name of something that the language predefines.
    Predefined { name: Name },
    /// A type is used that nothing defines.
    UnknownType {
        name: Name,
        similar: Option<String>,
        not_type: Option<(Meta, Span)>,
        array: Option<String>,
    },
    /// A base is not a struct.
    BaseNotStruct {
        base: Name,
        is: Described,
        defined: Defined,
    },
    /// An object contains itself through bases and branches.
    ContainsItself { name: Name, again: Span },
    /// Objects contain each other to no end in sight.
    TooDeep { name: Name, limit: u32 },
    /// Two members of one object have one spelling in C.
    MemberClash {
        name: Name,
        first: Name,
        first_of: Option<Text>,
    },
    /// A branch adds a member that the union already has.
    BranchClash {
        branch: Name,
        member: Name,
        ty: Text,
        first: Name,
        first_of: Option<Text>,
    },
    /// Two values of an enum have one spelling in C.
    ValueClash { name: Name, first: Name },
    /// Two alternatives have one spelling in C.
    AlternativeClash { name: Name, first: Name },
    /// A feature is there twice.
    FeatureClash { name: Name, first: Name },
    /// The discriminator names no member of the base.
    UnknownDiscriminator { name: Name, similar: Option<String> },
    /// The tag is not an enum.
    TagNotEnum {
        name: Name,
        member: Name,
        is: Described,
    },
    /// The tag is optional.
    TagOptional { name: Name, member: Name },
    /// The tag has a condition.
    TagConditional { name: Name, member: Name },
    /// A union has no branch and can have none.
    NoBranches {
        name: Name,
        tag: Text,
        defined: Defined,
    },
    /// A branch is not for a value of the tag.
    UnknownBranch {
        name: Name,
        tag: Text,
        defined: Defined,
        similar: Option<String>,
    },
    /// A branch is not an object.
    BranchNotObject {
        branch: Name,
        ty: Name,
        is: Described,
        defined: Defined,
    },
    /// An alternative has a type that cannot be one.
    AlternativeType {
        alternative: Name,
        ty: Name,
        is: Described,
        defined: Defined,
    },
    /// Two alternatives claim one kind of JSON value.
    Indistinguishable {
        name: Name,
        first: Name,
        kind: &'static str,
    },
    /// Arguments are not an object.
    ArgumentsNotObject {
        meta: Meta,
        ty: Name,
        is: Described,
        defined: Defined,
    },
    /// Arguments are a union, but not boxed.
    UnboxedUnion {
        meta: Meta,
        ty: Name,
        defined: Defined,
    },
    /// Arguments have conditions, but are not boxed.
    UnboxedCond { meta: Meta, at: Span, member: Name },
    /// A command returns something other than objects.
    ReturnsNotObject { ty: Name, is: Described },
    /// A special feature that means nothing for types.
    TypeFeature { name: Name, meta: Meta },
    /// The schema has more distinct features than QEMU can tell apart.
    TooManyFeatures { name: Name, limit: usize },
    /// A member, value or alternative is not described.
    Undocumented {
        what: &'static str,
        name: Name,
        doc: Span,
    },
    /// A feature is not described.
    UndocumentedFeature { name: Name, doc: Span },
    /// Something is described that is not there.
    DocumentedMember {
        name: Name,
        owner: Name,
        similar: Option<String>,
    },
    /// A feature is described that is not there.
    DocumentedFeature {
        name: Name,
        owner: Name,
        similar: Option<String>,
    },
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadyDefined { name, .. } => write!(f, "`{name}` is defined twice"),
            Self::Predefined { name } => write!(f, "`{name}` is a type of the language"),
            Self::UnknownType {
                name,
                not_type: Some((meta, _)),
                ..
            } => {
                write!(f, "`{name}` is {} {meta}, not a type", article(*meta))
            }
            Self::UnknownType { name, .. } => write!(f, "unknown type `{name}`"),
            Self::BaseNotStruct { is, .. } => write!(f, "a base must be a struct, not {is}"),
            Self::ContainsItself { name, .. } => write!(f, "`{name}` contains itself"),
            Self::TooDeep { name, limit } => {
                write!(
                    f,
                    "bases and branches nest more than {limit} levels deep in `{name}`"
                )
            }
            Self::MemberClash {
                name,
                first,
                first_of: None,
            } => clash(f, "member", name, first),
            Self::MemberClash {
                name,
                first,
                first_of: Some(of),
            } => {
                write!(
                    f,
                    "member `{name}` clashes with `{first}` of its base `{of}`"
                )
            }
            Self::BranchClash {
                branch,
                member,
                ty,
                first,
                first_of,
            } => {
                let first = member_of(first, first_of.as_deref());
                write!(
                    f,
                    "branch `{branch}`: member `{member}` of `{ty}` clashes with {first}"
                )
            }
            Self::ValueClash { name, first } => clash(f, "value", name, first),
            Self::AlternativeClash { name, first } => clash(f, "alternative", name, first),
            Self::FeatureClash { name, first } => clash(f, "feature", name, first),
            Self::UnknownDiscriminator { name, .. } => {
                write!(f, "discriminator `{name}` is not a member of the base")
            }
            Self::TagNotEnum { name, is, .. } => {
                write!(f, "discriminator `{name}` must be an enum, not {is}")
            }
            Self::TagOptional { name, .. } => {
                write!(f, "discriminator `{name}` must not be optional")
            }
            Self::TagConditional { name, .. } => {
                write!(f, "discriminator `{name}` must not have a condition")
            }
            Self::NoBranches { tag, .. } => {
                write!(
                    f,
                    "union has no branches, because enum `{tag}` has no values"
                )
            }
            Self::UnknownBranch { name, tag, .. } => {
                write!(f, "branch `{name}` is not a value of enum `{tag}`")
            }
            Self::BranchNotObject { branch, is, .. } => {
                write!(f, "branch `{branch}` must be a struct or a union, not {is}")
            }
            Self::AlternativeType {
                alternative, is, ..
            } => {
                write!(f, "alternative `{alternative}` cannot be {is}")
            }
            Self::Indistinguishable { name, first, kind } => {
                write!(f, "alternatives `{first}` and `{name}` both accept {kind}")
            }
            Self::ArgumentsNotObject { meta, is, .. } => {
                write!(
                    f,
                    "`data` of {} {meta} must be a struct, not {is}",
                    article(*meta)
                )
            }
            Self::UnboxedUnion { meta, ty, .. } => {
                write!(
                    f,
                    "`data` of {} {meta} can be union `{ty}` only if boxed",
                    article(*meta)
                )
            }
            Self::UnboxedCond { meta, member, .. } => {
                write!(
                    f,
                    "`data` of {} {meta} has the conditional member `{member}`, but is not boxed",
                    article(*meta)
                )
            }
            Self::ReturnsNotObject { is, .. } => {
                write!(
                    f,
                    "a command must return an object or an array of objects, not {is}"
                )
            }
            Self::TypeFeature { name, meta } => {
                write!(f, "feature `{name}` is not for types, such as this {meta}")
            }
            Self::TooManyFeatures { limit, .. } => {
                write!(f, "schema has more than {limit} different features")
            }
            Self::Undocumented { what, name, .. } => write!(f, "{what} `{name}` is not documented"),
            Self::UndocumentedFeature { name, .. } => {
                write!(f, "feature `{name}` is not documented")
            }
            Self::DocumentedMember { name, owner, .. } => {
                write!(
                    f,
                    "documentation describes `{name}`, which `{owner}` does not have"
                )
            }
            Self::DocumentedFeature { name, owner, .. } => {
                write!(
                    f,
                    "documentation describes feature `{name}`, which `{owner}` does not have"
                )
            }
        }
    }
}

impl SchemaError {
    /// The place to point at.
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::AlreadyDefined { name, .. }
            | Self::Predefined { name }
            | Self::UnknownType { name, .. }
            | Self::BaseNotStruct { base: name, .. }
            | Self::ContainsItself { name, .. }
            | Self::TooDeep { name, .. }
            | Self::MemberClash { name, .. }
            | Self::BranchClash { branch: name, .. }
            | Self::ValueClash { name, .. }
            | Self::AlternativeClash { name, .. }
            | Self::FeatureClash { name, .. }
            | Self::UnknownDiscriminator { name, .. }
            | Self::TagNotEnum { name, .. }
            | Self::TagOptional { name, .. }
            | Self::TagConditional { name, .. }
            | Self::NoBranches { name, .. }
            | Self::UnknownBranch { name, .. }
            | Self::BranchNotObject { ty: name, .. }
            | Self::AlternativeType { ty: name, .. }
            | Self::Indistinguishable { name, .. }
            | Self::ArgumentsNotObject { ty: name, .. }
            | Self::UnboxedUnion { ty: name, .. }
            | Self::ReturnsNotObject { ty: name, .. }
            | Self::TypeFeature { name, .. }
            | Self::TooManyFeatures { name, .. }
            | Self::Undocumented { name, .. }
            | Self::UndocumentedFeature { name, .. }
            | Self::DocumentedMember { name, .. }
            | Self::DocumentedFeature { name, .. } => name.span,
            Self::UnboxedCond { at, .. } => *at,
        }
    }

    /// Further places.
    pub(crate) fn labels(&self) -> Vec<Label> {
        let at = |name: &Name, text: &str| vec![Label::new(name.span, text)];
        let defined = |place: &Defined| -> Vec<Label> {
            place
                .map(|span| Label::new(span, "defined here"))
                .into_iter()
                .collect()
        };
        match self {
            Self::AlreadyDefined { first, .. } => vec![Label::new(*first, "first defined here")],
            Self::UnknownType {
                not_type: Some((_, span)),
                ..
            } => {
                vec![Label::new(*span, "defined here")]
            }
            Self::ContainsItself { again, .. } => vec![Label::new(*again, "contained again here")],
            Self::MemberClash { first, .. }
            | Self::ValueClash { first, .. }
            | Self::AlternativeClash { first, .. }
            | Self::FeatureClash { first, .. }
            | Self::Indistinguishable { first, .. } => at(first, "first given here"),
            Self::BranchClash { member, first, .. } => vec![
                Label::new(first.span, "first given here"),
                Label::new(member.span, "and again here"),
            ],
            Self::TagNotEnum { member, .. } => at(member, "the member"),
            Self::TagOptional { member, .. } => at(member, "optional here"),
            Self::TagConditional { member, .. } => at(member, "has the condition"),
            Self::BaseNotStruct { defined: place, .. }
            | Self::NoBranches { defined: place, .. }
            | Self::UnknownBranch { defined: place, .. }
            | Self::BranchNotObject { defined: place, .. }
            | Self::AlternativeType { defined: place, .. }
            | Self::ArgumentsNotObject { defined: place, .. }
            | Self::UnboxedUnion { defined: place, .. } => defined(place),
            Self::UnboxedCond {
                member, at: place, ..
            } if member.span != *place => at(member, "has the condition"),
            Self::Undocumented { doc, .. } | Self::UndocumentedFeature { doc, .. } => {
                vec![Label::new(
                    Span::new(doc.start, doc.start + 2),
                    "missing from this comment",
                )]
            }
            _ => Vec::new(),
        }
    }

    /// What could be done.
    pub(crate) fn help(&self) -> Option<String> {
        match self {
            Self::UnknownType {
                array: Some(element),
                ..
            } => Some(format!(
                "an array of `{element}` is written `['{element}']`"
            )),
            Self::UnknownType { similar, .. }
            | Self::UnknownDiscriminator { similar, .. }
            | Self::UnknownBranch { similar, .. }
            | Self::DocumentedMember { similar, .. }
            | Self::DocumentedFeature { similar, .. } => did_you_mean(similar.as_deref()),
            Self::MemberClash { name, first, .. }
            | Self::ValueClash { name, first }
            | Self::AlternativeClash { name, first }
            | Self::FeatureClash { name, first }
            | Self::BranchClash {
                member: name,
                first,
                ..
            } if name.text != first.text => Some(format!("both are `{}` in C", CName(&name.text))),
            Self::UnboxedUnion { .. } => Some("add `'boxed': true`".to_owned()),
            Self::UnboxedCond { .. } => {
                Some("give the members a struct of their own and add `'boxed': true`".to_owned())
            }
            Self::ReturnsNotObject { .. } => Some(
                "return a struct, which can grow; or list the command in the pragma \
                 `command-returns-exceptions`"
                    .to_owned(),
            ),
            Self::TypeFeature { .. } => {
                Some("mark the commands, events, members or values that use it".to_owned())
            }
            Self::Undocumented { name, .. } | Self::UndocumentedFeature { name, .. } => {
                Some(format!("add a paragraph that starts with `# @{name}:`"))
            }
            _ => None,
        }
    }

    /// Whether the rule is about the comment before the expression.
    fn is_about_comment(&self) -> bool {
        matches!(
            self,
            Self::DocumentedMember { .. } | Self::DocumentedFeature { .. }
        )
    }

    /// The whole report, naming the definition it is about.
    pub(super) fn into_diagnostic(self, expr: &Expr) -> Diagnostic {
        let mut diagnostic = Diagnostic::of(&self, Some(self.span()));
        diagnostic.anchor = (!self.is_about_comment()).then_some(expr.span);
        diagnostic.labels = self.labels();
        diagnostic.help = self.help();
        diagnostic.note(format!("in {} `{}`", expr.meta(), expr.name))
    }
}

fn member_of(name: &Name, of: Option<&str>) -> String {
    match of {
        Some(of) => format!("`{name}` of `{of}`"),
        None => format!("`{name}`"),
    }
}

/// Says that two names of one kind are the same, or as good as.
fn clash(f: &mut fmt::Formatter<'_>, what: &str, name: &Name, first: &Name) -> fmt::Result {
    if name.text == first.text {
        write!(f, "{what} `{name}` is given twice")
    } else {
        write!(f, "{what} `{name}` clashes with `{first}`")
    }
}

/// The indefinite article before the name of a kind.
fn article(meta: Meta) -> &'static str {
    match meta {
        Meta::Enum | Meta::Alternate | Meta::Event => "an",
        Meta::Struct | Meta::Union | Meta::Command => "a",
    }
}
