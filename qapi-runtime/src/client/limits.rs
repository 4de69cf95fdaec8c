//! How much a peer reads at once.

use super::ClientError;
use crate::decoder::{JsonError, MAX_MESSAGE_BYTES, MAX_NESTING, MAX_TOKENS};
use crate::scan;

/// Checks that a request, which is JSON, is within the limits of QEMU.
///
/// What is beyond them would be answered by an error for each of its pieces,
/// and nobody could tell which commands those are about.
pub(super) fn check(request: &[u8]) -> Result<(), ClientError> {
    if request.len() <= MAX_NESTING {
        return Ok(());
    }
    if request.len() >= MAX_MESSAGE_BYTES {
        return Err(ClientError::TooMuch(JsonError::Size));
    }
    let mut tokens = 0;
    let mut depth = 0;
    let mut rest = request;
    // What separates two tokens is one itself, or ends a word or number.
    while let Some(position) = scan::find(rest, is_structure) {
        let (before, found) = rest.split_at(position);
        tokens += 1 + usize::from(!before.trim_ascii().is_empty());
        rest = &found[1..];
        match found[0] {
            b'"' => rest = behind_string(rest),
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        if depth > MAX_NESTING {
            return Err(ClientError::TooMuch(JsonError::Nesting));
        }
    }
    if tokens > MAX_TOKENS {
        return Err(ClientError::TooMuch(JsonError::Count));
    }
    Ok(())
}

fn is_structure(byte: u8) -> bool {
    matches!(byte, b'"' | b'{' | b'}' | b'[' | b']' | b',' | b':')
}

/// What follows a string whose first quote is behind us.
fn behind_string(mut text: &[u8]) -> &[u8] {
    while let Some(position) = scan::find(text, |byte| byte == b'"' || byte == b'\\') {
        let length = if text[position] == b'"' { 1 } else { 2 };
        text = text.get(position + length..).unwrap_or_default();
        if length == 1 {
            break;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(request: &str) -> Option<JsonError> {
        match check(request.as_bytes()) {
            Err(ClientError::TooMuch(error)) => Some(error),
            _ => None,
        }
    }

    #[test]
    fn brackets_count_outside_of_text_only() {
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(refused(&nested(MAX_NESTING)), None);
        assert_eq!(refused(&nested(MAX_NESTING + 1)), Some(JsonError::Nesting));
        assert_eq!(refused(&format!("[{:?}]", nested(MAX_NESTING))), None);
        assert_eq!(refused(&format!("[\"\\\"{}\"]", nested(MAX_NESTING))), None);
    }

    #[test]
    fn tokens_are_counted_like_those_of_the_decoder() {
        let list = |elements| format!("[1{}]", ", 1".repeat(elements));
        assert_eq!(refused(&list(MAX_TOKENS / 2 - 2)), None);
        assert_eq!(refused(&list(MAX_TOKENS / 2)), Some(JsonError::Count));
    }

    #[test]
    fn long_text_counts_by_its_bytes() {
        let text = |length| format!("\"{}\"", "x".repeat(length));
        assert_eq!(refused(&text(MAX_MESSAGE_BYTES / 2)), None);
        assert_eq!(refused(&text(MAX_MESSAGE_BYTES)), Some(JsonError::Size));
    }
}
