//! Types as text, and the kinds of JSON values that they have.

use super::{Scalar, Shape, ShapeKind, Type, Wire};

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
            Type::Shape(id) => self.describe_shape(self.shape(*id)),
        }
    }

    fn describe_shape(&self, shape: &Shape) -> String {
        let ShapeKind::Alternate(alternatives) = &shape.kind else {
            let is_enum = matches!(shape.kind, ShapeKind::Enum(_));
            return if is_enum { "enum" } else { "object" }.to_owned();
        };
        let is_null = |ty: &Type| *ty == Type::Scalar(Scalar::Null);
        let nullable = alternatives.iter().any(|it| is_null(&it.ty));
        let others = alternatives.iter().filter(|it| !is_null(&it.ty));
        let describe = |ty: &Type, cond: Option<&qapi_parser::Cond>| match cond {
            Some(cond) => format!("{} if {cond}", self.describe(ty)),
            None => self.describe(ty),
        };
        let mut others: Vec<_> = others
            .map(|it| describe(&it.ty, it.cond.as_ref()))
            .collect();
        others.sort();
        let prefix = if nullable { "nullable " } else { "" };
        match others.as_slice() {
            [] => "null".to_owned(),
            [one] => format!("{prefix}{one}"),
            _ => format!("{prefix}alternate({})", others.join(" | ")),
        }
    }
}
