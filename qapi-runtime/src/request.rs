//! A request: which command, with what, and what to call the reply.

use serde_json::{Map, Value};

use crate::error::Error;

/// One request, its members checked and nothing else.
///
/// See [the protocol](https://www.qemu.org/docs/master/interop/qmp-spec.html#issuing-commands).
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The name of the command.
    pub execute: String,
    /// Its arguments; none given is the same as an empty object.
    pub arguments: Map<String, Value>,
    /// What the client wants to see in the reply; `null` is something.
    pub id: Option<Value>,
}

/// Why a JSON value is no request, and the id to say so under.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{error}")]
pub struct Rejection {
    /// The id of the request, if it could be told.
    pub id: Option<Value>,
    /// What is wrong.
    pub error: Error,
}

impl Request {
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
    pub fn parse(message: Value) -> Result<Self, Rejection> {
        let Value::Object(mut members) = message else {
            return Err(Rejection {
                id: None,
                error: Error::generic("QMP input must be a JSON object"),
            });
        };
        let id = members.shift_remove("id");
        match parse_members(members) {
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

fn parse_members(mut members: Map<String, Value>) -> Result<(String, Map<String, Value>), String> {
    if members.contains_key("exec-oob") {
        return Err(unexpected("exec-oob"));
    }
    let execute = match members.shift_remove("execute") {
        None => None,
        Some(Value::String(name)) => Some(name),
        Some(_) => return Err("QMP input member 'execute' must be a string".to_owned()),
    };
    let arguments = match members.shift_remove("arguments") {
        None => Map::new(),
        Some(Value::Object(arguments)) => arguments,
        Some(_) => return Err("QMP input member 'arguments' must be an object".to_owned()),
    };
    if let Some(name) = members.keys().min() {
        return Err(unexpected(name));
    }
    let execute = execute.ok_or_else(|| "QMP input lacks member 'execute'".to_owned())?;
    Ok((execute, arguments))
}

fn unexpected(name: &str) -> String {
    format!("QMP input member '{name}' is unexpected")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rejected(message: Value) -> String {
        Request::parse(message).unwrap_err().to_string()
    }

    #[test]
    fn a_request_is_its_three_members() {
        let request = Request::parse(json!({"id": null, "arguments": {"a": 1}, "execute": "x"}));
        let request = request.unwrap();
        assert_eq!(request.execute, "x");
        assert_eq!(Value::Object(request.arguments), json!({"a": 1}));
        assert_eq!(request.id, Some(Value::Null));
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
        let rejection = Request::parse(json!({"id": [1]})).unwrap_err();
        assert_eq!(rejection.id, Some(json!([1])));
        assert_eq!(rejection.to_string(), "QMP input lacks member 'execute'");
    }

    #[test]
    fn only_objects_are_requests() {
        for message in [json!([]), json!(1), json!("x"), json!(null)] {
            assert_eq!(rejected(message), "QMP input must be a JSON object");
        }
    }
}
