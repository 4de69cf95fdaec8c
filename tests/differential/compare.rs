//! Whether two replies say the same.

use std::collections::{BTreeMap, BTreeSet};

use qapi_tests::{Conversation, RESET_REPLY};
use serde_json::Value;

use crate::differences::{ANSWERS, Compared, OWN_FILE, OWN_MODE, VALUES, Values};
use crate::unlike::unlike;

/// Files by name, each with its mode and content.
type Files = BTreeMap<String, String>;

/// What two agents said, and what of it differed.
pub(crate) struct Comparison {
    version: String,
    /// The entries of the tables that have been of use.
    met: BTreeSet<Entry>,
    /// What has been compared.
    places: BTreeSet<String>,
    failures: Vec<String>,
}

/// The place of an entry in its table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Entry {
    Values(usize),
    Answer(usize),
}

impl Comparison {
    /// Compares with a C agent of that version.
    pub(crate) fn new(version: &str) -> Self {
        Self {
            version: version.to_owned(),
            met: BTreeSet::new(),
            places: BTreeSet::new(),
            failures: Vec::new(),
        }
    }

    /// Compares what the two agents answered to `request`, and keeps what differs.
    pub(crate) fn compare(&mut self, place: &str, request: &str, theirs: &[u8], ours: &[u8]) {
        self.places.insert(place.to_owned());
        // Both had to answer the 0xFF that the test sent behind the request.
        let without_reset = theirs
            .strip_suffix(RESET_REPLY)
            .zip(ours.strip_suffix(RESET_REPLY));
        let (theirs, ours) = without_reset.unwrap_or((theirs, ours));
        if self.is_known_answer(place, request, theirs, ours) {
            return;
        }
        let (their_lines, our_lines) = (lines(theirs), lines(ours));
        let pairs = their_lines.iter().zip(&our_lines);
        let same = pairs
            .take_while(|(theirs, ours)| self.is_same_line(place, request, theirs, ours))
            .count();
        if same < their_lines.len().max(our_lines.len()) {
            let (theirs, ours) = (their_lines[same..].concat(), our_lines[same..].concat());
            let same = if same == 0 {
                String::new()
            } else {
                format!(" (behind {same} equal lines)")
            };
            self.failures.push(format!(
                "{place}: {request}{same}\n  C    {}\n  ours {}{}",
                show(&theirs),
                show(&ours),
                show_unlike(&theirs, &ours)
            ));
        }
    }

    /// Compares what the two agents answered to each line of a conversation.
    pub(crate) fn compare_replies(
        &mut self,
        conversation: &Conversation,
        theirs: &[Vec<u8>],
        ours: &[Vec<u8>],
    ) {
        for (step, (theirs, ours)) in conversation.steps.iter().zip(theirs.iter().zip(ours)) {
            self.compare(&conversation.name, &step.text, theirs, ours);
        }
    }

    /// Compares the files that the two agents left.
    pub(crate) fn compare_files(&mut self, place: &str, theirs: &Files, ours: &Files) {
        let names: BTreeSet<&String> = theirs.keys().chain(ours.keys()).collect();
        for name in names {
            let (theirs, ours) = (theirs.get(name), ours.get(name));
            let same = match (name.as_str(), theirs, ours) {
                (OWN_FILE, Some(theirs), Some(ours)) => {
                    ours.starts_with(OWN_MODE) && content(theirs) == content(ours)
                }
                _ => theirs == ours,
            };
            if !same {
                self.failures.push(format!(
                    "{place}: file {name}\n  C    {theirs:?}\n  ours {ours:?}"
                ));
            }
        }
    }

    /// Ends the comparison.
    ///
    /// # Panics
    /// Something differed, or a known difference is none any more.
    pub(crate) fn finish(mut self) {
        let values = VALUES
            .iter()
            .enumerate()
            .filter(|(_, values)| self.is_about(values));
        let values = values
            .map(|(index, values)| (Entry::Values(index), values.place, values.at, values.reason));
        let answers = ANSWERS.iter().enumerate();
        let answers = answers
            .map(|(index, each)| (Entry::Answer(index), each.place, each.request, each.reason));
        let unmet: Vec<String> = values
            .chain(answers)
            .filter(|(entry, place, ..)| self.places.contains(*place) && !self.met.contains(entry))
            .map(|(_, place, what, reason)| {
                format!("{place}: {what} does not differ any more ({reason})")
            })
            .collect();
        self.failures.extend(unmet);
        let count = self.failures.len();
        assert!(
            count == 0,
            "{count} differences\n\n{}\n",
            self.failures.join("\n\n")
        );
    }

    /// Whether an entry is about the C agent that is here.
    fn is_about(&self, values: &Values) -> bool {
        match values.compared {
            Compared::Kind | Compared::Low32 | Compared::Passing => true,
            Compared::OnlyOurs { version } => self.version.starts_with(version),
        }
    }

    fn is_known_answer(&mut self, place: &str, request: &str, theirs: &[u8], ours: &[u8]) -> bool {
        let is = |bytes: &[u8], text: &str| {
            bytes.strip_suffix(b"\n").unwrap_or(bytes) == text.as_bytes()
        };
        let index = ANSWERS.iter().position(|answer| {
            (answer.place, answer.request) == (place, request)
                && is(theirs, answer.theirs)
                && is(ours, answer.ours)
        });
        self.met.extend(index.map(Entry::Answer));
        index.is_some()
    }

    /// Whether two lines are the same bytes, or the same values and the same bytes in another order of the members.
    fn is_same_line(&mut self, place: &str, request: &str, theirs: &[u8], ours: &[u8]) -> bool {
        let (Some(mut their_value), Some(mut our_value)) = (parse(theirs), parse(ours)) else {
            return theirs == ours;
        };
        let has_order = their_value.get("return").is_some()
            || their_value.get("id").is_some_and(Value::is_object);
        let known = self.forget_known(place, request, &mut their_value, &mut our_value);
        let same_spelling = known || census(theirs) == census(ours);
        theirs == ours || (has_order && same_spelling && their_value == our_value)
    }

    /// Takes the known differences out of two replies; says whether there was one.
    fn forget_known(
        &mut self,
        place: &str,
        request: &str,
        theirs: &mut Value,
        ours: &mut Value,
    ) -> bool {
        let request: Option<Value> = serde_json::from_str(&request.replace("$PID", "0")).ok();
        let command = request
            .as_ref()
            .and_then(|request| request.get("execute")?.as_str());
        let mut known = false;
        for (index, values) in VALUES.iter().enumerate() {
            if values.place == place && Some(values.command) == command && self.is_about(values) {
                let path: Vec<&str> = values.at.split('/').skip(1).collect();
                let found = match values.compared {
                    Compared::Kind => mask(theirs, &path) & mask(ours, &path),
                    Compared::Low32 => change(theirs, &path, &low_32),
                    Compared::Passing => pass(theirs, values.at) & pass(ours, values.at),
                    Compared::OnlyOurs { .. } => !has(theirs, values.at) && remove(ours, values.at),
                };
                if found {
                    self.met.insert(Entry::Values(index));
                }
                known |= found;
            }
        }
        known
    }
}

/// What is said of a file, without its kind and mode.
pub(crate) fn content(file: &str) -> &str {
    file.split_once(' ').map_or("", |(_, content)| content)
}

/// Reads a reply, with or without the 0xFF before it.
fn parse(line: &[u8]) -> Option<Value> {
    serde_json::from_slice(line.strip_prefix(b"\xFF").unwrap_or(line)).ok()
}

fn has(value: &Value, at: &str) -> bool {
    value.pointer(at).is_some()
}

/// Removes the member at a path without `*`; says whether it was there.
fn remove(value: &mut Value, at: &str) -> bool {
    let (object, member) = at.rsplit_once('/').expect("a path has a slash");
    let object = value.pointer_mut(object).and_then(Value::as_object_mut);
    object.is_some_and(|members| members.shift_remove(member).is_some())
}

/// Replaces what stands at `path` by the name of its kind; says whether there was something.
fn mask(value: &mut Value, path: &[&str]) -> bool {
    change(value, path, &|value| Value::from(kind(value)))
}

/// Replaces what stands at `path`; says whether there was something.
///
/// An empty list has it, too: a machine without disks or routes is no reason
/// to take the difference for gone.
fn change(value: &mut Value, path: &[&str], by: &impl Fn(&Value) -> Value) -> bool {
    let Some((first, rest)) = path.split_first() else {
        *value = by(value);
        return true;
    };
    match value {
        Value::Array(elements) if *first == "*" => {
            let is_empty = elements.is_empty();
            elements
                .iter_mut()
                .fold(is_empty, |any, each| change(each, rest, by) | any)
        }
        Value::Array(elements) => elements
            .iter_mut()
            .filter(|each| is_named(each, first))
            .fold(false, |any, each| change(each, rest, by) | any),
        Value::Object(members) if *first == "*" => members
            .values_mut()
            .fold(false, |any, each| change(each, rest, by) | any),
        Value::Object(members) => members
            .get_mut(*first)
            .is_some_and(|member| change(member, rest, by)),
        _ => false,
    }
}

/// Removes the elements with a name from the list at a path; says whether there is such a list.
fn pass(value: &mut Value, at: &str) -> bool {
    let (list, name) = at.rsplit_once('/').expect("a path has a slash");
    let list = value.pointer_mut(list).and_then(Value::as_array_mut);
    list.map(|elements| elements.retain(|each| !is_named(each, name)))
        .is_some()
}

/// Whether the name of an element of a list ends so, numbers aside if that does not end with one.
fn is_named(element: &Value, end: &str) -> bool {
    let name = element.get("name").and_then(Value::as_str);
    let is_digit = |c: char| c.is_ascii_digit();
    name.is_some_and(|name| match end.ends_with(is_digit) {
        true => name.ends_with(end),
        false => name.trim_end_matches(is_digit).ends_with(end),
    })
}

/// The low half of a 64-bit integer.
fn low_32(value: &Value) -> Value {
    let low = |bits: u64| Value::from(bits & u64::from(u32::MAX));
    let signed = value.as_i64().map(i64::cast_unsigned);
    value.as_u64().or(signed).map_or_else(|| value.clone(), low)
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn lines(replies: &[u8]) -> Vec<&[u8]> {
    replies.split_inclusive(|byte| *byte == b'\n').collect()
}

/// How often each byte occurs.
fn census(bytes: &[u8]) -> [usize; 256] {
    let mut census = [0; 256];
    bytes
        .iter()
        .for_each(|byte| census[usize::from(*byte)] += 1);
    census
}

/// Where two long replies differ.
fn show_unlike(theirs: &[u8], ours: &[u8]) -> String {
    let Some((theirs, ours)) = parse(theirs).zip(parse(ours)) else {
        return String::new();
    };
    let places = unlike(&theirs, &ours);
    places
        .iter()
        .map(|place| format!("\n  at {place}"))
        .collect()
}

/// Replies in a form that can be read, cut where they are long.
fn show(bytes: &[u8]) -> String {
    const SHOWN: usize = 400;
    let escape = |byte: &u8| match byte {
        b'\n' => "\n       ".to_owned(),
        b' '..=b'~' => char::from(*byte).to_string(),
        other => other.escape_ascii().to_string(),
    };
    let text: String = bytes.iter().take(SHOWN).map(escape).collect();
    let text = text.trim_end();
    if bytes.len() > SHOWN {
        format!("{text}… ({} bytes)", bytes.len())
    } else {
        text.to_owned()
    }
}
