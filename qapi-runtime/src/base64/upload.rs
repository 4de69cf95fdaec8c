//! Bytes that may have gone where they belong before their request was complete.

use std::any::Any;
use std::borrow::Cow;

use serde::ser::Error as _;
use serde::{Serialize, Serializer};

use super::{Base64Error, Base64Text};
use crate::decode::{Decode, DecodeError, Input};
use crate::upload::{Received, Upload};

/// Bytes on their way to a server, which may have taken them while the request was still being
/// read: see [`upload`](crate::upload).
///
/// A client gives bytes, without a copy.
#[derive(Clone, Debug)]
pub struct Base64Upload<'a>(Repr<'a>);

#[derive(Clone, Debug)]
enum Repr<'a> {
    Text(Base64Text<'a>),
    Received(&'a Received),
}

/// How bytes have come to their command.
#[derive(Debug)]
pub enum Delivery<'a, U> {
    /// In the request.
    Text(Base64Text<'a>),
    /// By the upload that the service has made for them.
    Upload(U),
}

impl<'a> Base64Upload<'a> {
    /// Bytes that are encoded already.
    pub fn encoded(text: impl Into<Cow<'a, str>>) -> Self {
        Self(Repr::Text(Base64Text::encoded(text)))
    }

    /// How many bytes there are.
    ///
    /// # Errors
    /// The text is no base64, or was none.
    pub fn check(&self) -> Result<usize, Base64Error> {
        match &self.0 {
            Repr::Text(text) => text.check(),
            Repr::Received(received) => received.checked,
        }
    }

    /// The same, but for a short text, which is decoded: so it need not be decoded to be checked and
    /// again to be read.
    ///
    /// # Errors
    /// A short text is no base64. A long one is left for [`check`](Self::check).
    pub fn decode_short(self) -> Result<Self, Base64Error> {
        const SHORT: usize = 128 * 1024;

        match self.0 {
            Repr::Text(text) if text.length() <= SHORT => Ok(Self::from(text.to_vec()?)),
            other => Ok(Self(other)),
        }
    }

    /// Whether the bytes have been taken by an upload.
    pub fn is_received(&self) -> bool {
        matches!(self.0, Repr::Received(_))
    }

    /// The bytes, or the upload that has taken them.
    ///
    /// # Panics
    /// The service has made an upload of another type, or this was asked before. The client is
    /// told an internal error then.
    pub fn delivery<U: Upload>(self) -> Delivery<'a, U> {
        match self.0 {
            Repr::Text(text) => Delivery::Text(text),
            Repr::Received(received) => {
                let upload: Box<dyn Any> = received.take().expect("an upload is delivered once");
                let upload = upload.downcast();
                Delivery::Upload(*upload.expect("a service knows the type of its uploads"))
            }
        }
    }
}

impl<'a, B: Into<Cow<'a, [u8]>>> From<B> for Base64Upload<'a> {
    fn from(bytes: B) -> Self {
        Self(Repr::Text(Base64Text::from(bytes)))
    }
}

/// Whether the bytes are the same; those that were taken by an upload are not there to be compared.
impl PartialEq for Base64Upload<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Text(one), Repr::Text(two)) => one == two,
            (Repr::Received(one), Repr::Received(two)) => std::ptr::eq(*one, *two),
            (Repr::Text(_), Repr::Received(_)) | (Repr::Received(_), Repr::Text(_)) => false,
        }
    }
}

impl Serialize for Base64Upload<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Repr::Text(text) => text.serialize(serializer),
            Repr::Received(_) => Err(S::Error::custom("the bytes were taken by an upload")),
        }
    }
}

impl<'de> Decode<'de> for Base64Upload<'de> {
    fn decode(input: Input<'_, 'de>) -> Result<Self, DecodeError> {
        Ok(Self(match input.json().received() {
            Some(received) => Repr::Received(received),
            None => Repr::Text(input.decode()?),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_means_the_same_whether_it_is_decoded_ahead() {
        for groups in [0, 1, 1000, 100_000] {
            let text = Base64Upload::encoded("YWJj".repeat(groups));
            assert_eq!(text.check(), Ok(3 * groups));
            let ahead = text.clone().decode_short();
            assert_eq!(ahead.as_ref().map(Base64Upload::check), Ok(Ok(3 * groups)));
            assert!(ahead == Ok(text));
            let wrong = Base64Upload::encoded("YWJj".repeat(groups) + "#");
            let checked = wrong.decode_short().and_then(|text| text.check());
            assert_eq!(checked, Err(Base64Error));
        }
    }
}
