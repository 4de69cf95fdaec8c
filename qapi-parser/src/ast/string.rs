//! String literals: where they end and what they say.

use std::borrow::Cow;

use super::error::SyntaxError;
use crate::dialect::Tolerances;
use crate::source::Span;

/// The length of the literal that `text` starts with, quotes included.
///
/// `start` is the offset of `text` in the sources, for spans in errors.
pub(super) fn length(
    text: &str,
    start: u32,
    tolerances: &Tolerances,
) -> Result<usize, SyntaxError> {
    let quote = Span::within(start, 0, 1);
    let place = |from: usize, to: usize| Span::within(start, from, to);
    let mut characters = text.char_indices().skip(1);
    while let Some((offset, character)) = characters.next() {
        match character {
            '\'' => return Ok(offset + 1),
            '\\' => match characters.next() {
                Some((_, '\n')) | None => break,
                Some((_, escaped)) if is_escape(escaped, tolerances) => {}
                Some((behind, escaped)) => {
                    return Err(SyntaxError::UnknownEscape {
                        character: escaped,
                        start: quote,
                        escape: place(offset, behind + escaped.len_utf8()),
                    });
                }
            },
            '\n' => break,
            ' '..='~' => {}
            _ if tolerances.loose_strings => {}
            _ => {
                return Err(SyntaxError::FunnyCharacter {
                    character,
                    start: quote,
                    place: place(offset, offset + character.len_utf8()),
                });
            }
        }
    }
    Err(SyntaxError::UnterminatedString { start: quote })
}

fn is_escape(character: char, tolerances: &Tolerances) -> bool {
    let known = |(spelling, _): &(char, char)| *spelling == character;
    tolerances.loose_strings || tolerances.escapes.iter().any(known)
}

/// What a literal says; [`length`] has found it good.
pub(super) fn unescape<'a>(literal: &'a str, tolerances: &Tolerances) -> Cow<'a, str> {
    let content = &literal[1..literal.len() - 1];
    if !content.contains('\\') {
        return Cow::Borrowed(content);
    }
    let mut text = String::with_capacity(content.len());
    let mut rest = content;
    while let Some((plain, behind)) = rest.split_once('\\') {
        let (character, length) = escaped(behind, tolerances);
        text.push_str(plain);
        text.push(character);
        rest = &behind[length..];
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// The character that is spelled behind a backslash, and the length of its spelling.
fn escaped(behind: &str, tolerances: &Tolerances) -> (char, usize) {
    if let Some(character) = numbered(behind).filter(|_| tolerances.loose_strings) {
        return (character, "u0000".len());
    }
    let spelling = behind
        .chars()
        .next()
        .expect("a literal does not end in a lone backslash");
    let known = tolerances.escapes.iter().find(|(it, _)| *it == spelling);
    let character = known.map_or(spelling, |(_, character)| *character);
    (character, spelling.len_utf8())
}

/// The character of a spelling such as `u0041`. There were none but ASCII's.
fn numbered(behind: &str) -> Option<char> {
    let digits = behind.strip_prefix('u')?.get(..4)?;
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = u8::from_str_radix(digits, 16).ok()?;
    (all_digits && (0x01..=0x7f).contains(&number)).then(|| char::from(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Dialect;

    /// What a literal says in each dialect; none where it is refused.
    fn read(literal: &str) -> [Option<String>; 2] {
        [Dialect::Current, Dialect::Historical].map(|dialect| {
            let tolerances = dialect.tolerances();
            let length = length(literal, 0, tolerances).ok()?;
            Some(unescape(&literal[..length], tolerances).into_owned())
        })
    }

    fn both(text: &str) -> [Option<String>; 2] {
        [Some(text.to_owned()), Some(text.to_owned())]
    }

    fn old(text: &str) -> [Option<String>; 2] {
        [None, Some(text.to_owned())]
    }

    #[test]
    fn literal_ends_at_its_quote() {
        assert_eq!(read("'a b' 'c'"), both("a b"));
        assert_eq!(read("''"), both(""));
        assert_eq!(read("'a\n'"), [None, None]);
        assert_eq!(read(r"'a\"), [None, None]);
        assert_eq!(read("'a"), [None, None]);
    }

    #[test]
    fn backslash_is_escaped_in_every_era() {
        assert_eq!(read(r"'a\\b\\'"), both(r"a\b\"));
        assert_eq!(read(r"'\\' : '"), both(r"\"));
        assert_eq!(read(r"'\\n'"), both(r"\n"));
    }

    #[test]
    fn old_strings_had_more_escapes() {
        assert_eq!(read(r"'\b\f\n\r\t'"), old("\u{8}\u{c}\n\r\t"));
        assert_eq!(read(r#"'\'\"\/'"#), old("'\"/"));
        assert_eq!(read(r"'\x\é'"), old("xé"));
    }

    #[test]
    fn old_strings_had_characters_by_number() {
        assert_eq!(read(r"'\u0041\u007fB'"), old("A\u{7f}B"));
        // What is no such number is a `u` that needed no backslash.
        for (literal, text) in [
            (r"'\u0000'", "u0000"),
            (r"'\u0080'", "u0080"),
            (r"'\u41'", "u41"),
            (r"'\u+041'", "u+041"),
            (r"'\u00é1'", "u00é1"),
        ] {
            assert_eq!(read(literal), old(text), "{literal}");
        }
    }

    #[test]
    fn old_strings_held_any_character() {
        assert_eq!(read("'é\t\u{7f}'"), old("é\t\u{7f}"));
    }
}
