//! The `os-release` file: which distribution this is.

use std::path::Path;

use super::{Error, Root};

/// Where distributions put the file, most specific first.
const PLACES: [&str; 2] = ["/etc/os-release", "/usr/lib/os-release"];

/// The assignments of an `os-release` file, in file order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OsRelease(Vec<(String, String)>);

impl OsRelease {
    /// The value of `key`; the last assignment counts.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0
            .iter()
            .rev()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
    }
}

/// Reads `place` if one is given, else the first of the usual places that can be read.
///
/// # Errors
/// None of them can be read.
pub(crate) fn read(root: &Root, place: Option<&Path>) -> Result<OsRelease, Error> {
    if let Some(place) = place {
        // The variable names a file for this run, not a file of the machine: no root.
        return Root::default().text(place).map(|text| parse(&text));
    }
    let text = root.text(PLACES[0]).or_else(|_| root.text(PLACES[1]))?;
    Ok(parse(&text))
}

/// Parses the text of the file.
///
/// A line that is not an assignment is skipped: one odd line must not hide the others.
pub(crate) fn parse(text: &str) -> OsRelease {
    OsRelease(text.lines().filter_map(assignment).collect())
}

/// One line `KEY=VALUE`; blanks around the `=` are tolerated.
fn assignment(line: &str) -> Option<(String, String)> {
    let (key, value) = line.split_once('=')?;
    let key = key.trim();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if key.is_empty() || !key.chars().all(is_name) {
        return None;
    }
    Some((key.to_owned(), unquote(value.trim())))
}

/// The value as a shell would see it, expansions aside.
fn unquote(value: &str) -> String {
    match value.as_bytes().first() {
        Some(b'"') => double_quoted(&value[1..]),
        Some(b'\'') => value[1..].split('\'').next().unwrap_or_default().to_owned(),
        _ => value
            .split([' ', '\t', ';'])
            .next()
            .unwrap_or_default()
            .to_owned(),
    }
}

/// The text up to the closing quote, or to the end of the line where that is missing.
fn double_quoted(text: &str) -> String {
    let mut value = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => match chars.next() {
                Some(escaped @ ('$' | '\'' | '"' | '\\' | '`')) => value.push(escaped),
                Some(other) => value.extend(['\\', other]),
                None => value.push('\\'),
            },
            other => value.push(other),
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(line: &str) -> Option<String> {
        parse(line).get("K").map(str::to_owned)
    }

    #[test]
    fn values_are_unquoted_as_a_shell_would() {
        for (line, expected) in [
            ("K=plain", "plain"),
            ("K=cut here", "cut"),
            ("K=cut;here", "cut"),
            ("K=", ""),
            ("K=''", ""),
            ("K='single quoted'", "single quoted"),
            ("K='back\\slash'", "back\\slash"),
            ("K=\"double quoted\" rest", "double quoted"),
            (r#"K="a \"b\" 'c' \$ \` \\ \n""#, r#"a "b" 'c' $ ` \ \n"#),
            ("K=\"open", "open"),
            ("K=\"open\\", "open\\"),
            ("K = spaced", "spaced"),
        ] {
            assert_eq!(value(line).as_deref(), Some(expected), "{line}");
        }
    }

    #[test]
    fn the_last_assignment_counts() {
        assert_eq!(value("K=1\nK=2\n").as_deref(), Some("2"));
    }

    #[test]
    fn odd_lines_hide_nothing() {
        assert_eq!(
            value("export X=y\nstray\n# K=comment\n[group]\nK=1").as_deref(),
            Some("1")
        );
    }

    #[test]
    fn keys_are_case_sensitive() {
        assert_eq!(value("k=1"), None);
    }
}
