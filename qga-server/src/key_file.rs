//! Key files: groups of lines `KEY=VALUE`, as GLib reads and writes them.

use thiserror::Error;

/// The entries of a key file, in the order of their lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KeyFile(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    group: Vec<u8>,
    key: Vec<u8>,
    value: Vec<u8>,
}

/// A key file that cannot be understood.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum KeyFileError {
    /// A line that may not be there.
    #[error("line {line}: '{text}' is neither a group nor a comment nor KEY=VALUE")]
    Line { line: usize, text: String },
    /// A group without a name.
    #[error("line {line}: a group without a name")]
    NamelessGroup { line: usize },
    /// An entry that belongs to nothing.
    #[error("line {line}: '{text}' stands before the first group")]
    NoGroup { line: usize, text: String },
    /// A decision that is none.
    #[error("'{key}' is to be true or false, and not '{value}'")]
    NotBoolean { key: String, value: String },
    /// A text that is none.
    #[error("the value of '{key}' is not UTF-8")]
    NotText { key: String },
    /// A text that cannot be unescaped.
    #[error("the value of '{key}' has a backslash that means nothing: '{value}'")]
    Escape { key: String, value: String },
}

impl KeyFile {
    /// Reads the text of a key file.
    ///
    /// # Errors
    /// A line is not what a key file may have, or belongs to no group.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, KeyFileError> {
        let mut group = None;
        let mut entries = Vec::new();
        for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
            let number = index + 1;
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            match Line::parse(line.trim_ascii_start()) {
                Some(Line::Nothing) => {}
                Some(Line::Group([])) => {
                    return Err(KeyFileError::NamelessGroup { line: number });
                }
                Some(Line::Group(name)) => group = Some(name),
                Some(Line::Entry(key, value)) => entries.push(Entry {
                    group: group
                        .ok_or_else(|| KeyFileError::NoGroup {
                            line: number,
                            text: lossy(line),
                        })?
                        .to_vec(),
                    key: key.to_vec(),
                    value: value.to_vec(),
                }),
                None => {
                    return Err(KeyFileError::Line {
                        line: number,
                        text: lossy(line),
                    });
                }
            }
        }
        Ok(Self(entries))
    }

    /// The groups that have entries, in the order in which they begin.
    pub(crate) fn groups(&self) -> Vec<&[u8]> {
        let mut groups = Vec::new();
        for entry in &self.0 {
            if !groups.contains(&entry.group.as_slice()) {
                groups.push(&entry.group);
            }
        }
        groups
    }

    /// The bytes of a value as they are written. Of several with one name the last one counts.
    pub(crate) fn raw(&self, group: &str, key: &str) -> Option<&[u8]> {
        let mut entries = self.0.iter().rev();
        let found =
            entries.find(|entry| entry.group == group.as_bytes() && entry.key == key.as_bytes());
        found.map(|entry| entry.value.as_slice())
    }

    /// The text that a value stands for.
    ///
    /// # Errors
    /// It is not UTF-8, or something follows a backslash that does not belong there.
    pub(crate) fn text(&self, group: &str, key: &str) -> Result<Option<String>, KeyFileError> {
        let Some(raw) = self.raw(group, key) else {
            return Ok(None);
        };
        let value = str::from_utf8(raw).map_err(|_| KeyFileError::NotText { key: key.into() })?;
        let text = unescape(value).ok_or_else(|| KeyFileError::Escape {
            key: key.into(),
            value: value.into(),
        })?;
        Ok(Some(text))
    }

    /// What a value decides.
    ///
    /// # Errors
    /// It is none of the words and digits for that.
    pub(crate) fn boolean(&self, group: &str, key: &str) -> Result<Option<bool>, KeyFileError> {
        self.raw(group, key)
            .map(|raw| match raw.trim_ascii_end() {
                b"true" | b"1" => Ok(true),
                b"false" | b"0" => Ok(false),
                _ => Err(KeyFileError::NotBoolean {
                    key: key.into(),
                    value: lossy(raw),
                }),
            })
            .transpose()
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A line without the blanks before it.
enum Line<'a> {
    /// Empty, or a comment.
    Nothing,
    Group(&'a [u8]),
    Entry(&'a [u8], &'a [u8]),
}

impl<'a> Line<'a> {
    fn parse(line: &'a [u8]) -> Option<Self> {
        if line.is_empty() || line.starts_with(b"#") {
            return Some(Self::Nothing);
        }
        if line.starts_with(b"[") {
            let name = line
                .trim_ascii_end()
                .strip_prefix(b"[")?
                .strip_suffix(b"]")?;
            return (!name.contains(&b']')).then_some(Self::Group(name));
        }
        let equals = line.iter().position(|byte| *byte == b'=')?;
        let key = line[..equals].trim_ascii_end();
        let value = line[equals + 1..].trim_ascii_start();
        (!key.is_empty()).then_some(Self::Entry(key, value))
    }
}

fn unescape(value: &str) -> Option<String> {
    let mut text = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(char) = chars.next() {
        text.push(match char {
            '\\' => match chars.next()? {
                's' => ' ',
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                '\\' => '\\',
                _ => return None,
            },
            other => other,
        });
    }
    Some(text)
}

/// How a value is written so that [`KeyFile::text`] gives it back.
///
/// A form feed at the beginning gets lost: it is a blank, and there is no other spelling for it.
pub(crate) fn escape(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    // Blanks would be cut off at the beginning, and only there.
    let mut leading = true;
    for char in text.chars() {
        leading &= matches!(char, ' ' | '\t');
        match char {
            ' ' if leading => value.push_str("\\s"),
            '\t' if leading => value.push_str("\\t"),
            '\n' => value.push_str("\\n"),
            '\r' => value.push_str("\\r"),
            '\\' => value.push_str("\\\\"),
            other => value.push(other),
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<KeyFile, String> {
        KeyFile::parse(text.as_bytes()).map_err(|error| error.to_string())
    }

    fn text(line: &str) -> Result<String, String> {
        let file = parse(&format!("[g]\n{line}\n"))?;
        match file.text("g", "k") {
            Ok(text) => text.ok_or_else(|| "absent".into()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn blanks_are_cut_off_before_and_kept_behind() {
        for (line, value) in [
            ("k=v", "v"),
            ("  k \t=\t v w ", "v w "),
            ("k=\"v\"", "\"v\""),
            ("k=a=b#c;d", "a=b#c;d"),
            ("k=1\r\n \nk=2\r", "2"),
            ("#k=1\n  # k=2\nk=3", "3"),
            (r"k=\s\ta\\b\n\r", " \ta\\b\n\r"),
            ("[h]\nk=1\n[g] \nk=2\n[G]\nk=3\n\t[h]", "2"),
        ] {
            assert_eq!(text(line).as_deref(), Ok(value), "{line:?}");
        }
        assert_eq!(text("[h]\nk=1\nk[de]=1"), Err("absent".into()));
    }

    #[test]
    fn what_is_no_key_file_is_told_with_its_line() {
        let neither = "is neither a group nor a comment nor KEY=VALUE";
        for (file, problem) in [
            ("\nfoo\n", format!("line 2: 'foo' {neither}")),
            ("[g\n", format!("line 1: '[g' {neither}")),
            ("[g]x\n", format!("line 1: '[g]x' {neither}")),
            ("[g]h]\n", format!("line 1: '[g]h]' {neither}")),
            ("[g]\n=b\n", format!("line 2: '=b' {neither}")),
            ("[g]\n;x\n", format!("line 2: ';x' {neither}")),
            ("[]", "line 1: a group without a name".into()),
            ("a=b", "line 1: 'a=b' stands before the first group".into()),
        ] {
            assert_eq!(parse(file), Err(problem));
        }
    }

    #[test]
    fn values_that_mean_nothing_are_told() {
        let stray = r"the value of 'k' has a backslash that means nothing: 'a\q'";
        assert_eq!(text(r"k=a\q"), Err(stray.into()));
        assert!(text("k=a\\").is_err());
        let bytes = KeyFile::parse(b"[g]\nk=\xFF").expect("a key file");
        let error = bytes.text("g", "k").expect_err("no text");
        assert_eq!(error.to_string(), "the value of 'k' is not UTF-8");
    }

    #[test]
    fn booleans_are_two_words_or_two_digits() {
        let boolean = |value: &str| {
            let file = parse(&format!("[g]\nk={value}")).expect("a key file");
            file.boolean("g", "k").map_err(|error| error.to_string())
        };
        assert_eq!(boolean(" true \t"), Ok(Some(true)));
        assert_eq!(boolean("1"), Ok(Some(true)));
        assert_eq!(boolean("false"), Ok(Some(false)));
        assert_eq!(boolean("0"), Ok(Some(false)));
        let problem = "'k' is to be true or false, and not 'yes'";
        assert_eq!(boolean("yes"), Err(problem.into()));
        for value in ["", "True", "2", "true\u{1}"] {
            assert!(boolean(value).is_err(), "{value}");
        }
        assert_eq!(KeyFile::default().boolean("g", "k"), Ok(None));
    }

    #[test]
    fn what_is_escaped_is_read_back() {
        for value in ["", "a b ", "  \t a\tb", "\\s x", "a\nb\rc", "\\", " \\ "] {
            let line = format!("k={}", escape(value));
            assert_eq!(text(&line).as_deref(), Ok(value), "{line}");
        }
        assert_eq!(escape(" x\\y z"), r"\sx\\y z");
        assert_eq!(escape("\\s x"), r"\\s x");
    }
}
