//! Bytes that one has.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Base64Error, Base64Text, Encoded};
use crate::decode::{Decode, DecodeError, Input, deserialize};

/// Bytes whose JSON form is a base64 text.
///
/// `Display` and `FromStr` are that text.
///
/// ```
/// use qapi_runtime::Base64;
///
/// let secret: Base64 = "aHVu\ndGVy".parse()?;
/// assert_eq!(secret.0, b"hunter");
/// assert_eq!(secret.to_string(), "aHVudGVy");
/// # Ok::<(), qapi_runtime::Base64Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Base64(pub Vec<u8>);

impl<B: Into<Vec<u8>>> From<B> for Base64 {
    fn from(bytes: B) -> Self {
        Self(bytes.into())
    }
}

impl AsRef<[u8]> for Base64 {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl FromStr for Base64 {
    type Err = Base64Error;

    fn from_str(text: &str) -> Result<Self, Base64Error> {
        Base64Text::encoded(text).to_vec().map(Self)
    }
}

impl fmt::Display for Base64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Encoded(&self.0).fmt(f)
    }
}

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        super::serialize(self, serializer)
    }
}

impl<'de> Decode<'de> for Base64 {
    fn decode(input: Input<'_, 'de>) -> Result<Self, DecodeError> {
        let text = input.string()?;
        text.parse().map_err(|error| input.refused(error))
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Option<String> {
        let bytes: Base64 = text.parse().ok()?;
        Some(String::from_utf8(bytes.0).expect("text"))
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
            ("YQ=", ""),
            ("YWJjZA", "abc"),
        ] {
            assert_eq!(decoded(text).as_deref(), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn other_characters_are_refused() {
        for text in [
            "Y Q==", "YQ==\r", "-_-_", "ä", "###", "Y=Q=", "====", "\0", "YWJj#",
        ] {
            let error = text.parse::<Base64>().expect_err("a refusal");
            let expected = "Base64 data contains invalid characters";
            assert_eq!(error.to_string(), expected, "{text:?}");
        }
    }

    #[test]
    fn output_is_padded_and_unwrapped() {
        assert_eq!(Base64::from("a").to_string(), "YQ==");
        assert_eq!(Base64(vec![0; 300]).to_string().len(), 400);
    }
}
