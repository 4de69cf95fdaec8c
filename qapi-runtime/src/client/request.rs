//! Requests, one line each.

use serde::Serialize;

use super::{ClientError, limits};
use crate::encode::{EncodeError, Encoder};

/// How a command is to be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    /// In its turn.
    Execute,
    /// At once, whatever else is going on.
    ExecOob,
}

/// Adds a request to `line`; the arguments are left out where there are none.
///
/// # Errors
/// The arguments cannot be written, or the request is beyond the limits of
/// QEMU; `line` is as before.
pub(super) fn encode<A>(
    line: &mut Vec<u8>,
    verb: Verb,
    command: &str,
    arguments: &A,
    id: Option<u64>,
) -> Result<(), ClientError>
where
    A: Serialize + ?Sized,
{
    let before = line.len();
    let encoded = encode_members(line, verb, command, arguments, id);
    let encoded = encoded.map_err(ClientError::from);
    let encoded = encoded.and_then(|()| limits::check(&line[before..]));
    if encoded.is_err() {
        line.truncate(before);
    }
    encoded
}

fn encode_members<A>(
    line: &mut Vec<u8>,
    verb: Verb,
    command: &str,
    arguments: &A,
    id: Option<u64>,
) -> Result<(), EncodeError>
where
    A: Serialize + ?Sized,
{
    line.extend_from_slice(match verb {
        Verb::Execute => b"{\"execute\": ",
        Verb::ExecOob => b"{\"exec-oob\": ",
    });
    Encoder::new(&mut *line).encode(command)?;
    let end = line.len();
    line.extend_from_slice(b", \"arguments\": ");
    let start = line.len();
    Encoder::new(&mut *line).encode(arguments)?;
    if &line[start..] == b"{}" {
        line.truncate(end);
    }
    if let Some(id) = id {
        line.extend_from_slice(b", \"id\": ");
        Encoder::new(&mut *line).encode(&id)?;
    }
    line.extend_from_slice(b"}\n");
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde::ser::{Error, Serializer};
    use serde_json::json;

    use super::*;

    struct Unwritable;

    impl Serialize for Unwritable {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(S::Error::custom("no"))
        }
    }

    #[test]
    fn what_is_not_there_is_not_written() {
        let mut line = Vec::new();
        encode(&mut line, Verb::Execute, "stop", &json!({}), None).unwrap();
        encode(&mut line, Verb::ExecOob, "x", &json!({"a": 1}), Some(7)).unwrap();
        assert_eq!(
            String::from_utf8(line).unwrap(),
            "{\"execute\": \"stop\"}\n{\"exec-oob\": \"x\", \"arguments\": {\"a\": 1}, \"id\": 7}\n"
        );
    }

    #[test]
    fn half_a_request_is_none() {
        let mut line = b"before".to_vec();
        encode(&mut line, Verb::Execute, "x", &Unwritable, None).unwrap_err();
        assert_eq!(line, b"before");
    }
}
