//! What the protocol calls text.
//!
//! It is UTF-8 with two changes: code points that Unicode sets aside as
//! noncharacters are refused, and the overlong sequence `C0 80` is accepted
//! for U+0000.

/// What stands in for bytes that are not text.
pub(crate) const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// Whether Unicode promises never to assign this code point.
pub(crate) fn is_noncharacter(c: char) -> bool {
    let code = u32::from(c);
    code & 0xFFFE == 0xFFFE || (0xFDD0..=0xFDEF).contains(&code)
}

/// Appends `bytes` to `text`; `None` if they are not text of the protocol.
pub(crate) fn push(text: &mut String, mut bytes: &[u8]) -> Option<()> {
    loop {
        let (valid, rest) = match std::str::from_utf8(bytes) {
            Ok(valid) => (valid, &[][..]),
            Err(error) => {
                let (valid, rest) = bytes.split_at(error.valid_up_to());
                (std::str::from_utf8(valid).ok()?, rest)
            }
        };
        if !valid.is_ascii() && valid.chars().any(is_noncharacter) {
            return None;
        }
        text.push_str(valid);
        if rest.is_empty() {
            return Some(());
        }
        bytes = rest.strip_prefix(b"\xC0\x80")?;
        text.push('\0');
    }
}

/// The longest prefix of `bytes` up to a NUL, each bad sequence replaced.
///
/// For quoting input in error texts. A bad sequence is a leading byte with the
/// continuation bytes that belong to it, so an encoded surrogate is replaced
/// once, not three times as [`String::from_utf8_lossy`] would.
pub(crate) fn quote(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|&byte| byte == 0);
    let mut bytes = &bytes[..end.unwrap_or(bytes.len())];
    let mut text = String::with_capacity(bytes.len());
    while !bytes.is_empty() {
        let (sequence, rest) = bytes.split_at(sequence_length(bytes));
        if push(&mut text, sequence).is_none() {
            text.push(REPLACEMENT);
        }
        bytes = rest;
    }
    text
}

/// How many bytes of `bytes` make one sequence, whole or broken.
fn sequence_length(bytes: &[u8]) -> usize {
    let wanted = match bytes[0] {
        0x00..=0xBF | 0xFE | 0xFF => 1,
        0xC0..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF7 => 4,
        0xF8..=0xFB => 5,
        0xFC | 0xFD => 6,
    };
    let continuation = bytes[1..].iter().take(wanted - 1);
    1 + continuation
        .take_while(|&&byte| byte & 0xC0 == 0x80)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> Option<String> {
        let mut text = String::new();
        push(&mut text, bytes).map(|()| text)
    }

    #[test]
    fn noncharacters_surrogates_and_overlong_forms_are_not_text() {
        assert_eq!(text("é\u{1F600}".as_bytes()).as_deref(), Some("é\u{1F600}"));
        assert_eq!(text("\u{FDD0}".as_bytes()), None);
        assert_eq!(text("\u{FFFF}".as_bytes()), None);
        assert_eq!(text("\u{10FFFE}".as_bytes()), None);
        assert_eq!(text(b"\xED\xA0\x80"), None);
        assert_eq!(text(b"\xC1\xBF"), None);
        assert_eq!(text(b"\xC3"), None);
    }

    #[test]
    fn the_overlong_nul_is_text() {
        assert_eq!(text(b"a\xC0\x80b").as_deref(), Some("a\0b"));
        assert_eq!(text(b"\xC0\x80").as_deref(), Some("\0"));
    }

    #[test]
    fn quoting_replaces_a_bad_sequence_once_and_stops_at_nul() {
        assert_eq!(quote(b"a\xFFb"), "a\u{FFFD}b");
        assert_eq!(quote(b"\xED\xA0\x80"), "\u{FFFD}");
        assert_eq!(quote(b"\xE2\x82"), "\u{FFFD}");
        assert_eq!(quote(b"\xE2\x82a"), "\u{FFFD}a");
        assert_eq!(quote(b"\x80\x80"), "\u{FFFD}\u{FFFD}");
        assert_eq!(quote(b"ab\0cd"), "ab");
    }
}
