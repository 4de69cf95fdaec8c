//! Types as text, and the kinds of JSON values that they have.

use super::{Alternative, Command, Member, Scalar, ShapeKind, Type, Wire};

/// What tells values of two alternatives apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Any,
    Object,
    Array,
    String,
    Integer,
    Number,
    Bool,
    Null,
}

impl Wire {
    /// The kind of a type's values; none where there are several.
    pub(crate) fn kind(&self, ty: &Type) -> Option<Kind> {
        Some(match ty {
            Type::Array(_) => Kind::Array,
            Type::Scalar(Scalar::Any) => Kind::Any,
            Type::Scalar(Scalar::Str) => Kind::String,
            Type::Scalar(Scalar::Integer(_)) => Kind::Integer,
            Type::Scalar(Scalar::Number) => Kind::Number,
            Type::Scalar(Scalar::Bool) => Kind::Bool,
            Type::Scalar(Scalar::Null) => Kind::Null,
            Type::Shape(id) => match self.shape(*id).kind {
                ShapeKind::Enum(_) => Kind::String,
                ShapeKind::Object(_) => Kind::Object,
                ShapeKind::Alternate(_) => return None,
            },
        })
    }

    /// A type as a line of the view names it: `str`, `[object]`, `nullable alternate(bool | enum)`.
    pub fn describe(&self, ty: &Type) -> String {
        match ty {
            Type::Scalar(scalar) => scalar.to_string(),
            Type::Array(element) => format!("[{}]", self.describe(element)),
            Type::Shape(id) => match &self.shape(*id).kind {
                ShapeKind::Enum(_) => "enum".to_owned(),
                ShapeKind::Object(_) => "object".to_owned(),
                ShapeKind::Alternate(alternatives) => self.describe_alternate(alternatives),
            },
        }
    }

    fn describe_alternate(&self, alternatives: &[Alternative]) -> String {
        let is_null = |it: &&Alternative| it.ty == Type::Scalar(Scalar::Null);
        let nullable = alternatives.iter().any(|it| is_null(&it));
        let others = alternatives.iter().filter(|it| !is_null(it));
        let mut others: Vec<_> = others.map(|it| self.describe_alternative(it)).collect();
        others.sort();
        let prefix = if nullable { "nullable " } else { "" };
        match others.as_slice() {
            [] => "null".to_owned(),
            [one] => format!("{prefix}{one}"),
            _ => format!("{prefix}alternate({})", others.join(" | ")),
        }
    }

    fn describe_alternative(&self, alternative: &Alternative) -> String {
        let ty = match &alternative.ty {
            // Arrays of an alternate may be one of its own alternatives, so that there would be no end to it.
            Type::Array(element) if self.kind(element).is_none() => "[alternate]".to_owned(),
            ty => self.describe(ty),
        };
        match &alternative.cond {
            Some(cond) => format!("{ty} if {cond}"),
            None => ty,
        }
    }

    /// A member as a line of the view tells it: `optional str`.
    pub(crate) fn describe_member(&self, member: &Member) -> String {
        let ty = self.describe(&member.ty);
        match member.optional {
            true => format!("optional {ty}"),
            false => ty,
        }
    }
}

impl Command {
    /// The flags of the command as a line of the view tells them: `out of band, before configuration`.
    pub(crate) fn describe(&self) -> String {
        let flags = [
            (!self.success_response, "silent"),
            (self.allow_oob, "out of band"),
            (self.allow_preconfig, "before configuration"),
            (self.open, "any arguments"),
        ];
        let set = flags.iter().filter(|(is_set, _)| *is_set);
        set.map(|(_, flag)| *flag).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use qapi_parser::{Loader, MemoryReader};

    use super::*;

    fn wire(text: &str) -> Wire {
        let files = MemoryReader::from_iter([("a.json", text)]);
        let schema = Loader::new().reader(Box::new(files)).load("a.json");
        Wire::new(&schema.unwrap_or_else(|error| panic!("{error}")))
    }

    #[test]
    fn alternates_tell_what_they_may_be() {
        let wire = wire(
            "{ 'alternate': 'Tree', 'data': { 'leaf': 'int', 'none': 'null', 'many': [ 'Tree' ] } }
             { 'event': 'GROWN', 'data': { 'tree': 'Tree', '*trees': [ 'Tree' ] } }",
        );
        let lines: Vec<_> = wire.entries().map(|entry| entry.to_string()).collect();
        assert_eq!(
            lines,
            [
                "GROWN: event",
                "GROWN.data.tree: nullable alternate([alternate] | int)",
                "GROWN.data.trees: optional [nullable alternate([alternate] | int)]",
            ]
        );
        assert_eq!(wire.paths(), lines.len());
    }
}
