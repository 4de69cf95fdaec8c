//! From the inside of a string token to a string.

use super::JsonError;
use crate::{scan, unicode};

/// Turns what stands between the quotes, all of `text` from `start`, into the string it means.
pub(super) fn finish(text: &mut Vec<u8>, start: usize, quote: u8) -> Result<(), JsonError> {
    let string = parse(&text[start..], quote)?;
    text.truncate(start);
    text.extend_from_slice(string.as_bytes());
    Ok(())
}

/// The string whose token is `body` between two of `quote`.
fn parse(body: &[u8], quote: u8) -> Result<String, JsonError> {
    let mut text = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(position) = scan::find(rest, |byte| byte == b'\\') {
        let (run, escape) = rest.split_at(position);
        push(&mut text, run)?;
        let (c, length) = parse_escape(escape, quote)?;
        text.push(c);
        rest = &escape[length..];
    }
    push(&mut text, rest)?;
    Ok(text)
}

fn push(text: &mut String, run: &[u8]) -> Result<(), JsonError> {
    unicode::push(text, run).ok_or(JsonError::Utf8)
}

/// The character that an escape stands for, and how many bytes spell it.
///
/// `escape` starts with the backslash, which is followed by at least one byte.
pub(super) fn parse_escape(escape: &[u8], quote: u8) -> Result<(char, usize), JsonError> {
    let c = match escape[1] {
        c @ (b'"' | b'\'' | b'\\' | b'/') => char::from(c),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return parse_unicode_escape(escape, quote),
        _ => return Err(JsonError::Escape),
    };
    Ok((c, 2))
}

/// How many bytes spell a `\u` escape, the longest there is.
pub(super) const ESCAPE: usize = 6;

fn parse_unicode_escape(escape: &[u8], quote: u8) -> Result<(char, usize), JsonError> {
    let found = match code_unit(escape) {
        Some(high @ 0xD800..=0xDBFF) => match code_unit(&escape[ESCAPE..]) {
            Some(low @ 0xDC00..=0xDFFF) => {
                let code = 0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF);
                char::from_u32(code).map(|c| (c, 2 * ESCAPE))
            }
            _ => None,
        },
        Some(code) => char::from_u32(code).map(|c| (c, ESCAPE)),
        None => None,
    };
    match found {
        Some((c, length)) if !unicode::is_noncharacter(c) => Ok((c, length)),
        Some((_, length)) => Err(JsonError::Character(given(escape, length, quote))),
        None => Err(JsonError::Character(given(escape, ESCAPE, quote))),
    }
}

/// The code unit that a `\u` escape spells.
fn code_unit(escape: &[u8]) -> Option<u32> {
    let digits = escape.strip_prefix(b"\\u")?.get(..4)?;
    let mut code = 0;
    for &digit in digits {
        code = code << 4 | char::from(digit).to_digit(16)?;
    }
    Some(code)
}

/// What an error message quotes of an escape of `length`: that much, even where
/// the string ends before.
fn given(escape: &[u8], length: usize, quote: u8) -> String {
    let rest = escape.iter().copied().chain([quote]);
    unicode::quote(&rest.take(length).collect::<Vec<u8>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &str) -> Result<String, String> {
        parse(body.as_bytes(), b'"').map_err(|error| error.to_string())
    }

    fn not_a_character(given: &str) -> Result<String, String> {
        Err(format!(
            "JSON parse error, {given} is not a valid Unicode character"
        ))
    }

    #[test]
    fn escapes_are_those_of_json_and_the_single_quote() {
        assert_eq!(
            text(r#"\"\'\\\/\b\f\n\r\t"#).unwrap(),
            "\"'\\/\u{8}\u{c}\n\r\t"
        );
        assert_eq!(text(r"a\u00e9\uD83D\uDE00\u0000b").unwrap(), "aé😀\0b");
        for escape in [r"\x", r"\U0041", r"\0", r"\a", "\\é"] {
            assert_eq!(
                text(escape).unwrap_err(),
                "JSON parse error, invalid escape sequence in string"
            );
        }
    }

    #[test]
    fn lone_surrogates_and_noncharacters_are_quoted() {
        for escape in [r"\ud83d", r"\ude00", r"\uFFFF", r"\uFDD0", r"\uzzzz"] {
            assert_eq!(text(escape), not_a_character(escape));
        }
        assert_eq!(text(r"\ud83d\u0041"), not_a_character(r"\ud83d"));
        assert_eq!(text(r"\uD83F\uDFFE"), not_a_character(r"\uD83F\uDFFE"));
    }

    #[test]
    fn a_short_escape_is_quoted_with_what_follows() {
        assert_eq!(text(r"\u"), not_a_character("\\u\""));
        assert_eq!(text(r"\u12"), not_a_character("\\u12\""));
        assert_eq!(text(r"\u12é"), not_a_character("\\u12é"));
        assert_eq!(text(r"\u123é"), not_a_character("\\u123\u{FFFD}"));
    }

    #[test]
    fn only_the_end_of_the_text_is_changed() {
        let mut text = b"\\n\\n".to_vec();
        finish(&mut text, 2, b'"').unwrap();
        assert_eq!(text, b"\\n\n");
    }
}
