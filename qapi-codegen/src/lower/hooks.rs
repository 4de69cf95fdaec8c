//! What the user has put into the generated code.

use proc_macro2::TokenStream;
use qapi_parser::{Builtin, DefinitionKind, TypeRef};
use syn::parse::Parser;

use super::Cx;
use super::error::LowerError;
use super::member;
use super::pattern::{Part, Place, Rules};
use crate::ir::{Ty, Verbatim};

/// Code of the user, by the place that it belongs to.
#[derive(Debug, Default)]
pub(crate) struct Hooks<'a> {
    derives: Rules<'a, String>,
    attributes: Rules<'a, String>,
    replacements: Rules<'a, String>,
    uploads: Rules<'a, ()>,
}

/// The type of what is uploaded.
const UPLOAD: &str = "::qapi_runtime::Base64Upload<'_>";

impl<'a> Hooks<'a> {
    /// Finds the places, and reports code that is none.
    pub(crate) fn find(cx: &mut Cx<'a>) -> Self {
        let options = cx.options;
        check(cx, "derive", &options.derives, |text| {
            traits(text).try_for_each(|path| syn::parse_str::<syn::Path>(path).map(drop))
        });
        check(cx, "attribute", &options.attributes, |text| {
            syn::Attribute::parse_outer.parse_str(text).map(drop)
        });
        check(cx, "replace", &options.replacements, |text| {
            syn::parse_str::<syn::Type>(text).map(drop)
        });
        if options.asynchronous {
            for (pattern, ()) in &options.uploads {
                let problem = "methods that are asynchronous get whole requests".to_owned();
                let (method, text) = ("upload", pattern.clone());
                cx.error(LowerError::BadCode {
                    method,
                    text,
                    problem,
                });
            }
        }
        Self {
            uploads: Rules::find(cx, "upload", &options.uploads, is_uploadable),
            replacements: Rules::find(cx, "replace", &options.replacements, is_replaceable),
            derives: Rules::find(cx, "derive", &options.derives, is_type),
            attributes: Rules::find(cx, "attribute", &options.attributes, |_, part| {
                !matches!(part, Part::Return)
            }),
        }
    }

    /// The type to use at a place instead of the schema's.
    pub(crate) fn replacement(&self, place: Place<'_>) -> Option<Ty> {
        self.text(place).map(|text| Ty::Custom {
            code: Verbatim(text.to_owned()),
            borrows: borrows(text),
        })
    }

    fn text(&self, place: Place<'_>) -> Option<&str> {
        match self.uploads(place) {
            true => Some(UPLOAD),
            false => self.replacements.last(place).map(String::as_str),
        }
    }

    /// Whether a server takes an argument while it reads it.
    pub(crate) fn uploads(&self, place: Place<'_>) -> bool {
        self.uploads.last(place).is_some()
    }

    /// Whether there is one.
    pub(crate) fn replaces(&self, place: Place<'_>) -> bool {
        self.text(place).is_some()
    }

    /// Whether the type that is used at a place instead of the schema's borrows.
    pub(crate) fn borrows(&self, place: Place<'_>) -> bool {
        self.text(place).is_some_and(borrows)
    }

    /// Whether anything borrows.
    pub(crate) fn borrow(&self) -> bool {
        let uploads = self.uploads.values().next().is_some();
        uploads || self.replacements.values().any(|text| borrows(text))
    }

    /// The traits that a type derives besides those that all do.
    pub(crate) fn derives(&self, place: Place<'_>) -> Vec<Verbatim> {
        let texts = self.derives.about(place).iter();
        let traits = texts.flat_map(|text| traits(text));
        traits.map(|path| Verbatim(path.to_owned())).collect()
    }

    /// The attributes of a place.
    pub(crate) fn attributes(&self, place: Place<'_>) -> Vec<Verbatim> {
        let texts = self.attributes.about(place).iter();
        texts.map(|text| Verbatim((*text).clone())).collect()
    }
}

/// The parts of a list.
fn traits(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|path| !path.is_empty())
}

/// Whether a type is written with `'_`.
fn borrows(text: &str) -> bool {
    // A text that is no type is reported, and nothing is generated.
    text.parse().is_ok_and(crate::emit::has_elided_lifetime)
}

/// Whether another type can be used for something.
fn is_replaceable(kind: &DefinitionKind, part: Part<'_>) -> bool {
    match (kind, part) {
        (_, Part::Return) => true,
        (DefinitionKind::Command(_) | DefinitionKind::Event(_), Part::Whole) => false,
        (_, Part::Whole) => true,
        (DefinitionKind::Enum(_), Part::Member(_)) => false,
        // The code around it has to know the tag's values.
        (DefinitionKind::Union(union), Part::Member(name)) => union.discriminator.text != *name,
        (_, Part::Member(_)) => true,
        (_, Part::Data | Part::Branch(_) | Part::Branches) => false,
    }
}

/// Whether something is an argument in a text of its own.
fn is_uploadable(kind: &DefinitionKind, part: Part<'_>) -> bool {
    let (DefinitionKind::Command(command), Part::Member(name)) = (kind, part) else {
        return false;
    };
    let mut members = member::inline(&command.arguments).iter();
    let member = members.find(|member| member.name.text == *name);
    member.is_some_and(|member| matches!(member.ty, TypeRef::Builtin(Builtin::Str)))
}

/// Whether a type is made of something.
fn is_type(kind: &DefinitionKind, part: Part<'_>) -> bool {
    match part {
        Part::Whole => !matches!(kind, DefinitionKind::Command(_) | DefinitionKind::Event(_)),
        Part::Data | Part::Branches => true,
        Part::Return | Part::Member(_) | Part::Branch(_) => false,
    }
}

/// Reports texts that `parse` refuses.
fn check(
    cx: &mut Cx<'_>,
    method: &'static str,
    rules: &[(String, String)],
    parse: impl Fn(&str) -> syn::Result<()>,
) {
    for (_, text) in rules {
        // A text that has no tokens cannot be told where it is wrong.
        let result = text
            .parse::<TokenStream>()
            .map_err(|error| error.to_string());
        let result = result.and_then(|_| parse(text).map_err(|error| error.to_string()));
        if let Err(problem) = result {
            cx.error(LowerError::BadCode {
                method,
                text: text.clone(),
                problem,
            });
        }
    }
}
