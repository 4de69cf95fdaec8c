//! A request: which command, with what, and what to call the reply.

use crate::document::{Json, Kind};
use crate::error::Error;

/// One request, its members checked and nothing else.
///
/// See [the protocol](https://www.qemu.org/docs/master/interop/qmp-spec.html#issuing-commands).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Request<'de> {
    /// The name of the command.
    pub execute: &'de str,
    /// Its arguments, an object; none given is the same as an empty one.
    pub arguments: Option<Json<'de>>,
    /// What the client wants to see in the reply; `null` is something.
    pub id: Option<Json<'de>>,
}

/// Why a JSON value is no request, and the id to say so under.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{error}")]
pub struct Rejection<'de> {
    /// The id of the request, if it could be told.
    pub id: Option<Json<'de>>,
    /// What is wrong.
    pub error: Error,
}

impl<'de> Request<'de> {
    /// Takes a message apart.
    ///
    /// Members are looked at in a fixed order: `exec-oob`, which only a QMP
    /// monitor knows, then `execute` and `arguments`, then unknown ones, of
    /// which the alphabetically first is named: their order in the document
    /// means nothing, and QEMU's choice depends on a hash. A missing `execute`
    /// is noticed last.
    ///
    /// # Errors
    /// The message is no object, or a member is wrong, unknown or missing.
    pub fn parse(message: Json<'de>) -> Result<Self, Rejection<'de>> {
        if message.kind() != Kind::Object {
            return Err(Rejection {
                id: None,
                error: Error::generic("QMP input must be a JSON object"),
            });
        }
        let id = message.get("id");
        match parse_members(message) {
            Ok((execute, arguments)) => Ok(Self {
                execute,
                arguments,
                id,
            }),
            Err(desc) => Err(Rejection {
                id,
                error: Error::generic(desc),
            }),
        }
    }
}

fn parse_members(message: Json<'_>) -> Result<(&str, Option<Json<'_>>), String> {
    if message.get("exec-oob").is_some() {
        return Err(unexpected("exec-oob"));
    }
    let execute = match message.get("execute") {
        None => None,
        Some(name) => Some(
            name.as_str()
                .ok_or("QMP input member 'execute' must be a string")?,
        ),
    };
    let arguments = message.get("arguments");
    if arguments.is_some_and(|arguments| arguments.kind() != Kind::Object) {
        return Err("QMP input member 'arguments' must be an object".to_owned());
    }
    let names = message.members().map(|(name, _)| name);
    let unknown = names.filter(|name| !["execute", "arguments", "id"].contains(name));
    if let Some(name) = unknown.min() {
        return Err(unexpected(name));
    }
    let execute = execute.ok_or("QMP input lacks member 'execute'")?;
    Ok((execute, arguments))
}

fn unexpected(name: &str) -> String {
    format!("QMP input member '{name}' is unexpected")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::document::Document;

    fn rejected(message: Value) -> String {
        let document = Document::from(message);
        let rejection = Request::parse(document.root()).unwrap_err();
        rejection.to_string()
    }

    #[test]
    fn a_request_is_its_three_members() {
        let message = json!({"id": null, "arguments": {"a": 1}, "execute": "x"});
        let document = Document::from(message);
        let request = Request::parse(document.root()).unwrap();
        assert_eq!(request.execute, "x");
        assert_eq!(request.arguments.map(Json::to_value), Some(json!({"a": 1})));
        assert_eq!(request.id.map(Json::kind), Some(Kind::Null));
    }

    #[test]
    fn known_members_are_checked_before_unknown_ones() {
        assert_eq!(
            rejected(json!({"foo": 1, "execute": 1})),
            "QMP input member 'execute' must be a string"
        );
        assert_eq!(
            rejected(json!({"foo": 1, "arguments": []})),
            "QMP input member 'arguments' must be an object"
        );
        assert_eq!(
            rejected(json!({"foo": 1, "bar": 2})),
            "QMP input member 'bar' is unexpected"
        );
        assert_eq!(
            rejected(json!({"execute": 1, "exec-oob": "x"})),
            "QMP input member 'exec-oob' is unexpected"
        );
    }

    #[test]
    fn a_rejection_keeps_the_id() {
        let document = Document::from(json!({"id": [1]}));
        let rejection = Request::parse(document.root()).unwrap_err();
        assert_eq!(rejection.id.map(Json::to_value), Some(json!([1])));
        assert_eq!(rejection.to_string(), "QMP input lacks member 'execute'");
    }

    #[test]
    fn only_objects_are_requests() {
        for message in [json!([]), json!(1), json!("x"), json!(null)] {
            assert_eq!(rejected(message), "QMP input must be a JSON object");
        }
    }
}
