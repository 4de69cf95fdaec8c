//! Releases, and the spellings in which comments name them.

use std::fmt;
use std::str::FromStr;

/// A release of QEMU, such as 0.15 or 10.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version {
    /// The first number.
    pub major: u32,
    /// The second number.
    pub minor: u32,
    /// The third number; 0 where there is none, so that 0.15.0 is 0.15.
    pub patch: u32,
}

/// A text is not two or three numbers with points between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a version is two or three numbers with points between them")]
pub struct NotAVersion;

impl FromStr for Version {
    type Err = NotAVersion;

    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        match leading_version(text) {
            Some((version, "")) => Ok(version),
            _ => Err(NotAVersion),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.patch {
            0 => write!(f, "{}.{}", self.major, self.minor),
            patch => write!(f, "{}.{}.{patch}", self.major, self.minor),
        }
    }
}

/// The version that a text starts with.
pub(super) fn starting(text: &str) -> Option<Version> {
    leading_version(text.trim_start()).map(|(version, _)| version)
}

/// The version in a line that tells when something came: `Since: 2.5`,
/// `Since 2.5`, `Since : 2.5`, and whatever may stand behind it.
pub(super) fn in_line(line: &str) -> Option<Version> {
    let rest = line.trim_start().strip_prefix("Since")?.trim_start();
    starting(rest.strip_prefix(':').unwrap_or(rest))
}

/// The version in a text that tells in passing when something came:
/// `(since 2.5)`, `(Since: 2.5; default: 1)`, perhaps across a line end.
pub(super) fn in_passing(text: &str) -> Option<Version> {
    text.split('(').skip(1).find_map(|remark| {
        let since = remark.get(.."since".len())?;
        let rest = since
            .eq_ignore_ascii_case("since")
            .then(|| remark[since.len()..].trim_start());
        rest.and_then(|rest| starting(rest.strip_prefix(':').unwrap_or(rest)))
    })
}

/// The version that a text starts with, and the text behind it.
fn leading_version(text: &str) -> Option<(Version, &str)> {
    let (major, rest) = leading_number(text)?;
    let (minor, rest) = leading_number(rest.strip_prefix('.')?)?;
    let third = rest.strip_prefix('.').and_then(leading_number);
    let (patch, rest) = third.unwrap_or((0, rest));
    Some((
        Version {
            major,
            minor,
            patch,
        },
        rest,
    ))
}

fn leading_number(text: &str) -> Option<(u32, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Some((digits.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(version: Option<Version>) -> Option<String> {
        version.map(|version| version.to_string())
    }

    #[test]
    fn third_number_counts_unless_it_is_zero() {
        assert_eq!("0.15.0".parse(), "0.15".parse::<Version>());
        assert!("1.5.1".parse::<Version>().expect("it is one") > "1.5".parse().expect("it is one"));
        for text in ["", "1", "1.", "1.2.3.4", "1.2 ", "v1.2", "99999999999.0"] {
            assert_eq!(text.parse::<Version>(), Err(NotAVersion), "{text}");
        }
    }

    #[test]
    fn lines_name_versions_in_many_spellings() {
        for line in [
            "Since: 2.5",
            "Since 2.5",
            "Since:  2.5.0",
            "Since : 2.5",
            "Since: 2.5.",
            "Since: 2.5; members changed since 3.0",
            "Since: 2.5 (a since 2.6, b since 2.7)",
        ] {
            assert_eq!(text(in_line(line)).as_deref(), Some("2.5"), "{line}");
        }
        for line in [
            "Since QEMU was started",
            "since 2.5",
            "Since",
            "Since: Linux 4.18",
        ] {
            assert_eq!(in_line(line), None, "{line}");
        }
    }

    #[test]
    fn remarks_name_versions_in_many_spellings() {
        for remark in [
            "size (since 2.5)",
            "size (Since: 2.5)",
            "size (since: 2.5; default: 1)",
            "size (since 2.5 for A, 2.6 for B)",
            "size (since: 2.5 -- since 3.0 on s390x --)",
            "size (since 2.5 )",
            "size (in bytes) (since\n2.5)",
        ] {
            assert_eq!(text(in_passing(remark)).as_deref(), Some("2.5"), "{remark}");
        }
        for remark in ["works (since Linux 4.18)", "since 2.5", "(sinc", "(é)"] {
            assert_eq!(in_passing(remark), None, "{remark}");
        }
    }
}
