//! What one record holds.
//!
//! The host chooses most of it. So texts have a longest length and lists a greatest number, and all
//! of a record has its place in a string of JSON or in a field whose length is told before it:
//! whatever characters it has, it can neither end its field nor begin a record.

use std::borrow::Cow;
use std::time::Duration;

use qapi_runtime::{Call, Decode, DecodeError, Input, Json, Kind};
use serde_json::{Map, Number, Value};

use super::Facts;
use crate::class::Tell;
use crate::client::Client;

/// How much a record holds of one text, in bytes.
const TEXT_LIMIT: usize = 1024;
/// How much of all that the host chooses.
const TOTAL_LIMIT: usize = 8192;
/// How many elements of a list.
const LIST_LIMIT: usize = 64;
/// Under this name is what the host has said, which could be anything else otherwise.
const ARGUMENTS: &str = "arguments";
/// Stands for what is left out.
const ELLIPSIS: char = '…';

/// One record: names and values, in the order in which they are written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Record {
    pub(super) fields: Map<String, Value>,
    /// How much the host may still fill.
    left: usize,
}

/// Arguments as they were sent, whether they fit or not.
struct Raw<'de>(Json<'de>);

impl<'de> Decode<'de> for Raw<'de> {
    fn decode(input: Input<'_, 'de>) -> Result<Self, DecodeError> {
        Ok(Self(input.json()))
    }
}

impl Record {
    pub(super) fn new(time: Duration, command: &str, client: &Client) -> Self {
        let mut record = Self {
            fields: Map::new(),
            left: TOTAL_LIMIT,
        };
        let time = format!("{}.{:06}", time.as_secs(), time.subsec_micros());
        record.put("time", time);
        let command = record.text(command);
        record.put("command", command);
        record.put("channel", &*client.channel);
        if let Some(peer) = &client.peer {
            record.put("peer", peer.to_string());
        }
        record
    }

    /// Adds what may be told of the arguments of a call.
    pub(super) fn arguments(&mut self, call: &Call<'_>, told: &[Tell]) {
        if let Ok(Raw(arguments)) = call.arguments() {
            self.told(arguments, told);
        }
    }

    fn told(&mut self, arguments: Json<'_>, told: &[Tell]) {
        let mut chosen = Map::new();
        for tell in told {
            let (name, json) = match tell {
                Tell::Value(name) => (name, arguments.get(name)),
                Tell::Count(name) => {
                    if let Some(list) = arguments.get(name) {
                        chosen.insert(format!("{name}-count"), list.len().into());
                    }
                    continue;
                }
                Tell::Nothing(_) => continue,
            };
            if let Some(json) = json {
                let value = self.value(json, 0);
                chosen.insert((*name).to_owned(), value);
            }
        }
        if !chosen.is_empty() {
            self.put(ARGUMENTS, chosen);
        }
    }

    /// Adds what the handler has noted.
    pub(super) fn facts(&mut self, facts: Facts) {
        if let Some(path) = facts.resolved {
            let path = self.text(&path.to_string_lossy());
            self.put("resolved", path);
        }
        if let Some(number) = facts.made {
            self.put("made", number);
        }
        if let Some(bytes) = facts.bytes {
            self.put("bytes", bytes);
        }
        if let Some(rule) = facts.rule {
            self.put("rule", rule);
        }
    }

    pub(super) fn end(&mut self, result: &str, duration: Duration) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        self.put("result", result);
        self.put("microseconds", micros);
    }

    fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.fields.insert(name.to_owned(), value.into());
    }

    /// A value of the host, as far as there is room.
    fn value(&mut self, json: Json<'_>, depth: usize) -> Value {
        match json.kind() {
            Kind::String => self.text(json.as_str().unwrap_or_default()).into(),
            Kind::Boolean => json.as_bool().into(),
            Kind::Number => match (json.as_i64(), json.as_u64(), json.as_f64()) {
                (Some(number), ..) => number.into(),
                (_, Some(number), _) => number.into(),
                (_, _, Some(number)) => Number::from_f64(number).map_or(Value::Null, Value::Number),
                _ => Value::Null,
            },
            // No argument that is told is deeper than a list of objects.
            Kind::Array if depth < 1 => self.list(json, depth),
            Kind::Object if depth < 2 => {
                let members = json.members().take(LIST_LIMIT);
                let pair =
                    |(name, value): (&str, _)| (self.text(name), self.value(value, depth + 1));
                Value::Object(members.map(pair).collect())
            }
            Kind::Array | Kind::Object => ELLIPSIS.to_string().into(),
            Kind::Null => Value::Null,
        }
    }

    fn list(&mut self, json: Json<'_>, depth: usize) -> Value {
        let mut list = Vec::new();
        for element in json.elements() {
            if list.len() == LIST_LIMIT || self.left == 0 {
                list.push(ELLIPSIS.to_string().into());
                break;
            }
            list.push(self.value(element, depth + 1));
        }
        list.into()
    }

    /// A text of the host, cut off where there is no room any more.
    fn text(&mut self, text: &str) -> String {
        let mut end = text.len().min(TEXT_LIMIT).min(self.left);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        // What is empty takes room, too: there may be many of them.
        self.left = self.left.saturating_sub(end + 1);
        let mut short = text[..end].to_owned();
        if end < text.len() {
            short.push(ELLIPSIS);
        }
        short
    }

    /// The record as one line, also for those who take more than line feeds for the end of one.
    pub(super) fn line(&self) -> String {
        let json = serde_json::to_string(&self.fields).expect("it is a map of texts to values");
        let mut line = String::with_capacity(json.len() + 1);
        for character in json.chars() {
            // Whatever is left of these is within texts, and a terminal may obey it.
            match character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') {
                true => line.push_str(&format!("\\u{:04x}", u32::from(character))),
                false => line.push(character),
            }
        }
        line.push('\n');
        line
    }

    /// The record as a message for the journal, in its own protocol.
    pub(super) fn datagram(&self) -> Vec<u8> {
        let text = |name: &str| {
            self.fields
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let message = format!(
            "{} on channel {}: {}",
            text("command"),
            text("channel"),
            text("result")
        );
        let mut bytes = Vec::new();
        let mut field = |name: &str, value: &str| {
            bytes.extend_from_slice(name.as_bytes());
            bytes.push(b'\n');
            bytes.extend_from_slice(&(value.len() as u64).to_le_bytes());
            bytes.extend_from_slice(value.as_bytes());
            bytes.push(b'\n');
        };
        field("MESSAGE", &message);
        field("MESSAGE_ID", MESSAGE_ID);
        field("PRIORITY", "6");
        field("SYSLOG_IDENTIFIER", "qga-audit");
        for (name, value) in &self.fields {
            match value {
                Value::Object(arguments) if name == ARGUMENTS => {
                    for (name, value) in arguments {
                        field(&field_name("ARG_", name), &plain(value));
                    }
                }
                value => field(&field_name("", name), &plain(value)),
            }
        }
        bytes
    }
}

/// The name of a field of the journal. None of ours is a name that the journal has itself.
fn field_name(kind: &str, name: &str) -> String {
    format!("QGA_{kind}{}", name.to_ascii_uppercase().replace('-', "_"))
}

/// A text as it is, and anything else as JSON.
fn plain(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => text.into(),
        other => other.to_string().into(),
    }
}

/// By this number all records are found, whatever is in them: `journalctl MESSAGE_ID=…`.
pub(super) const MESSAGE_ID: &str = "7b1f6c0d0f3e4f0a9d2a4c0c7f5d8e61";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class::Class;

    /// The record of a request with these arguments, without its time.
    fn record(command: &str, arguments: &str) -> Record {
        use qapi_runtime::Document;

        let mut record = Record::new(Duration::ZERO, command, &Client::default());
        let document = Document::parse(arguments.as_bytes()).expect("JSON");
        record.told(document.root(), Class::of(command).told.expect("a record"));
        record.fields.shift_remove("time");
        record
    }

    #[test]
    fn what_is_told_is_in_the_line_and_secrets_are_not() {
        for (command, arguments, expected) in [
            (
                "guest-file-open",
                "{'path': '/a', 'mode': 'r', 'x': 1}",
                r#""path":"/a","mode":"r""#,
            ),
            (
                "guest-file-write",
                "{'handle': 1000, 'buf-b64': 'c2VjcmV0', 'count': 3}",
                r#""handle":1000,"count":3"#,
            ),
            (
                "guest-exec",
                "{'path': 'a', 'arg': ['b', ''], 'env': ['S=secret'], 'input-data': 'c2VjcmV0'}",
                r#""path":"a","arg":["b",""],"env-count":1"#,
            ),
            (
                "guest-set-user-password",
                "{'username': 'u', 'password': 'c2VjcmV0', 'crypted': false}",
                r#""username":"u","crypted":false"#,
            ),
            (
                "guest-ssh-add-authorized-keys",
                "{'username': 'u', 'keys': ['secret', 'secret'], 'reset': true}",
                r#""username":"u","keys-count":2,"reset":true"#,
            ),
            (
                "guest-set-vcpus",
                "{'vcpus': [{'logical-id': 1, 'online': false}]}",
                r#""vcpus":[{"logical-id":1,"online":false}]"#,
            ),
            ("guest-get-users", "{}", ""),
        ] {
            let expected = match expected {
                "" => String::new(),
                arguments => format!(",\"arguments\":{{{arguments}}}"),
            };
            let line = record(command, arguments).line();
            let whole =
                format!("{{\"command\":\"{command}\",\"channel\":\"general\"{expected}}}\n");
            assert_eq!(line, whole);
        }
    }

    #[test]
    fn no_argument_can_end_its_field() {
        let path = "/a\\n\\\"}\\n{\\\"command\\\": \\\"guest-ping\\\"}\\nQGA_COMMAND=x\\n\\u0000\\u001b[31m";
        let record = record("guest-file-open", &format!("{{\"path\": \"{path}\"}}"));
        let line = record.line();
        assert_eq!(line.matches('\n').count(), 1);
        let read: Value = serde_json::from_str(&line).expect("JSON");
        assert!(
            read["arguments"]["path"]
                .as_str()
                .expect("a text")
                .contains("QGA_COMMAND=x\n\0")
        );
        assert!(!line.contains('\u{1b}'));
        let fields = fields(&record.datagram());
        let names: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
        let expected = ["MESSAGE", "MESSAGE_ID", "PRIORITY", "SYSLOG_IDENTIFIER"];
        assert_eq!(names[..4], expected);
        assert_eq!(names[4..], ["QGA_COMMAND", "QGA_CHANNEL", "QGA_ARG_PATH"]);
        assert_eq!(
            fields[6].1,
            read["arguments"]["path"].as_str().expect("a text")
        );
    }

    #[test]
    fn no_terminal_obeys_a_line_and_no_reader_ends_it_early() {
        let odd = "\u{7f}\u{85}\u{9b}31m\u{2028}";
        let line = record("guest-file-open", &format!("{{'path': '{odd}'}}")).line();
        let text = line.strip_suffix('\n').expect("its end");
        assert!(text.is_ascii() && !text.contains('\u{7f}'), "{text}");
        let read: Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(read["arguments"]["path"], odd);
    }

    /// A message of the journal's protocol, read as the journal does.
    fn fields(mut bytes: &[u8]) -> Vec<(String, String)> {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
        let mut fields = Vec::new();
        while !bytes.is_empty() {
            let end = bytes
                .iter()
                .position(|byte| *byte == b'\n')
                .expect("a name");
            let (name, rest) = (text(&bytes[..end]), &bytes[end + 1..]);
            let (length, rest) = rest.split_at(8);
            let length = u64::from_le_bytes(length.try_into().expect("eight bytes"));
            let (value, rest) = rest.split_at(usize::try_from(length).expect("a length"));
            fields.push((name, text(value)));
            bytes = rest.strip_prefix(b"\n").expect("the end of a field");
        }
        fields
    }

    #[test]
    fn no_argument_takes_the_place_of_what_the_agent_says() {
        let record = record("guest-set-time", "{'time': 'yesterday'}");
        let line = record.line();
        let whole =
            r#"{"command":"guest-set-time","channel":"general","arguments":{"time":"yesterday"}}"#;
        assert_eq!(line.trim_end(), whole);
        let fields = fields(&record.datagram());
        let last = fields.last().expect("a field");
        assert_eq!(last, &("QGA_ARG_TIME".to_owned(), "yesterday".to_owned()));
    }

    #[test]
    fn a_record_has_its_limits() {
        let words = format!("'{}', ", "ä".repeat(2000)).repeat(200);
        let short = "'', ".repeat(1000);
        for words in [words, short] {
            let arguments = format!("{{'path': '{}', 'arg': [{words} 'end']}}", "x".repeat(5000));
            let line = record("guest-exec", &arguments).line();
            assert!(line.len() < 2 * TOTAL_LIMIT, "{}", line.len());
            assert!(
                line.contains("x…\",\"arg\":[\"") && line.contains("\"…\"]}}"),
                "{line}"
            );
        }
        let deep = "{'vcpus': [[[1]], {'a': {'b': {'c': 1}}}]}";
        let line = record("guest-set-vcpus", deep).line();
        assert!(line.contains(r#""vcpus":["…",{"a":"…"}]"#), "{line}");
    }
}
