//! The lines of a documentation block, and the rules for a line by itself.

use super::DocError;
use crate::ast::DocBlock;
use crate::source::Span;
use crate::text::Text;

/// How many characters a line may have, with `# ` but without indentation
/// before it. A lone URL may be longer.
pub(super) const MAX_LENGTH: usize = 70;

/// One line of a block, without its `# ` and the space at its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// The content.
    pub(super) text: &'a str,
    /// The content's offset in the block.
    pub(super) offset: usize,
}

impl<'a> Line<'a> {
    /// The name and the text of a line `@name: text`.
    pub(super) fn entry(self) -> Option<(&'a str, &'a str)> {
        let (name, text) = self.text.strip_prefix('@')?.split_once(':')?;
        Some((name, text.trim_start_matches(' ')))
    }

    /// How far it is indented.
    pub(super) fn indent(self) -> usize {
        self.text.len() - self.text.trim_start().len()
    }
}

/// Reads a block line by line.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    block: &'a DocBlock,
    /// What stands there.
    pub(super) whole: &'a Text,
    text: &'a str,
    /// The offset of the next source line.
    next: usize,
    /// The offset of the current line's `#`.
    hash: usize,
    literal: Literal,
}

/// Whether lines are literal text, which no format rule is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Literal {
    No,
    /// From the line behind `::` on.
    Starting,
    /// As long as lines are indented as deeply.
    Indented(usize),
}

impl<'a> Lines<'a> {
    /// The lines of a block behind the opening `##`.
    pub(super) fn new(block: &'a DocBlock, text: &'a Text) -> Result<Self, DocError> {
        let next = line_end(text, 0);
        let lines = Self {
            block,
            whole: text,
            text,
            next,
            hash: 0,
            literal: Literal::No,
        };
        match &text[..next] {
            "##" => Ok(lines),
            opening => Err(DocError::OpeningJunk {
                span: lines.span(0, opening.len()),
            }),
        }
    }

    /// The next line; none at the closing `##`. Lines that are empty in the
    /// source are no part of the block.
    pub(super) fn next(&mut self) -> Result<Option<Line<'a>>, DocError> {
        let rest = &self.text[self.next..];
        let comment = rest.trim_start();
        self.hash = self.text.len() - comment.len();
        if comment.is_empty() {
            let (next, opening) = (self.block.next, self.span(0, "##".len()));
            return Err(DocError::Unterminated { next, opening });
        }
        self.next = line_end(self.text, self.hash);
        let comment = &self.text[self.hash..self.next];
        match comment {
            "##" => Ok(None),
            "#" => Ok(Some(Line {
                text: "",
                offset: self.next,
            })),
            _ if comment.starts_with("##") => Err(DocError::ClosingJunk { span: self.here() }),
            _ => match comment.strip_prefix("# ") {
                Some(content) => self.line(content).map(Some),
                None => Err(DocError::NoSpace { span: self.here() }),
            },
        }
    }

    fn line(&mut self, content: &'a str) -> Result<Line<'a>, DocError> {
        let text = content.trim_end();
        let line = Line {
            text,
            offset: self.hash + "# ".len(),
        };
        self.literal = self.literal.then(text);
        if self.literal == Literal::No {
            self.check_length(line)?;
            self.check_sentences(line)?;
        }
        Ok(line)
    }

    fn check_length(&self, line: Line<'_>) -> Result<(), DocError> {
        if "# ".len() + line.text.len() <= MAX_LENGTH {
            return Ok(());
        }
        let length = "# ".len() + line.text.chars().count();
        if length > MAX_LENGTH && !is_url(line.text) {
            return Err(DocError::LongLine {
                span: self.here(),
                length,
            });
        }
        Ok(())
    }

    fn check_sentences(&self, line: Line<'_>) -> Result<(), DocError> {
        match single_space(line.text) {
            Some(offset) => {
                let offset = line.offset + offset;
                Err(DocError::SentenceSpace {
                    span: self.span(offset, offset + 1),
                })
            }
            None => Ok(()),
        }
    }

    /// The current source line, from its `#` on.
    pub(super) fn here(&self) -> Span {
        self.span(self.hash, self.next)
    }

    /// The place of a stretch of the block.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        Span::within(self.block.span.start, start, end)
    }
}

impl Literal {
    /// The state behind a line.
    fn then(self, line: &str) -> Self {
        let content = line.trim_start();
        let indent = line.len() - content.len();
        match self {
            _ if content == "::" || content == ".. qmp-example::" => Self::Starting,
            _ if content.is_empty() => self,
            Self::Starting => Self::Indented(indent),
            Self::Indented(least) if indent < least => Self::No,
            _ => self,
        }
    }
}

/// Whether a line is nothing but the address of something.
fn is_url(line: &str) -> bool {
    let line = line.trim_start_matches(' ');
    let schemes = ["http:", "https:", "ftp:"];
    schemes.iter().any(|scheme| line.starts_with(scheme)) && !line.contains(' ')
}

/// The offset of the single space between two sentences, if there is one.
///
/// `e.g.`, and a number at the start of a line, end no sentence.
fn single_space(line: &str) -> Option<usize> {
    let ends = |window: &[u8]| {
        matches!(
            window,
            [b'.' | b'!' | b'?', b' ', b'A'..=b'Z' | b'0'..=b'9' | b'(']
        )
    };
    let windows = line.as_bytes().windows(3).enumerate();
    let mut spaces = windows
        .filter(|(_, window)| ends(window))
        .map(|(end, _)| end + 1);
    spaces.find(|space| !is_example(&line[..*space]) && !is_item_number(&line[..*space]))
}

fn is_example(before: &str) -> bool {
    let word = before.strip_suffix("e.g.");
    word.is_some_and(|before| !before.ends_with(|c: char| c.is_alphanumeric() || c == '_'))
}

fn is_item_number(before: &str) -> bool {
    matches!(
        before.trim_start_matches(' ').as_bytes(),
        [b'0'..=b'9', b'.']
    )
}

fn line_end(text: &str, from: usize) -> usize {
    text[from..]
        .find('\n')
        .map_or(text.len(), |length| from + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_need_two_spaces() {
        assert_eq!(single_space("One. Two"), Some(4));
        assert_eq!(single_space("One! (Two)"), Some(4));
        assert_eq!(single_space("i.e. X"), Some(4));
        assert_eq!(single_space("xe.g. X"), Some(5));
        for line in [
            "One.  Two",
            "1. One",
            "  2. Two",
            "say, e.g. X",
            "v. small",
            "é. ü",
            "a.",
            "",
        ] {
            assert_eq!(single_space(line), None, "{line}");
        }
    }

    #[test]
    fn literal_text_ends_at_lesser_indentation() {
        let lines = ["::", "", "   deep", "     deeper", "", "  less"];
        let states: Vec<_> = lines
            .iter()
            .scan(Literal::No, |state, line| {
                *state = state.then(line);
                Some(*state == Literal::No)
            })
            .collect();
        assert_eq!(states, [false, false, false, false, false, true]);
        assert_eq!(Literal::No.then("text::"), Literal::No);
    }

    #[test]
    fn only_a_lone_url_may_be_long() {
        assert!(is_url("  https://example.org/x"));
        assert!(!is_url("see https://example.org/x"));
        assert!(!is_url("https://example.org/x y"));
    }
}
