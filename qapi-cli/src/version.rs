//! What versions are called, and which comes first.

use std::cmp::Ordering;
use std::path::Path;

/// The version that a path names: `10.2` for `qga-10.2.json`, `v9.2.0/qapi/schema.json` and `10.2/qapi`.
///
/// The innermost part of the path counts that has a number behind its beginning, a `-`, a `_` or a `v`.
pub(crate) fn of_path(path: &Path) -> Option<String> {
    path.ancestors().find_map(of_file)
}

/// The version that the last part of a path names.
pub(crate) fn of_file(path: &Path) -> Option<String> {
    let is_schema = path.extension().is_some_and(|it| it == "json");
    let name = if is_schema {
        path.file_stem()
    } else {
        path.file_name()
    };
    of_name(&name?.to_string_lossy())
}

fn of_name(name: &str) -> Option<String> {
    let starts = name
        .match_indices(|c: char| c.is_ascii_digit())
        .map(|(start, _)| start);
    let mut fitting = starts.filter(|start| starts_version(&name[..*start]));
    fitting.next().map(|start| name[start..].to_owned())
}

/// Whether a number behind this is a version.
fn starts_version(before: &str) -> bool {
    let before = before.strip_suffix(['v', 'V']).unwrap_or(before);
    before.is_empty() || before.ends_with(['-', '_', ' '])
}

/// Which of two versions comes first: numbers count as numbers, and a candidate (`2.0-rc1`) comes before its release.
pub(crate) fn compare(left: &str, right: &str) -> Ordering {
    let (mut left_parts, mut right_parts) = (Parts(left), Parts(right));
    loop {
        let order = match (left_parts.next(), right_parts.next()) {
            (None, None) => return left.cmp(right),
            (Some(part), None) => part.against_end(),
            (None, Some(part)) => part.against_end().reverse(),
            (Some(Part::Number(left)), Some(Part::Number(right))) => left.cmp(&right),
            (Some(Part::Number(_)), Some(Part::Word(_))) => Ordering::Greater,
            (Some(Part::Word(_)), Some(Part::Number(_))) => Ordering::Less,
            (Some(Part::Word(left)), Some(Part::Word(right))) => left.cmp(right),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// A part of a version.
enum Part<'a> {
    Number(u64),
    Word(&'a str),
}

impl Part<'_> {
    /// How a version with this behind compares to one that ends here.
    fn against_end(&self) -> Ordering {
        match self {
            // 2.0.0 and 2.0 are told apart by their text.
            Self::Number(0) => Ordering::Equal,
            Self::Word(word) if ["rc", "beta", "alpha", "pre"].contains(word) => Ordering::Less,
            Self::Number(_) | Self::Word(_) => Ordering::Greater,
        }
    }
}

/// The numbers and words in a text.
struct Parts<'a>(&'a str);

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        let text = self.0.trim_start_matches(|c: char| !c.is_alphanumeric());
        let first = text.chars().next()?;
        let belongs = |c: char| c.is_alphanumeric() && c.is_ascii_digit() == first.is_ascii_digit();
        let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
        let (part, rest) = text.split_at(end);
        self.0 = rest;
        Some(part.parse().map_or(Part::Word(part), Part::Number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(path: &str) -> Option<String> {
        of_path(Path::new(path))
    }

    #[test]
    fn files_and_folders_name_their_version() {
        let cases = [
            ("schema/qga-10.2.json", "10.2"),
            ("2.11.json", "2.11"),
            ("qmp/9.2/qapi/qapi-schema.json", "9.2"),
            ("qmp/9.2", "9.2"),
            ("v9.2.0-rc1/qapi", "9.2.0-rc1"),
            ("2015-05-flat.json", "2015-05-flat"),
        ];
        for (path, version) in cases {
            assert_eq!(named(path).as_deref(), Some(version), "{path}");
        }
        for path in ["schema.json", "x86.json", "..", "/"] {
            assert_eq!(named(path), None, "{path}");
        }
    }

    #[test]
    fn versions_are_ordered_by_their_numbers() {
        let mut versions = [
            "10.0",
            "2.0.0",
            "2.0-rc2",
            "0.15",
            "2.11",
            "2.0-rc10",
            "2.9",
            "2.0.1",
            "10.0-flat",
        ];
        versions.sort_by(|left, right| compare(left, right));
        let expected = [
            "0.15",
            "2.0-rc2",
            "2.0-rc10",
            "2.0.0",
            "2.0.1",
            "2.9",
            "2.11",
            "10.0",
            "10.0-flat",
        ];
        assert_eq!(versions, expected);
    }
}
