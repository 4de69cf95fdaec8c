//! One entry of the answer.

use crate::document::Json;

/// A command, an event or a type.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) kind: Kind,
    pub(super) features: Features,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Command {
        arguments: String,
        returns: String,
        oob: bool,
    },
    Event {
        data: String,
    },
    Object {
        members: Vec<Member>,
        tag: Option<String>,
        /// The value of the tag and the type whose members it adds.
        branches: Vec<(String, String)>,
    },
    Array {
        element: String,
    },
    Alternate {
        types: Vec<String>,
    },
    Enum {
        values: Vec<EnumValue>,
    },
    /// A type of the language, or something that later releases have.
    Other,
}

#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) ty: String,
    pub(super) features: Features,
}

#[derive(Debug, Clone)]
pub(super) struct EnumValue {
    pub(super) name: String,
    pub(super) features: Features,
}

/// What is special about something.
#[derive(Debug, Clone, Default)]
pub(super) struct Features(Vec<String>);

impl Features {
    fn read(json: Json<'_>) -> Self {
        Self(list(json, "features", |it| it.as_str().map(str::to_owned)))
    }

    pub(super) fn has(&self, feature: &str) -> bool {
        self.0.iter().any(|it| it == feature)
    }
}

impl Entry {
    /// The entry and its name.
    pub(super) fn read(json: Json<'_>) -> Option<(String, Self)> {
        let entry = Self {
            kind: Kind::read(json)?,
            features: Features::read(json),
        };
        Some((text(json, "name")?, entry))
    }
}

impl Kind {
    fn read(json: Json<'_>) -> Option<Self> {
        let kind = match json.get("meta-type")?.as_str()? {
            "command" => Self::Command {
                arguments: text(json, "arg-type")?,
                returns: text(json, "ret-type")?,
                oob: json.get("allow-oob").and_then(Json::as_bool) == Some(true),
            },
            "event" => Self::Event {
                data: text(json, "arg-type")?,
            },
            "object" => Self::Object {
                members: list(json, "members", Member::read),
                tag: text(json, "tag"),
                branches: list(json, "variants", |it| {
                    Some((text(it, "case")?, text(it, "type")?))
                }),
            },
            "array" => Self::Array {
                element: text(json, "element-type")?,
            },
            "alternate" => Self::Alternate {
                types: list(json, "members", |it| text(it, "type")),
            },
            "enum" => Self::Enum {
                values: EnumValue::read_all(json),
            },
            _ => Self::Other,
        };
        Some(kind)
    }
}

impl Member {
    fn read(json: Json<'_>) -> Option<Self> {
        Some(Self {
            name: text(json, "name")?,
            ty: text(json, "type")?,
            features: Features::read(json),
        })
    }
}

impl EnumValue {
    /// Releases before 6.2 have nothing but a list of names, which is still there.
    fn read_all(json: Json<'_>) -> Vec<Self> {
        let members = list(json, "members", |it| {
            Some(Self {
                name: text(it, "name")?,
                features: Features::read(it),
            })
        });
        if !members.is_empty() {
            return members;
        }
        list(json, "values", |it| {
            Some(Self {
                name: it.as_str()?.to_owned(),
                features: Features::default(),
            })
        })
    }
}

fn text(json: Json<'_>, name: &str) -> Option<String> {
    json.get(name)?.as_str().map(str::to_owned)
}

fn list<T>(json: Json<'_>, name: &str, read: impl Fn(Json<'_>) -> Option<T>) -> Vec<T> {
    let elements = json.get(name).into_iter().flat_map(Json::elements);
    elements.filter_map(read).collect()
}
