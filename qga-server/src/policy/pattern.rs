//! Patterns of paths and of words.
//!
//! They are matched as bytes, since neither a path nor an argument has to be text: one that is not
//! must not slip past a rule that forbids it.

use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// In a pattern of paths: any number of components, also none.
const ANY_DEPTH: &[u8] = b"**";

/// A pattern of whole words, in which `*` stands for any bytes and `?` for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WordPattern(String);

impl WordPattern {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Whether it stands for all words that are left, at the end of a list.
    pub(crate) fn is_rest(&self) -> bool {
        self.0 == "**"
    }

    /// Whether `word` is one of those that are meant.
    pub(crate) fn matches(&self, word: impl AsRef<OsStr>) -> bool {
        let word: Vec<_> = word.as_ref().as_bytes().iter().map(Step::Byte).collect();
        let pattern: Vec<_> = self.0.as_bytes().iter().map(Step::of).collect();
        matches(&pattern, &word)
    }
}

impl fmt::Display for WordPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A pattern of absolute paths: `*` and `?` stand for bytes of one component, and `**` for any
/// number of components.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathPattern {
    text: String,
    /// Where the part before the first wildcard leads, if that is elsewhere: what is compared are
    /// paths without links.
    resolved: Option<PathBuf>,
    /// The same, but for a link that its last component is.
    named: Option<PathBuf>,
}

/// A path that means nothing as a pattern.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub(crate) enum PathPatternError {
    /// It depends on a directory that nobody knows.
    #[error("does not begin with `/`")]
    Relative,
    /// No path of an open file has such a component.
    #[error("has an empty component, `.` or `..`")]
    Component,
    /// It could be read in two ways.
    #[error("has `**` beside something else in one component")]
    Depth,
}

impl PathPattern {
    /// The pattern, for the links that there are now.
    ///
    /// # Errors
    /// No path of an open file could match.
    pub(crate) fn new(text: &str) -> Result<Self, PathPatternError> {
        let rest = text.strip_prefix('/').ok_or(PathPatternError::Relative)?;
        for component in rest.split('/').filter(|_| !rest.is_empty()) {
            if ["", ".", ".."].contains(&component) {
                return Err(PathPatternError::Component);
            }
            if component != "**" && component.contains("**") {
                return Err(PathPatternError::Depth);
            }
        }
        let named = match text.rsplit_once('/') {
            Some((directory, name)) if !directory.is_empty() => resolve(directory).join(name),
            _ => text.into(),
        };
        let unless_same = |path: PathBuf| (path != Path::new(text)).then_some(path);
        Ok(Self {
            resolved: unless_same(resolve(text)),
            named: unless_same(named),
            text: text.to_owned(),
        })
    }

    /// Whether `path`, in which nothing is a link, is one of those that are meant.
    pub(crate) fn matches(&self, path: &Path) -> bool {
        self.is_match(path, self.resolved.as_deref())
    }

    /// Whether `path`, in which nothing but the last component may be a link, is so called here.
    pub(crate) fn names(&self, path: &Path) -> bool {
        self.is_match(path, self.named.as_deref())
    }

    fn is_match(&self, path: &Path, other: Option<&Path>) -> bool {
        let path = components(path.as_os_str().as_bytes());
        let mut patterns = [Some(Path::new(&self.text)), other].into_iter().flatten();
        patterns.any(|pattern| matches(&components(pattern.as_os_str().as_bytes()), &path))
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The pattern with every link followed that comes before the first wildcard. What is not there yet
/// is taken as it is written.
fn resolve(pattern: &str) -> PathBuf {
    let is_plain = |component: &&str| !component.contains(['*', '?']);
    let components: Vec<&str> = pattern.split('/').skip(1).collect();
    let plain = components.iter().take_while(|c| is_plain(c)).count();
    for count in (1..=plain).rev() {
        let (head, tail) = components.split_at(count);
        if let Ok(head) = fs::canonicalize(format!("/{}", head.join("/"))) {
            return match tail {
                [] => head,
                tail => head.join(tail.join("/")),
            };
        }
    }
    pattern.into()
}

fn components(path: &[u8]) -> Vec<&[u8]> {
    let components = path.split(|byte| *byte == b'/');
    components.filter(|part| !part.is_empty()).collect()
}

/// One element of a pattern.
trait Element<T: ?Sized> {
    /// Whether it stands for any number of things.
    fn is_any(&self) -> bool;

    /// Whether it stands for that one.
    fn is(&self, thing: &T) -> bool;
}

/// Whether the elements stand for the things, all of both. It takes no longer than their numbers
/// multiplied: only the last element that stands for any number has to be tried again.
fn matches<E: Element<E>>(pattern: &[E], things: &[E]) -> bool {
    let (mut at, mut next) = (0, 0);
    let mut retry = None;
    while next < things.len() {
        match pattern.get(at) {
            Some(element) if element.is_any() => {
                retry = Some((at + 1, next));
                at += 1;
            }
            Some(element) if element.is(&things[next]) => {
                at += 1;
                next += 1;
            }
            _ => {
                let Some((after, from)) = retry else {
                    return false;
                };
                retry = Some((after, from + 1));
                (at, next) = (after, from + 1);
            }
        }
    }
    pattern[at..].iter().all(Element::is_any)
}

/// A component of a path.
impl Element<&[u8]> for &[u8] {
    fn is_any(&self) -> bool {
        *self == ANY_DEPTH
    }

    fn is(&self, thing: &&[u8]) -> bool {
        let pattern: Vec<_> = self.iter().map(Step::of).collect();
        let bytes: Vec<_> = thing.iter().map(Step::Byte).collect();
        matches(&pattern, &bytes)
    }
}

/// A byte of a word.
#[derive(Clone, Copy)]
enum Step<'a> {
    /// Any number of bytes.
    Any,
    /// One of them, whatever it is.
    One,
    Byte(&'a u8),
}

impl<'a> Step<'a> {
    fn of(byte: &'a u8) -> Self {
        match byte {
            b'*' => Self::Any,
            b'?' => Self::One,
            other => Self::Byte(other),
        }
    }
}

impl Element<Self> for Step<'_> {
    fn is_any(&self) -> bool {
        matches!(self, Self::Any)
    }

    fn is(&self, thing: &Self) -> bool {
        match (self, thing) {
            (Self::One, _) => true,
            (Self::Byte(one), Self::Byte(other)) => one == other,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[track_caller]
    fn path(pattern: &str, matching: &[&str], others: &[&str]) {
        let pattern = PathPattern::new(pattern).expect("a pattern");
        for path in matching {
            assert!(pattern.matches(Path::new(path)), "{pattern}: {path}");
        }
        for path in others {
            assert!(!pattern.matches(Path::new(path)), "{pattern}: {path}");
        }
    }

    #[test]
    fn wildcards_stay_in_their_component_unless_there_are_two() {
        path("/a/b", &["/a/b"], &["/a", "/a/b/c", "/a/bc", "/b/a/b"]);
        path("/a/*", &["/a/b", "/a/.b"], &["/a", "/a/b/c"]);
        path("/a/*.c", &["/a/b.c", "/a/.c"], &["/a/b.cc", "/a/d/b.c"]);
        path("/a/?", &["/a/b"], &["/a/bc", "/a/b/c", "/a/"]);
        path("/a/**", &["/a", "/a/b", "/a/b/c"], &["/ab", "/b/a"]);
        path("/**/b", &["/b", "/a/b", "/a/c/b", "/b/b"], &["/a/b/c"]);
        path("/a/**/b/*", &["/a/b/c", "/a/b/b/b/c"], &["/a/b", "/b/b/c"]);
        path("/", &["/"], &["/a"]);
        path("/**", &["/", "/a"], &[]);
    }

    #[test]
    fn paths_that_are_no_text_are_matched() {
        let odd = Path::new(OsStr::from_bytes(b"/a/\xFF/b"));
        assert!(PathPattern::new("/a/**").expect("a pattern").matches(odd));
        assert!(PathPattern::new("/a/?/b").expect("a pattern").matches(odd));
    }

    #[test]
    fn a_pattern_that_matches_slowly_comes_to_its_end() {
        let pattern = PathPattern::new(&"/**/*a*a*a*b".repeat(20)).expect("a pattern");
        let long = PathBuf::from(format!("/{}", "aaaaaaaaaa/".repeat(200)));
        assert!(!pattern.matches(&long));
    }

    #[test]
    fn what_no_path_can_match_is_no_pattern() {
        use PathPatternError::{Component, Depth, Relative};
        for (pattern, error) in [
            ("", Relative),
            ("a/b", Relative),
            ("~/x", Relative),
            ("/a//b", Component),
            ("/a/", Component),
            ("/a/../b", Component),
            ("/./a", Component),
            ("/a/b**", Depth),
            ("/***", Depth),
        ] {
            assert_eq!(PathPattern::new(pattern), Err(error), "{pattern}");
        }
    }

    #[test]
    fn links_before_the_first_wildcard_are_followed() {
        let dir = tempfile::tempdir().expect("a directory");
        let dir = fs::canonicalize(dir.path()).expect("a path");
        fs::create_dir(dir.join("real")).expect("a directory");
        symlink("real", dir.join("link")).expect("a link");
        let text = |path: &str| dir.join(path).to_str().expect("text").to_owned();
        for (pattern, file) in [
            ("link", "real"),
            ("link/*", "real/a"),
            ("link/absent/**", "real/absent/a/b"),
            ("absent/a", "absent/a"),
        ] {
            path(&text(pattern), &[&text(file)], &[&text("other")]);
        }
    }

    #[test]
    fn the_last_link_is_a_name() {
        let dir = tempfile::tempdir().expect("a directory");
        let dir = fs::canonicalize(dir.path()).expect("a path");
        fs::create_dir(dir.join("real")).expect("a directory");
        symlink("real", dir.join("link")).expect("a link");
        fs::write(dir.join("real/box"), "").expect("a file");
        symlink("box", dir.join("real/ls")).expect("a link");
        let pattern = |path: &str| {
            let path = dir.join(path);
            PathPattern::new(path.to_str().expect("text")).expect("a pattern")
        };
        let ls = pattern("link/ls");
        assert!(ls.matches(&dir.join("real/box")) && !ls.matches(&dir.join("real/sh")));
        let names = |name: &str| ls.names(&dir.join(name));
        assert_eq!(
            ["real/ls", "link/ls", "real/box", "real/sh"].map(names),
            [true, true, false, false]
        );
        assert!(pattern("link/*").names(&dir.join("real/sh")));
    }

    #[test]
    fn words_are_matched_from_end_to_end() {
        for (pattern, word, expected) in [
            ("root", "root", true),
            ("root", "root2", false),
            ("*", "", true),
            ("a*b*c", "a/b/xc", true),
            ("a*b*c", "acb", false),
            ("?", "", false),
            ("", "", true),
            ("web-*", "web-", true),
        ] {
            assert_eq!(WordPattern::new(pattern).matches(word), expected, "{word}");
        }
    }
}
