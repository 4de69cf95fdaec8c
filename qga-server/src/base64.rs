//! Base64 as the C agent reads and writes it.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use qapi_runtime::Error;

/// Padded; bits that padding leaves over are not looked at.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);
/// The number of characters that stand for three bytes.
const GROUP: usize = 4;

/// Encodes, padded, in one line.
pub(crate) fn encode(bytes: &[u8]) -> String {
    ENGINE.encode(bytes)
}

/// Decodes what a host sent.
///
/// Line ends are fine anywhere. Padded pieces may follow each other. A last group with too few
/// characters is dropped; hosts that do not pad lose those bytes with the C agent too.
///
/// # Errors
/// There is another character, or padding where none can be.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, Error> {
    // Nearly every host sends one piece in one line.
    ENGINE.decode(text).or_else(|_| decode_pieces(text))
}

fn decode_pieces(text: &str) -> Result<Vec<u8>, Error> {
    let mut digits: Vec<u8> = text.bytes().filter(|&byte| byte != b'\n').collect();
    if !digits.iter().all(|&byte| is_digit(byte)) {
        return Err(refusal());
    }
    digits.truncate(digits.len() / GROUP * GROUP);
    let mut bytes = Vec::with_capacity(digits.len() / GROUP * 3);
    for piece in pieces(&digits) {
        ENGINE
            .decode_vec(piece, &mut bytes)
            .map_err(|_| refusal())?;
    }
    Ok(bytes)
}

/// Cuts whole groups into pieces that have padding at their end only.
fn pieces(digits: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = digits;
    std::iter::from_fn(move || {
        let end = match rest.iter().position(|&digit| digit == b'=') {
            Some(padding) => (padding / GROUP + 1) * GROUP,
            None => rest.len(),
        };
        let (piece, others) = rest.split_at(end);
        rest = others;
        (!piece.is_empty()).then_some(piece)
    })
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

fn refusal() -> Error {
    Error::generic("Base64 data contains invalid characters")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Option<String> {
        decode(text)
            .ok()
            .map(|bytes| String::from_utf8(bytes).expect("text"))
    }

    #[test]
    fn what_hosts_send_is_understood() {
        for (text, expected) in [
            ("", ""),
            ("YWJj", "abc"),
            ("YQ==", "a"),
            ("YWI=", "ab"),
            ("YW\nJj\n", "abc"),
            ("YQ==\nYg==", "ab"),
            ("YWJjYQ==YWJj", "abcaabc"),
            ("YR==", "a"),
            ("YQ", ""),
            ("YWJjZA", "abc"),
        ] {
            assert_eq!(decoded(text).as_deref(), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn other_characters_are_refused() {
        for text in ["Y Q==", "YQ==\r", "-_-_", "ä", "###", "Y=Q=", "====", "\0"] {
            let error = decode(text).expect_err("a refusal");
            assert_eq!(
                error.to_string(),
                "Base64 data contains invalid characters",
                "{text:?}"
            );
        }
    }

    #[test]
    fn output_is_padded_and_unwrapped() {
        assert_eq!(encode(b"a"), "YQ==");
        assert_eq!(encode(&[0; 300]).len(), 400);
    }
}
