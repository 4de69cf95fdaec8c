//! From a type of the schema to the bytes of QEMU's wire.
//!
//! Types implement plain [`Serialize`], objects with the help of [`ObjectEncoder`];
//! what is QEMU's own is the spelling of the JSON: see [`Encoder`].

mod branch;
mod error;
mod key;
mod number;
mod object;
mod serializer;
mod spelling;

use std::fmt;
use std::io;

use serde::Serialize;

pub use self::error::EncodeError;
pub use self::object::ObjectEncoder;
pub(crate) use self::serializer::PLAIN;
use self::serializer::ValueSerializer;

/// Writes JSON as QEMU spells it.
///
/// One line without a break, `": "` after keys and `", "` between members;
/// ASCII only, everything else as `\uXXXX` with upper-case digits; doubles with
/// seventeen significant digits, as `%.17g` of C prints them. Nothing is
/// collected on the way: the value goes straight into the writer.
///
/// ```
/// let mut encoder = qapi_runtime::Encoder::new(Vec::new());
/// encoder.encode(&("käse", 0.1, [1, 2]))?;
/// assert_eq!(
///     encoder.into_inner(),
///     br#"["k\u00E4se", 0.10000000000000001, [1, 2]]"#
/// );
/// # Ok::<(), qapi_runtime::EncodeError>(())
/// ```
pub struct Encoder<W> {
    writer: W,
}

impl<W: io::Write> Encoder<W> {
    /// An encoder that writes to `writer`, in many small pieces.
    pub fn new(writer: W) -> Self {
        Self { writer }
    }

    /// Writes `value`.
    ///
    /// # Errors
    /// The writer fails, or the value refuses to be serialized; part of it may
    /// be written by then.
    pub fn encode<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        value.serialize(ValueSerializer::new(&mut self.writer))
    }

    /// The writer, with everything that was encoded.
    pub fn into_inner(self) -> W {
        self.writer
    }
}

impl<W> fmt::Debug for Encoder<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder").finish_non_exhaustive()
    }
}

/// `value` as QEMU spells it.
///
/// # Errors
/// The value refuses to be serialized.
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> Result<String, EncodeError> {
    let mut encoder = Encoder::new(Vec::new());
    encoder.encode(value)?;
    Ok(String::from_utf8(encoder.into_inner()).expect("the encoder writes ASCII"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::*;

    fn encoded<T: Serialize + ?Sized>(value: &T) -> String {
        to_string(value).expect("the value can be written")
    }

    #[test]
    fn spaces_stand_where_qemu_puts_them() {
        assert_eq!(
            encoded(&json!({"a": [1, {"b": null}], "c": {}, "d": []})),
            r#"{"a": [1, {"b": null}], "c": {}, "d": []}"#
        );
    }

    #[test]
    fn text_is_ascii_with_upper_case_escapes() {
        assert_eq!(encoded("aé\u{2028}😀"), r#""a\u00E9\u2028\uD83D\uDE00""#);
        assert_eq!(
            encoded("\u{8}\u{c}\n\r\t\0\u{1f}\u{7f}\u{80}"),
            r#""\b\f\n\r\t\u0000\u001F\u007F\u0080""#
        );
        assert_eq!(encoded(r#"/'"\"#), r#""/'\"\\""#);
    }

    #[test]
    fn text_that_may_not_travel_is_replaced() {
        assert_eq!(encoded("a\u{FFFE}b\u{FDD0}"), r#""a\uFFFDb\uFFFD""#);
    }

    #[test]
    fn keys_are_written_like_other_text() {
        let map = BTreeMap::from([("ä", 1)]);
        assert_eq!(encoded(&map), r#"{"\u00E4": 1}"#);
    }

    #[test]
    fn long_runs_are_written_whole_around_escapes() {
        let text = format!("{}é{}", "x".repeat(1000), "y".repeat(1000));
        let expected = format!("\"{}\\u00E9{}\"", "x".repeat(1000), "y".repeat(1000));
        assert_eq!(encoded(&text), expected);
    }

    #[test]
    fn integers_are_decimal() {
        assert_eq!(
            encoded(&(i64::MIN, u64::MAX)),
            "[-9223372036854775808, 18446744073709551615]"
        );
    }

    #[test]
    fn what_was_written_reads_back() {
        let value: Value = json!({"text": "\u{7f}\"😀", "numbers": [0.1, -3, 1e300]});
        assert_eq!(
            serde_json::from_str::<Value>(&encoded(&value)).unwrap(),
            value
        );
    }
}
