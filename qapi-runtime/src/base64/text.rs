//! Text that is decoded when it is asked for.

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};

use super::{Base64Error, Base64Reader, Encoded, push_whole};
use crate::decode::{Decode, DecodeError, Input};

/// Bytes on their way to a server, which decodes them where they go.
///
/// A server gets the text as it stands in the request, without a copy; a client
/// gives bytes, without a copy either.
///
/// ```
/// use qapi_runtime::Base64Text;
///
/// let bytes = Base64Text::from(b"some bytes");
/// assert_eq!(qapi_runtime::to_string(&bytes)?, r#""c29tZSBieXRlcw==""#);
///
/// let text = Base64Text::encoded("c29tZSBieXRlcw==");
/// // So that nothing is written if there is anything wrong later in the text.
/// assert_eq!(text.check()?, 10);
/// let mut file = Vec::new();
/// std::io::copy(&mut text.reader(), &mut file)?;
/// assert_eq!(file, b"some bytes");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Base64Text<'a>(Repr<'a>);

#[derive(Clone, Debug)]
enum Repr<'a> {
    Text(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
}

impl<'a> Base64Text<'a> {
    /// Bytes that are encoded already.
    pub fn encoded(text: impl Into<Cow<'a, str>>) -> Self {
        Self(Repr::Text(text.into()))
    }

    /// How many bytes there are.
    ///
    /// # Errors
    /// The text is no base64.
    pub fn check(&self) -> Result<usize, Base64Error> {
        let mut length = 0;
        self.each_chunk(|chunk| length += chunk.len())?;
        Ok(length)
    }

    /// The bytes.
    ///
    /// # Errors
    /// The text is no base64.
    pub fn to_vec(&self) -> Result<Vec<u8>, Base64Error> {
        let mut bytes = Vec::new();
        // Nearly every peer sends one piece in one line.
        if let Repr::Text(text) = &self.0
            && push_whole(text.as_bytes(), &mut bytes).is_ok()
        {
            return Ok(bytes);
        }
        self.each_chunk(|chunk| bytes.extend_from_slice(chunk))?;
        Ok(bytes)
    }

    /// The bytes, from the first, a few kilobytes at a time.
    pub fn reader(&self) -> Base64Reader<'_> {
        match &self.0 {
            Repr::Text(text) => Base64Reader::decoding(text),
            Repr::Bytes(bytes) => Base64Reader::plain(bytes),
        }
    }

    /// How long the text is, or how many bytes there are in its place.
    pub(super) fn length(&self) -> usize {
        match &self.0 {
            Repr::Text(text) => text.len(),
            Repr::Bytes(bytes) => bytes.len(),
        }
    }

    fn each_chunk(&self, mut take: impl FnMut(&[u8])) -> Result<(), Base64Error> {
        let mut reader = self.reader();
        loop {
            match reader.next_chunk()? {
                [] => return Ok(()),
                chunk => take(chunk),
            }
        }
    }
}

impl<'a, B: Into<Cow<'a, [u8]>>> From<B> for Base64Text<'a> {
    fn from(bytes: B) -> Self {
        Self(Repr::Bytes(bytes.into()))
    }
}

/// Whether the bytes are the same; texts that are no base64 are different from all others.
impl PartialEq for Base64Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Text(a), Repr::Text(b)) if a == b => true,
            (Repr::Bytes(a), Repr::Bytes(b)) => a == b,
            _ => matches!((self.to_vec(), other.to_vec()), (Ok(a), Ok(b)) if a == b),
        }
    }
}

/// The text.
impl fmt::Display for Base64Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Text(text) => f.write_str(text),
            Repr::Bytes(bytes) => Encoded(bytes).fmt(f),
        }
    }
}

impl Serialize for Base64Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Repr::Text(text) => serializer.serialize_str(text),
            Repr::Bytes(bytes) => super::serialize(&Encoded(bytes), serializer),
        }
    }
}

impl<'de> Decode<'de> for Base64Text<'de> {
    fn decode(input: Input<'_, 'de>) -> Result<Self, DecodeError> {
        input.string().map(Self::encoded)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::base64::{BYTES, DIGITS, GROUPS};

    fn wrapped(text: &str) -> String {
        let lines: Vec<_> = text.as_bytes().chunks(76).collect();
        String::from_utf8(lines.join(&b'\n')).expect("ASCII")
    }

    #[test]
    fn long_texts_are_decoded_in_pieces() {
        for length in [GROUPS * BYTES, GROUPS * BYTES + 1, 100_000, 100_001] {
            let bytes: Vec<_> = (0..=250).cycle().take(length).collect();
            let text = Encoded(&bytes).to_string();
            assert_eq!(text.len(), length.div_ceil(BYTES) * DIGITS);
            for text in [wrapped(&text), text] {
                let text = Base64Text::encoded(text);
                assert_eq!(text.check(), Ok(length));
                assert!(text.to_vec().as_ref() == Ok(&bytes));
                assert!(text == Base64Text::from(&bytes));
            }
        }
    }

    #[test]
    fn a_reader_gives_what_fits() {
        let text = Base64Text::encoded("c29tZSBi\neXRlcw==");
        let mut reader = text.reader();
        let mut buffer = [0; 4];
        let mut seen = Vec::new();
        loop {
            match reader.read(&mut buffer).expect("base64") {
                0 => break,
                length => seen.extend_from_slice(&buffer[..length]),
            }
        }
        assert_eq!(seen, b"some bytes");
    }

    #[test]
    fn a_mistake_at_the_end_is_seen_ahead() {
        let text = "YWJj".repeat(10_000) + "#";
        let text = Base64Text::encoded(text);
        assert_eq!(text.check(), Err(Base64Error));
        let error = std::io::copy(&mut text.reader(), &mut std::io::sink());
        assert_eq!(error.unwrap_err().kind(), std::io::ErrorKind::InvalidData);
        assert!(text != Base64Text::from(b"abc"));
    }
}
