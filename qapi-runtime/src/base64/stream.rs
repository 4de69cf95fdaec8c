//! Bytes that are read while they are sent.

use std::fmt;
use std::io::{self, Read};
use std::sync::{Arc, Mutex};

use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{BYTES, Base64, Encoded, GROUPS, TEXT, encode};
use crate::decode::{Decode, DecodeError, Input, deserialize};
use crate::lock::lock;

/// Bytes on their way from a server, which reads them while it sends the reply.
///
/// A server makes it from a reader; a client gets bytes.
///
/// ```
/// use std::io::Read;
///
/// use qapi_runtime::Base64Stream;
///
/// let file = std::io::repeat(b'x').take(10);
/// let server = Base64Stream::new(file);
/// assert_eq!(qapi_runtime::to_string(&server)?, r#""eHh4eHh4eHh4eA==""#);
/// # Ok::<(), qapi_runtime::EncodeError>(())
/// ```
///
/// Sending uses the reader up, also that of a clone. If reading fails the reply
/// does, or, once part of it is sent, the connection.
#[derive(Clone)]
pub struct Base64Stream(Repr);

#[derive(Clone)]
enum Repr {
    Bytes(Vec<u8>),
    Reader(Arc<Mutex<dyn Read + Send>>),
}

impl Base64Stream {
    /// What comes out of `reader`, up to its end.
    pub fn new(reader: impl Read + Send + 'static) -> Self {
        Self(Repr::Reader(Arc::new(Mutex::new(reader))))
    }

    /// The bytes.
    ///
    /// # Errors
    /// They come from a reader, and reading fails: never at a client.
    pub fn into_bytes(self) -> io::Result<Vec<u8>> {
        match self.0 {
            Repr::Bytes(bytes) => Ok(bytes),
            Repr::Reader(reader) => {
                let mut bytes = Vec::new();
                lock(&reader).read_to_end(&mut bytes)?;
                Ok(bytes)
            }
        }
    }

    /// The bytes, unless they come from a reader: always some at a client.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match &self.0 {
            Repr::Bytes(bytes) => Some(bytes),
            Repr::Reader(_) => None,
        }
    }
}

impl<B: Into<Vec<u8>>> From<B> for Base64Stream {
    fn from(bytes: B) -> Self {
        Self(Repr::Bytes(bytes.into()))
    }
}

impl fmt::Debug for Base64Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_tuple("Base64Stream");
        match &self.0 {
            Repr::Bytes(bytes) => debug.field(bytes).finish(),
            Repr::Reader(_) => debug.finish_non_exhaustive(),
        }
    }
}

/// Whether the bytes are the same, or come from the same reader.
impl PartialEq for Base64Stream {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Bytes(a), Repr::Bytes(b)) => a == b,
            (Repr::Reader(a), Repr::Reader(b)) => Arc::ptr_eq(a, b),
            (Repr::Bytes(_), Repr::Reader(_)) | (Repr::Reader(_), Repr::Bytes(_)) => false,
        }
    }
}

impl Serialize for Base64Stream {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let reader = match &self.0 {
            Repr::Bytes(bytes) => return super::serialize(&Encoded(bytes), serializer),
            Repr::Reader(reader) => reader,
        };
        // Not an error of `Display`, which could not say what went wrong.
        let failure = Mutex::new(None);
        let text = Reading {
            reader,
            failure: &failure,
        };
        let written = super::serialize(&text, serializer)?;
        match lock(&failure).take() {
            None => Ok(written),
            Some(error) => Err(S::Error::custom(error)),
        }
    }
}

impl<'de> Decode<'de> for Base64Stream {
    fn decode(input: Input<'_, 'de>) -> Result<Self, DecodeError> {
        Base64::decode(input).map(|bytes| Self::from(bytes.0))
    }
}

impl<'de> Deserialize<'de> for Base64Stream {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize(deserializer)
    }
}

/// The text of what a reader gives.
struct Reading<'a> {
    reader: &'a Mutex<dyn Read + Send>,
    failure: &'a Mutex<Option<io::Error>>,
}

impl fmt::Display for Reading<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut reader = lock(self.reader);
        let (mut chunk, mut text) = ([0; GROUPS * BYTES], TEXT);
        loop {
            match fill(&mut *reader, &mut chunk) {
                Ok(0) => return Ok(()),
                Ok(length) => encode(&chunk[..length], &mut text, f)?,
                Err(error) => {
                    *lock(self.failure) = Some(error);
                    return Ok(());
                }
            }
        }
    }
}

/// Reads until the buffer is full, for only the last group may be a short one.
fn fill(reader: &mut (dyn Read + Send), buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(length) => filled += length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::to_string;

    /// Gives one byte at a time, and then fails.
    struct Broken(usize);

    impl Read for Broken {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0 == 0 {
                return Err(io::Error::other("the disk is gone"));
            }
            self.0 -= 1;
            buffer[0] = 0;
            Ok(1)
        }
    }

    #[test]
    fn short_reads_make_no_short_groups() {
        let stream = Base64Stream::new(Broken(100_000).take(50_000));
        let text = to_string(&stream).expect("it does not fail so early");
        assert_eq!(text, to_string(&Base64(vec![0; 50_000])).expect("bytes"));
    }

    #[test]
    fn a_failure_to_read_is_told() {
        let error = to_string(&Base64Stream::new(Broken(20_000))).expect_err("a failure");
        assert_eq!(error.to_string(), "the disk is gone");
        let value = serde_json::to_value(Base64Stream::new(Broken(1)));
        assert_eq!(value.unwrap_err().to_string(), "the disk is gone");
    }

    #[test]
    fn a_client_gets_bytes() {
        let stream: Base64Stream = serde_json::from_str(r#""YWJj""#).expect("base64");
        assert_eq!(stream.as_bytes(), Some(&b"abc"[..]));
        assert_eq!(stream, Base64Stream::from("abc"));
        assert_eq!(stream.into_bytes().expect("no reader"), b"abc");
    }
}
