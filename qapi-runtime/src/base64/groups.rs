//! Decoding text that comes in pieces of any size.

use base64::{DecodeSliceError, Engine};

use super::{BYTES, Base64Error, DIGITS, ENGINE, GROUPS};
use crate::wipe::wipe;

/// Decodes text that comes in pieces of any size, by the rules of the [module](super).
///
/// Between pieces it remembers one incomplete group.
#[derive(Debug)]
pub(crate) struct GroupDecoder {
    group: [u8; DIGITS],
    filled: usize,
}

impl GroupDecoder {
    pub(crate) fn new() -> Self {
        Self {
            group: [0; DIGITS],
            filled: 0,
        }
    }

    /// Adds what `text` stands for to `to`.
    ///
    /// # Errors
    /// It is no base64.
    pub(crate) fn push(&mut self, mut text: &[u8], to: &mut Vec<u8>) -> Result<(), Base64Error> {
        loop {
            let taken = self.push_digits(text, to);
            let Some((&byte, rest)) = text[taken..].split_first() else {
                return Ok(());
            };
            text = rest;
            self.push_byte(byte, to)?;
        }
    }

    /// The same for as many whole groups at the front of `text` as are nothing special: no
    /// padding, line ends or mistakes. Says how many characters they are.
    pub(crate) fn push_digits(&mut self, text: &[u8], to: &mut Vec<u8>) -> usize {
        let mut taken = 0;
        while self.filled == 0 {
            let rest = &text[taken..];
            let groups = (rest.len() / DIGITS).min(GROUPS);
            let good = self.push_groups(&rest[..groups * DIGITS], to);
            taken += good;
            if good == 0 || good < groups * DIGITS {
                break;
            }
        }
        taken
    }

    /// Decodes groups up to the first that is special.
    fn push_groups(&mut self, text: &[u8], to: &mut Vec<u8>) -> usize {
        let Err(error) = push_whole(text, to) else {
            return text.len();
        };
        let good = match error {
            DecodeSliceError::DecodeError(base64::DecodeError::InvalidByte(place, _)) => {
                place / DIGITS * DIGITS
            }
            _ => text.len().saturating_sub(DIGITS),
        };
        push_whole(&text[..good], to).map_or(0, |()| good)
    }

    fn push_byte(&mut self, byte: u8, to: &mut Vec<u8>) -> Result<(), Base64Error> {
        match byte {
            b'\n' => return Ok(()),
            b'+' | b'/' | b'=' => {}
            _ if byte.is_ascii_alphanumeric() => {}
            _ => return Err(Base64Error),
        }
        self.group[self.filled] = byte;
        self.filled += 1;
        if self.filled == DIGITS {
            self.filled = 0;
            push_whole(&self.group, to).map_err(|_| Base64Error)?;
        }
        Ok(())
    }
}

/// Adds what a text of whole groups stands for, with padding at its end if any. Nothing is left
/// behind if there is another mistake in it.
pub(super) fn push_whole(text: &[u8], to: &mut Vec<u8>) -> Result<(), DecodeSliceError> {
    let start = to.len();
    // Whether there is room is decided before padding is looked at.
    to.resize(start + text.len().div_ceil(DIGITS) * BYTES, 0);
    let decoded = ENGINE.decode_slice(text, &mut to[start..]);
    if decoded.is_err() {
        wipe(&mut to[start..]);
    }
    to.truncate(start + decoded.as_ref().copied().unwrap_or(0));
    decoded.map(drop)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::base64::Base64Text;

    fn decoded(text: &[u8], lengths: &[usize]) -> Result<Vec<u8>, Base64Error> {
        let (mut decoder, mut bytes, mut rest) = (GroupDecoder::new(), Vec::new(), text);
        for length in lengths.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, later) = rest.split_at(rest.len().min(*length));
            decoder.push(piece, &mut bytes)?;
            rest = later;
        }
        Ok(bytes)
    }

    proptest! {
        #[test]
        fn pieces_mean_what_the_whole_means(
            text in "([A-Za-z0-9+/]{0,80}(\n|=|==|)){0,8}|.{0,40}|[A-C=\n]{0,30}",
            lengths in prop::collection::vec(1_usize..60, 1..5),
        ) {
            let encoded = Base64Text::encoded(&*text);
            let whole = encoded.to_vec();
            prop_assert_eq!(encoded.check(), whole.as_ref().map(Vec::len).map_err(|e| *e));
            prop_assert_eq!(decoded(text.as_bytes(), &lengths), whole);
        }
    }

    #[test]
    fn long_texts_are_decoded_many_groups_at_a_time() {
        let text = "YWJj".repeat(3 * GROUPS + 1) + "YQ==Yg==YWI=";
        let mut bytes = Vec::new();
        let mut decoder = GroupDecoder::new();
        assert_eq!(
            decoder.push_digits(text.as_bytes(), &mut bytes),
            text.len() - 12
        );
        assert_eq!(bytes, "abc".repeat(3 * GROUPS + 1).as_bytes());
        assert_eq!(
            decoded(text.as_bytes(), &[text.len()]),
            Ok([&bytes[..], b"abab"].concat())
        );
    }
}
