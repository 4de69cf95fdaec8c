//! The tokens of an expression, found before the grammar sees it.
//!
//! One pass over the characters, without recursion: it leaves out spaces and
//! comments, finds keys that come twice and the closing bracket, and stops at
//! what no expression can hold. So the grammar may recurse without fear of the stack, need not tell a
//! bad string from a missing one, and spends no time between tokens.

use super::error::SyntaxError;
use super::keys::Keys;
use super::string;
use crate::dialect::Tolerances;
use crate::source::Span;

/// How deep brackets may be nested. Real schemas reach seven; each level costs
/// stack in the grammar and in every stage behind it.
pub(crate) const MAX_DEPTH: usize = 100;

/// The tokens of an expression.
#[derive(Debug, Default)]
pub(super) struct Tokens<'a> {
    /// The tokens, end to end.
    pub(super) text: String,
    /// Where the stretches of `text` stand in the source: an offset in each.
    places: Vec<(usize, usize)>,
    /// The offset in the source where the expression ends.
    pub(super) end: usize,
    /// Why it ends there, where it is not complete.
    pub(super) stop: Option<SyntaxError>,
    keys: Keys<'a>,
}

impl<'a> Tokens<'a> {
    /// Reads the expression that starts where `source` does.
    ///
    /// Spans in errors count from `base`. Documentation comments end an
    /// expression, unless the loose ones of old.
    pub(super) fn read(&mut self, source: &'a str, base: u32, tolerances: &Tolerances) {
        self.text.clear();
        self.places.clear();
        self.keys.clear();
        let mut scanner = Scanner {
            source,
            base,
            pos: 0,
            depth: 0,
            tolerances,
            behind: 0,
            tokens: self,
        };
        let stop = scanner.run().err().flatten();
        let here = scanner.span(0);
        self.end = scanner.pos;
        if stop.is_none() {
            self.keys.token(here);
        }
        self.stop = stop;
    }

    /// The keys that come twice in their object, in source order.
    pub(super) fn take_duplicates(&mut self) -> Vec<SyntaxError> {
        self.keys.take_duplicates()
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

struct Scanner<'t, 'a> {
    source: &'a str,
    base: u32,
    pos: usize,
    depth: usize,
    tolerances: &'t Tolerances,
    /// The offset behind the token before.
    behind: usize,
    tokens: &'t mut Tokens<'a>,
}

impl Scanner<'_, '_> {
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
        if rest.starts_with("##") && !self.tolerances.loose_docs {
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
        let span = self.span(length);
        if byte == b'\'' {
            let literal = &self.source[self.pos..self.pos + length];
            let text = string::unescape(literal, self.tolerances);
            self.tokens.keys.string(text, span);
        } else {
            self.tokens.keys.mark(byte, span);
        }
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
                span: self.span(1),
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
        let start = self.span(0).start;
        string::length(&self.source[self.pos..], start, self.tolerances).map_err(Some)
    }

    /// The length of the boolean at the current place.
    fn word(&self) -> Result<usize, Stop> {
        let rest = &self.source[self.pos..];
        let word = ["true", "false"]
            .into_iter()
            .find(|word| rest.starts_with(word));
        word.map(str::len).ok_or_else(|| {
            let text = stray(rest);
            let span = self.span(text.len());
            Some(SyntaxError::Stray {
                text: text.to_owned(),
                span,
            })
        })
    }

    /// `length` bytes from the current place on.
    fn span(&self, length: usize) -> Span {
        Span::within(self.base, self.pos, self.pos + length)
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
