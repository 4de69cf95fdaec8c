//! Writes entries as JSON, spaced as QEMU does it.

use std::fmt;

use super::info::{SchemaInfo, SchemaInfoFeature, SchemaInfoKind, SchemaInfoObjectMember};

/// A JSON value, as far as entries need it.
enum Json<'a> {
    Null,
    True,
    String(&'a str),
    Array(Vec<Self>),
    Object(Vec<(&'static str, Self)>),
}

impl fmt::Display for SchemaInfo {
    /// Writes the JSON object that goes over the wire, conditions left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut pairs = vec![
            ("name", Json::String(&self.name)),
            ("meta-type", Json::String(self.kind.meta_type())),
        ];
        pairs.extend(kind_pairs(&self.kind));
        pairs.extend(feature_pair(&self.features));
        Json::Object(pairs).fmt(f)
    }
}

impl SchemaInfoKind {
    /// How the kind is called on the wire.
    pub fn meta_type(&self) -> &'static str {
        match self {
            Self::Builtin { .. } => "builtin",
            Self::Enum { .. } => "enum",
            Self::Array { .. } => "array",
            Self::Object { .. } => "object",
            Self::Alternate { .. } => "alternate",
            Self::Command { .. } => "command",
            Self::Event { .. } => "event",
        }
    }
}

/// What only entries of this kind have.
fn kind_pairs(kind: &SchemaInfoKind) -> Vec<(&'static str, Json<'_>)> {
    match kind {
        SchemaInfoKind::Builtin { json_type } => {
            vec![("json-type", Json::String(json_type.name()))]
        }
        SchemaInfoKind::Enum { members } => {
            // QEMU 6.2 replaced the plain list, which had no place for features, and kept it for clients that know no
            // other.
            let plain = members.iter().map(|member| Json::String(&member.name));
            let full = members.iter().map(|member| {
                let mut pairs = vec![("name", Json::String(&member.name))];
                pairs.extend(feature_pair(&member.features));
                Json::Object(pairs)
            });
            vec![("members", array(full)), ("values", array(plain))]
        }
        SchemaInfoKind::Array { element_type } => {
            vec![("element-type", Json::String(element_type))]
        }
        SchemaInfoKind::Object {
            members,
            tag,
            variants,
        } => {
            let mut pairs = vec![("members", array(members.iter().map(member)))];
            if let Some(tag) = tag {
                let variants = variants.iter().map(|variant| {
                    let case = ("case", Json::String(&variant.case));
                    Json::Object(vec![case, ("type", Json::String(&variant.ty))])
                });
                pairs.push(("tag", Json::String(tag)));
                pairs.push(("variants", array(variants)));
            }
            pairs
        }
        SchemaInfoKind::Alternate { members } => {
            let types = members.iter().map(|member| Json::String(&member.ty));
            let members = types.map(|ty| Json::Object(vec![("type", ty)]));
            vec![("members", array(members))]
        }
        SchemaInfoKind::Command {
            arg_type,
            ret_type,
            allow_oob,
        } => {
            let mut pairs = vec![
                ("arg-type", Json::String(arg_type)),
                ("ret-type", Json::String(ret_type)),
            ];
            pairs.extend(allow_oob.then_some(("allow-oob", Json::True)));
            pairs
        }
        SchemaInfoKind::Event { arg_type } => vec![("arg-type", Json::String(arg_type))],
    }
}

fn member(member: &SchemaInfoObjectMember) -> Json<'_> {
    let mut pairs = vec![
        ("name", Json::String(&member.name)),
        ("type", Json::String(&member.ty)),
    ];
    pairs.extend(member.optional.then_some(("default", Json::Null)));
    pairs.extend(feature_pair(&member.features));
    Json::Object(pairs)
}

fn feature_pair(features: &Option<Vec<SchemaInfoFeature>>) -> Option<(&'static str, Json<'_>)> {
    let features = features.as_ref()?.iter();
    let names = features.map(|feature| Json::String(&feature.name));
    Some(("features", array(names)))
}

fn array<'a>(elements: impl Iterator<Item = Json<'a>>) -> Json<'a> {
    Json::Array(elements.collect())
}

impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::True => f.write_str("true"),
            Self::String(text) => write_string(f, text),
            Self::Array(elements) => {
                f.write_str("[")?;
                for (index, element) in elements.iter().enumerate() {
                    f.write_str(if index > 0 { ", " } else { "" })?;
                    element.fmt(f)?;
                }
                f.write_str("]")
            }
            Self::Object(pairs) => {
                f.write_str("{")?;
                for (index, (key, value)) in pairs.iter().enumerate() {
                    write!(f, "{}\"{key}\": {value}", if index > 0 { ", " } else { "" })?;
                }
                f.write_str("}")
            }
        }
    }
}

/// Today's names need no escapes; those of old schemas may be anything.
fn write_string(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for character in text.chars() {
        match character {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            control if control.is_ascii_control() => write!(f, "\\u{:04x}", u32::from(control))?,
            plain => write!(f, "{plain}")?,
        }
    }
    f.write_str("\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped() {
        let json = Json::String("a \"b\" \\ \n\u{1f} \u{7f} ä\u{1f600}").to_string();
        assert_eq!(
            json,
            "\"a \\\"b\\\" \\\\ \\u000a\\u001f \\u007f ä\u{1f600}\""
        );
    }

    #[test]
    fn containers_may_be_empty() {
        let empty = Json::Object(vec![
            ("a", Json::Array(vec![])),
            ("b", Json::Object(vec![])),
        ]);
        assert_eq!(empty.to_string(), "{\"a\": [], \"b\": {}}");
    }
}
