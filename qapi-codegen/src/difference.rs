//! Where two texts differ.

use std::fmt;

/// The first line in which a committed file is not what would be generated.
///
/// `Display` writes both lines, the committed one behind a minus and the
/// generated one behind a plus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The number of the line, from 1.
    pub line: usize,
    /// The line in the file; none where the file has ended.
    pub committed: Option<String>,
    /// The line that would be generated; none behind the last one.
    pub generated: Option<String>,
}

impl Difference {
    /// The first line in which two texts differ, if any; the ends of lines do not matter.
    pub fn first(committed: &str, generated: &str) -> Option<Self> {
        let (mut left, mut right) = (committed.lines(), generated.lines());
        for line in 1.. {
            match (left.next(), right.next()) {
                (None, None) => break,
                (left, right) if left == right => {}
                (left, right) => {
                    return Some(Self {
                        line,
                        committed: left.map(str::to_owned),
                        generated: right.map(str::to_owned),
                    });
                }
            }
        }
        None
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}:", self.line)?;
        for (mark, line) in [('-', &self.committed), ('+', &self.generated)] {
            match line {
                Some(line) => write!(f, "\n{mark} {line}")?,
                None => write!(f, "\n{mark} (the end of the file)")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference(committed: &str, generated: &str) -> Option<String> {
        Difference::first(committed, generated).map(|difference| difference.to_string())
    }

    #[test]
    fn the_first_line_that_differs_is_shown() {
        assert_eq!(
            difference("a\nb\nc", "a\nB\nC").as_deref(),
            Some("line 2:\n- b\n+ B")
        );
    }

    #[test]
    fn a_text_may_end_too_early() {
        assert_eq!(
            difference("a\n", "a\nb\n").as_deref(),
            Some("line 2:\n- (the end of the file)\n+ b")
        );
        assert_eq!(
            difference("a\nb\n", "a\n").as_deref(),
            Some("line 2:\n- b\n+ (the end of the file)")
        );
    }

    #[test]
    fn line_endings_do_not_matter() {
        assert_eq!(difference("a\r\nb", "a\nb\n"), None);
        assert_eq!(difference("", ""), None);
    }
}
