//! The tokens of an expression, found before the grammar sees it.
//!
//! One pass over the characters, without recursion: it leaves out spaces and
//! comments, finds the closing bracket, and stops at what no expression can
//! hold. So the grammar may recurse without fear of the stack, need not tell a
//! bad string from a missing one, and spends no time between tokens.

use super::error::SyntaxError;
use crate::source::Span;

/// How deep brackets may be nested. Real schemas reach seven; each level costs
/// stack in the grammar and in every stage behind it.
pub(crate) const MAX_DEPTH: usize = 100;

/// The tokens of an expression.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    /// The tokens, end to end.
    pub(super) text: String,
    /// Where the stretches of `text` stand in the source: an offset in each.
    places: Vec<(usize, usize)>,
    /// The offset in the source where the expression ends.
    pub(super) end: usize,
    /// Why it ends there, where it is not complete.
    pub(super) stop: Option<SyntaxError>,
}

impl Tokens {
    /// Reads the expression that starts where `source` does.
    ///
    /// Spans in errors count from `base`. Documentation comments end an
    /// expression, unless `doc_is_comment`.
    pub(super) fn read(&mut self, source: &str, base: u32, doc_is_comment: bool) {
        self.text.clear();
        self.places.clear();
        let mut scanner = Scanner {
            source,
            base,
            pos: 0,
            depth: 0,
            doc_is_comment,
            behind: 0,
            tokens: self,
        };
        let stop = scanner.run().err().flatten();
        self.end = scanner.pos;
        self.stop = stop;
    }

    /// The offset in the source of an offset in the text.
    pub(super) fn place(&self, offset: usize) -> usize {
        if offset == self.text.len() {
            return self.end;
        }
        let behind = self.places.partition_point(|(start, _)| *start <= offset);
        behind.checked_sub(1).map_or(offset, |index| {
            let (start, place) = self.places[index];
            place + offset - start
        })
    }

    /// The offset in the source behind the token that ends at an offset in the text.
    pub(super) fn end_place(&self, offset: usize) -> usize {
        offset.checked_sub(1).map_or(0, |last| self.place(last) + 1)
    }
}

/// Why scanning stops before the closing bracket; none where the grammar will
/// say what is missing.
type Stop = Option<SyntaxError>;

struct Scanner<'a> {
    source: &'a str,
    base: u32,
    pos: usize,
    depth: usize,
    doc_is_comment: bool,
    /// The offset behind the token before.
    behind: usize,
    tokens: &'a mut Tokens,
}

impl Scanner<'_> {
    fn run(&mut self) -> Result<(), Stop> {
        while let Some(byte) = self.source.as_bytes().get(self.pos) {
            match byte {
                b' ' | b'\n' => self.pos += 1,
                b'#' => self.comment()?,
                _ if self.skip_rare_space(*byte) => {}
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

    /// Skips a space other than the two that nearly all are.
    fn skip_rare_space(&mut self, byte: u8) -> bool {
        if byte.is_ascii_graphic() {
            return false;
        }
        let space = self.source[self.pos..]
            .chars()
            .next()
            .filter(|c| is_space(*c));
        self.pos += space.map_or(0, char::len_utf8);
        space.is_some()
    }

    fn comment(&mut self) -> Result<(), Stop> {
        let rest = &self.source[self.pos..];
        if rest.starts_with("##") && !self.doc_is_comment {
            return Err(None);
        }
        self.pos += line_length(rest);
        Ok(())
    }

    fn token(&mut self, byte: u8) -> Result<(), Stop> {
        let length = match byte {
            b'\'' => self.string()?,
            b'{' | b'[' => self.open()?,
            b'}' | b']' => self.close(),
            b':' | b',' => 1,
            _ => self.word()?,
        };
        self.add(length);
        Ok(())
    }

    /// Takes over the token at the current place.
    fn add(&mut self, length: usize) {
        if self.pos != self.behind {
            self.tokens.places.push((self.tokens.text.len(), self.pos));
        }
        let end = self.pos + length;
        self.tokens.text.push_str(&self.source[self.pos..end]);
        (self.pos, self.behind) = (end, end);
    }

    fn open(&mut self) -> Result<usize, Stop> {
        if self.depth == MAX_DEPTH {
            return Err(Some(SyntaxError::TooDeep {
                limit: MAX_DEPTH,
                span: self.span(0, 1),
            }));
        }
        self.depth += 1;
        Ok(1)
    }

    fn close(&mut self) -> usize {
        self.depth = self.depth.saturating_sub(1);
        1
    }

    /// The length of the string at the current place.
    fn string(&self) -> Result<usize, Stop> {
        let rest = &self.source[self.pos..];
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

    /// The length of the boolean at the current place.
    fn word(&self) -> Result<usize, Stop> {
        let rest = &self.source[self.pos..];
        let word = ["true", "false"]
            .into_iter()
            .find(|word| rest.starts_with(word));
        word.map(str::len).ok_or_else(|| {
            let text = stray(rest);
            let span = self.span(0, text.len());
            Some(SyntaxError::Stray {
                text: text.to_owned(),
                span,
            })
        })
    }

    /// `length` bytes from `offset` behind the current place.
    fn span(&self, offset: usize, length: usize) -> Span {
        let from = self.pos + offset;
        Span::within(self.base, from, from + length)
    }
}

/// Whether a comment is one of documentation. Loose ones may lack their opening
/// `##`; they start with a name then.
pub(super) fn starts_doc(comment: &str, loose: bool) -> bool {
    comment.starts_with("##") || (loose && comment[1..].trim_start_matches(' ').starts_with('@'))
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
