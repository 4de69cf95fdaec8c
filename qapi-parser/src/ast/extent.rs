//! How far an expression reaches, found before the grammar sees it.
//!
//! One pass over the bytes, without recursion: it finds the closing bracket,
//! and stops at what no expression can hold. So the grammar may recurse without
//! fear of the stack, and need not tell a bad string from a missing one.

use super::error::SyntaxError;
use crate::source::Span;

/// How deep brackets may be nested. Real schemas reach seven; each level costs
/// stack in the grammar and in every stage behind it.
pub(crate) const MAX_DEPTH: usize = 100;

/// How far an expression reaches.
#[derive(Debug)]
pub(super) struct Extent {
    /// The offset behind it, from the start of the text.
    pub(super) end: usize,
    /// Why it stops there, where that is not its end.
    pub(super) stop: Option<SyntaxError>,
}

/// Scans the expression that starts where `text` does.
///
/// Spans in errors count from `start`. Documentation comments end an
/// expression, unless `doc_is_comment`.
pub(super) fn scan(text: &str, start: u32, doc_is_comment: bool) -> Extent {
    let mut scanner = Scanner {
        text,
        start,
        pos: 0,
        depth: 0,
        doc_is_comment,
    };
    let stop = scanner.run().err().flatten();
    Extent {
        end: scanner.pos,
        stop,
    }
}

/// Why scanning stops before the closing bracket; none where the grammar will
/// say what is missing.
type Stop = Option<SyntaxError>;

struct Scanner<'a> {
    text: &'a str,
    start: u32,
    pos: usize,
    depth: usize,
    doc_is_comment: bool,
}

impl Scanner<'_> {
    fn run(&mut self) -> Result<(), Stop> {
        while let Some(byte) = self.text.as_bytes().get(self.pos) {
            match byte {
                b' ' | b'\n' => self.pos += 1,
                b'#' => self.comment()?,
                _ => {
                    self.token(*byte)?;
                    if self.depth == 0 {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    fn comment(&mut self) -> Result<(), Stop> {
        let rest = &self.text[self.pos..];
        if rest.starts_with("##") && !self.doc_is_comment {
            return Err(None);
        }
        self.pos += line_length(rest);
        Ok(())
    }

    fn token(&mut self, byte: u8) -> Result<(), Stop> {
        match byte {
            b'\'' => self.pos += self.string()?,
            b'{' | b'[' => self.open()?,
            b'}' | b']' => self.close(),
            b':' | b',' => self.pos += 1,
            _ => self.word()?,
        }
        Ok(())
    }

    fn open(&mut self) -> Result<(), Stop> {
        if self.depth == MAX_DEPTH {
            return Err(Some(SyntaxError::TooDeep {
                limit: MAX_DEPTH,
                span: self.span(0, 1),
            }));
        }
        self.depth += 1;
        self.pos += 1;
        Ok(())
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.pos += 1;
    }

    /// The length of the string at the current place.
    fn string(&self) -> Result<usize, Stop> {
        let rest = &self.text[self.pos..];
        let mut characters = rest.char_indices().skip(1);
        while let Some((offset, character)) = characters.next() {
            match character {
                '\'' => return Ok(offset + 1),
                '\\' => match characters.next() {
                    Some((_, '\\')) => {}
                    Some((_, '\n')) | None => break,
                    Some((_, character)) => {
                        let length = 1 + character.len_utf8();
                        return Err(Some(SyntaxError::UnknownEscape {
                            character,
                            start: self.span(0, 1),
                            escape: self.span(offset, length),
                        }));
                    }
                },
                '\n' => break,
                ' '..='~' => {}
                _ => {
                    return Err(Some(SyntaxError::FunnyCharacter {
                        character,
                        start: self.span(0, 1),
                        place: self.span(offset, character.len_utf8()),
                    }));
                }
            }
        }
        Err(Some(SyntaxError::UnterminatedString {
            start: self.span(0, 1),
        }))
    }

    /// A boolean, a rare space, or text that is no token.
    fn word(&mut self) -> Result<(), Stop> {
        let rest = &self.text[self.pos..];
        let length = ["true", "false"]
            .iter()
            .find(|word| rest.starts_with(**word))
            .map(|word| word.len())
            .or_else(|| {
                rest.chars()
                    .next()
                    .filter(|c| is_space(*c))
                    .map(char::len_utf8)
            });
        match length {
            Some(length) => self.pos += length,
            None => {
                let text = stray(rest);
                let span = self.span(0, text.len());
                return Err(Some(SyntaxError::Stray {
                    text: text.to_owned(),
                    span,
                }));
            }
        }
        Ok(())
    }

    /// `length` bytes from `offset` behind the current place.
    fn span(&self, offset: usize, length: usize) -> Span {
        let from = self.pos + offset;
        Span::within(self.start, from, from + length)
    }
}

/// The length of the documentation comment that `text` starts with.
///
/// It goes on to the next line that starts with `##`, across empty lines, or
/// else to its last comment line. Loose ones, which may lack their end, go on to
/// the next line that is no comment.
pub(super) fn scan_doc(text: &str, loose: bool) -> usize {
    let mut end = line_length(text);
    loop {
        let rest = &text[end..];
        let comment = rest.trim_start_matches(is_space);
        let gap = rest.len() - comment.len();
        if !comment.starts_with('#') || (loose && rest[..gap].matches('\n').count() > 1) {
            return end;
        }
        end += gap + line_length(comment);
        if comment.starts_with("##") {
            return end;
        }
    }
}

/// The length of the first line of `text`, without its newline.
pub(super) fn line_length(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}

/// Everything up to the next token or space.
fn stray(text: &str) -> &str {
    let end = text.find(|c: char| "[]{}:,'".contains(c) || is_space(c));
    &text[..end.unwrap_or(text.len())]
}

/// Whether QEMU's reader, which is written in Python, takes this for a space.
pub(super) fn is_space(character: char) -> bool {
    character.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&character)
}
