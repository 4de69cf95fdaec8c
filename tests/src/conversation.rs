use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::wire::Wire;

/// Stands in a request for the process that the last `guest-exec` started.
const PID: &str = "$PID";

/// Starts a line that is asked again until its reply says that the process has ended.
const POLL: &str = "@poll ";

/// A text file of requests.
///
/// Each line is one write. Blank lines and lines that start with `#` do not count; `<FF>` is the byte 0xFF, and so on
/// with any other two upper-case hexadecimal digits; `$PID` is the last process that `guest-exec` started; a line
/// behind `@poll ` is asked until the process has ended.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// The name of the file, without `.txt`.
    pub name: String,
    /// What is said, in order.
    pub steps: Vec<Step>,
}

/// One line of a [`Conversation`].
#[derive(Clone, Debug)]
pub struct Step {
    /// The line as it stands in the file.
    pub text: String,
    /// Whether it is asked until the process has ended.
    pub poll: bool,
}

impl Conversation {
    /// Reads every `.txt` file of a directory, in the order of their names.
    ///
    /// # Panics
    /// There is none, or one cannot be read.
    pub fn all(directory: &Path) -> Vec<Self> {
        let entries = fs::read_dir(directory).expect("the directory of conversations");
        let mut paths: Vec<PathBuf> = entries
            .map(|entry| entry.expect("a directory entry").path())
            .collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
        paths.sort();
        assert!(
            !paths.is_empty(),
            "no conversations in {}",
            directory.display()
        );
        paths.iter().map(|path| Self::read(path)).collect()
    }

    fn read(path: &Path) -> Self {
        let text =
            fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let lines = text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        let name = path.file_stem().expect("a file has a name");
        Self {
            name: name.to_string_lossy().into_owned(),
            steps: lines.map(Step::parse).collect(),
        }
    }

    /// Says everything and gives the replies to each line.
    ///
    /// # Panics
    /// The agent falls silent.
    pub fn run(&self, wire: &mut Wire) -> Vec<Vec<u8>> {
        let mut pid = String::from("0");
        self.steps
            .iter()
            .map(|step| {
                let reply = step.run(wire, &pid);
                pid = started(&reply).unwrap_or_else(|| std::mem::take(&mut pid));
                reply
            })
            .collect()
    }
}

impl Step {
    fn parse(line: &str) -> Self {
        let rest = line.strip_prefix(POLL);
        Self {
            text: rest.unwrap_or(line).to_owned(),
            poll: rest.is_some(),
        }
    }

    /// The bytes of the line.
    pub fn bytes(&self) -> Vec<u8> {
        unescape(&self.text)
    }

    fn run(&self, wire: &mut Wire, pid: &str) -> Vec<u8> {
        let bytes = unescape(&self.text.replace(PID, pid));
        loop {
            let reply = wire.replies_to_then_reset(&bytes);
            if !self.poll || !contains(&reply, br#""exited": false"#) {
                return reply;
            }
        }
    }
}

/// The process in `{"return": {"pid": 17}}`.
fn started(reply: &[u8]) -> Option<String> {
    let line = reply.split(|byte| *byte == b'\n').next()?;
    let value: Value = serde_json::from_slice(line).ok()?;
    Some(value["return"]["pid"].as_u64()?.to_string())
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Replaces `<XX>` by the byte with that number.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let (byte, length) = match rest {
            [b'<', high, low, b'>', ..] => hex(*high)
                .zip(hex(*low))
                .map_or((*first, 1), |(h, l)| (h * 16 + l, 4)),
            _ => (*first, 1),
        };
        bytes.push(byte);
        rest = &behind[length - 1..];
    }
    bytes
}

/// The value of an upper-case hexadecimal digit.
fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_in_angle_brackets() {
        assert_eq!(unescape("a<FF>b<0A><f0><<41>"), b"a\xFFb\n<f0><A");
    }

    #[test]
    fn only_a_reply_with_a_pid_is_a_process() {
        assert_eq!(
            started(b"{\"return\": {\"pid\": 17}}\n{\"error\"").as_deref(),
            Some("17")
        );
        assert_eq!(started(b"{\"return\": {}}\n"), None);
    }
}
