//! Findings that a file says are known.
//!
//! ```toml
//! [[suppress]]
//! rule = "command-removed"
//! path = "guest-old-*"
//! reason = "no client uses them"
//! expires = 2027-06-30
//! ```

use std::fmt;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use qapi_parser::similar;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Date;

use crate::failure::Failure;
use crate::pattern::fits;

/// The suppressions of a file.
#[derive(Debug, Default)]
pub(crate) struct Suppressions {
    path: PathBuf,
    list: Vec<Suppression>,
}

/// One suppression, and whether it was of use.
#[derive(Debug)]
struct Suppression {
    entry: Entry,
    line: usize,
    expired: bool,
    used: bool,
}

/// A file, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entries {
    #[serde(default)]
    suppress: Vec<Spanned<Entry>>,
}

/// What is written about one suppression.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// The rule of the finding.
    rule: Spanned<String>,
    /// The path of the finding; `*` stands for any characters.
    path: String,
    /// Why it is suppressed.
    reason: Spanned<String>,
    /// The last day on which it is.
    #[serde(default)]
    expires: Option<toml::value::Datetime>,
}

impl Suppressions {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, or something in it is not as it has to be.
    pub(crate) fn read(path: &Path, today: Date) -> Result<Self, Failure> {
        let text = fs::read_to_string(path).map_err(|error| Failure::file("read", path, &error))?;
        let list = parse(&text, today).map_err(|mistake| mistake.into_failure(path, &text))?;
        Ok(Self {
            path: path.to_owned(),
            list,
        })
    }

    /// Whether a finding is suppressed; whatever says so was of use.
    pub(crate) fn suppress(&mut self, rule: &str, path: &str) -> bool {
        let mut suppressed = false;
        for suppression in &mut self.list {
            let entry = &suppression.entry;
            if entry.rule.get_ref() == rule && fits(&entry.path, path) {
                suppression.used = true;
                suppressed |= !suppression.expired;
            }
        }
        suppressed
    }

    /// What is worth telling in the end: suppressions that were of no use, or have expired.
    pub(crate) fn remarks(&self) -> impl Iterator<Item = Remark<'_>> {
        let stale = self.list.iter().filter(|it| it.expired || !it.used);
        stale.map(|suppression| Remark {
            file: &self.path,
            suppression,
        })
    }
}

/// A suppression that is of no use, or has expired.
#[derive(Debug)]
pub(crate) struct Remark<'s> {
    file: &'s Path,
    suppression: &'s Suppression,
}

impl fmt::Display for Remark<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Suppression {
            entry, line, used, ..
        } = self.suppression;
        let (file, rule, path) = (self.file.display(), entry.rule.get_ref(), &entry.path);
        write!(f, "{file}:{line}: the suppression of {rule} at `{path}` ")?;
        match (&entry.expires, used) {
            (_, false) => f.write_str("fits no finding"),
            (Some(date), true) => write!(f, "expired after {date}"),
            (None, true) => f.write_str("has expired"),
        }
    }
}

/// Something in the file that is not as it has to be.
struct Mistake {
    message: String,
    help: Option<String>,
    place: Option<Range<usize>>,
}

impl Mistake {
    fn new(message: impl Into<String>, place: Range<usize>) -> Self {
        Self {
            message: message.into(),
            help: None,
            place: Some(place),
        }
    }

    fn into_failure(self, path: &Path, text: &str) -> Failure {
        let line = self.place.map_or(1, |place| line_at(text, place.start));
        let failure = Failure::new(format!("{}:{line}: {}", path.display(), self.message));
        let general = || "`qapi diff --help` shows how such a file looks".to_owned();
        failure.help(self.help.unwrap_or_else(general))
    }
}

fn parse(text: &str, today: Date) -> Result<Vec<Suppression>, Mistake> {
    let entries: Entries = toml::from_str(text).map_err(|error| Mistake {
        message: error.message().trim().replace('\n', " "),
        help: None,
        place: error.span(),
    })?;
    let suppressions = entries.suppress.into_iter().map(|entry| {
        let line = line_at(text, entry.span().start);
        let entry = entry.into_inner();
        check(&entry)?;
        let expired = entry
            .expires
            .and_then(|it| it.date)
            .is_some_and(|date| day(date) < day(today));
        Ok(Suppression {
            entry,
            line,
            expired,
            used: false,
        })
    });
    suppressions.collect()
}

fn check(entry: &Entry) -> Result<(), Mistake> {
    let rule = entry.rule.get_ref();
    if qapi_diff::rule(rule).is_none() {
        let ids = qapi_diff::RULES.iter().map(|rule| rule.id);
        let mistake = Mistake::new(format!("there is no rule `{rule}`"), entry.rule.span());
        let help = similar(rule, ids).map(|id| format!("did you mean `{id}`?"));
        return Err(Mistake { help, ..mistake });
    }
    if entry.reason.get_ref().trim().is_empty() {
        return Err(Mistake::new(
            "a suppression needs a reason",
            entry.reason.span(),
        ));
    }
    if entry.expires.is_some_and(|date| date.date.is_none()) {
        return Err(Mistake::new(
            "`expires` is a day, such as 2027-06-30",
            entry.rule.span(),
        ));
    }
    Ok(())
}

fn day(date: Date) -> (u16, u8, u8) {
    (date.year, date.month, date.day)
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date {
        year: 2026,
        month: 11,
        day: 21,
    };

    fn suppressions(text: &str) -> Result<Suppressions, String> {
        let list = parse(text, TODAY)
            .map_err(|mistake| mistake.into_failure(Path::new("s.toml"), text).to_string())?;
        Ok(Suppressions {
            path: "s.toml".into(),
            list,
        })
    }

    fn entry(rule: &str, path: &str, more: &str) -> String {
        format!(
            "[[suppress]]\nrule = \"{rule}\"\npath = \"{path}\"\nreason = \"because\"\n{more}\n"
        )
    }

    #[test]
    fn what_is_suppressed_has_its_rule_and_path() {
        let mut all = suppressions(&entry("command-removed", "old-*", "")).expect("it is good");
        assert!(all.suppress("command-removed", "old-one"));
        assert!(!all.suppress("command-added", "old-one"));
        assert!(!all.suppress("command-removed", "new-one"));
        assert_eq!(all.remarks().count(), 0);
    }

    #[test]
    fn what_is_stale_is_told() {
        let text = entry("command-removed", "a", "expires = 2026-11-20")
            + &entry("command-removed", "b", "expires = 2026-11-21")
            + &entry("command-removed", "c", "");
        let mut all = suppressions(&text).expect("it is good");
        assert!(!all.suppress("command-removed", "a"));
        assert!(all.suppress("command-removed", "b"));
        let remarks: Vec<_> = all.remarks().map(|remark| remark.to_string()).collect();
        let expected = [
            "s.toml:1: the suppression of command-removed at `a` expired after 2026-11-20",
            "s.toml:11: the suppression of command-removed at `c` fits no finding",
        ];
        assert_eq!(remarks, expected);
    }

    #[test]
    fn typos_are_told_with_their_line() {
        let cases = [
            (
                entry("comand-removed", "a", ""),
                "there is no rule `comand-removed`",
            ),
            (
                entry("command-removed", "a", "expiry = 2026-11-20"),
                "unknown field `expiry`",
            ),
            (
                entry("command-removed", "a", "expires = 07:30:00"),
                "`expires` is a day",
            ),
            ("[[suppres]]".to_owned(), "unknown field `suppres`"),
            (
                "[[suppress]]\nrule = \"command-removed\"".to_owned(),
                "missing field `path`",
            ),
            (
                entry("command-removed", "a", "").replace("because", " "),
                "needs a reason",
            ),
            ("[[suppress".to_owned(), "s.toml:1: "),
        ];
        for (text, message) in cases {
            let error = suppressions(&text)
                .map(|_| ())
                .expect_err("there is a typo");
            assert!(error.contains(message), "{error}");
        }
    }
}
