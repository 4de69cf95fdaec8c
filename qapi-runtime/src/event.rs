//! Events: what a service tells unasked.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::decode::{DecodeError, DecodeOwned, Unknown};
use crate::document::Document;
use crate::encode::EncodeError;

/// An event as it came, whether the schema knows it or not.
///
/// Generated code makes its event enum out of it, through [`FromEvent`].
///
/// ```
/// use qapi_runtime::{RawEvent, Timestamp};
///
/// let event = RawEvent {
///     name: "STOP".to_owned(),
///     data: Default::default(),
///     timestamp: Timestamp { seconds: 1784268311, microseconds: 500000 },
/// };
/// assert_eq!(
///     qapi_runtime::to_string(&event)?,
///     r#"{"timestamp": {"seconds": 1784268311, "microseconds": 500000}, "event": "STOP"}"#
/// );
/// # Ok::<(), qapi_runtime::EncodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RawEvent {
    /// The name, such as `SHUTDOWN`.
    pub name: String,
    /// What there is to say about it; often nothing.
    pub data: Map<String, Value>,
    /// When it happened.
    pub timestamp: Timestamp,
}

impl RawEvent {
    /// The event `name` with the members of `data`, an object of the schema.
    ///
    /// # Errors
    /// `data` cannot be written as JSON.
    pub fn encode<T: Serialize + ?Sized>(
        name: &str,
        data: &T,
        timestamp: Timestamp,
    ) -> Result<Self, EncodeError> {
        let data = match serde_json::to_value(data)? {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        Ok(Self {
            name: name.to_owned(),
            data,
            timestamp,
        })
    }

    /// The data as the type that the schema gives it; unknown members are passed over.
    ///
    /// # Errors
    /// The data does not fit the type.
    pub fn decode<T: DecodeOwned>(&self) -> Result<T, DecodeError> {
        let document = Document::from(self.data.clone());
        document.input("data", Unknown::Ignore).decode()
    }
}

/// An empty `data` is left out, as QEMU does.
impl Serialize for RawEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("timestamp", &self.timestamp)?;
        map.serialize_entry("event", &self.name)?;
        if !self.data.is_empty() {
            map.serialize_entry("data", &self.data)?;
        }
        map.end()
    }
}

/// When an event happened, by the clock of the host that QEMU runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Whole seconds since 1970; -1 if the time is not known.
    pub seconds: i64,
    /// Millionths of a second on top; -1 if the time is not known.
    pub microseconds: i64,
}

impl Timestamp {
    /// What stands for a time that is not known.
    pub const UNKNOWN: Self = Self {
        seconds: -1,
        microseconds: -1,
    };

    /// The present time.
    pub fn now() -> Self {
        let Ok(elapsed) = SystemTime::now().duration_since(UNIX_EPOCH) else {
            return Self::UNKNOWN;
        };
        Self {
            seconds: i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX),
            microseconds: i64::from(elapsed.subsec_micros()),
        }
    }

    /// The same for the standard library, if it is known.
    pub fn to_system_time(self) -> Option<SystemTime> {
        let seconds = u64::try_from(self.seconds).ok()?;
        let microseconds = u64::try_from(self.microseconds).ok()?;
        let elapsed = Duration::from_secs(seconds) + Duration::from_micros(microseconds);
        UNIX_EPOCH.checked_add(elapsed)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("seconds", &self.seconds)?;
        map.serialize_entry("microseconds", &self.microseconds)?;
        map.end()
    }
}

/// A type that an event can be read as: the event enum of a schema.
pub trait FromEvent: Sized {
    /// Reads `event`. One whose name the type does not know is kept as it is.
    ///
    /// # Errors
    /// The data is not what the schema says for an event of this name.
    fn from_event(event: &RawEvent) -> Result<Self, DecodeError>;
}

/// For those who want every event as it came.
impl FromEvent for RawEvent {
    fn from_event(event: &RawEvent) -> Result<Self, DecodeError> {
        Ok(event.clone())
    }
}

/// What a schema says about an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventInfo {
    /// The name on the wire.
    pub name: &'static str,
    /// The features it is marked with.
    pub features: &'static [&'static str],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_is_not_known_is_no_time() {
        assert_eq!(Timestamp::UNKNOWN.to_system_time(), None);
        let time = Timestamp {
            seconds: 2,
            microseconds: 500_000,
        };
        assert_eq!(
            time.to_system_time(),
            Some(UNIX_EPOCH + Duration::from_millis(2500))
        );
        assert!(Timestamp::now() > time);
    }

    #[test]
    fn data_is_written_only_where_there_is_some() {
        let mut event = RawEvent {
            name: "A".to_owned(),
            data: Map::new(),
            timestamp: Timestamp::UNKNOWN,
        };
        let timestamp = r#""timestamp": {"seconds": -1, "microseconds": -1}"#;
        assert_eq!(
            crate::to_string(&event).unwrap(),
            format!(r#"{{{timestamp}, "event": "A"}}"#)
        );
        event.data.insert("a".to_owned(), Value::Null);
        assert_eq!(
            crate::to_string(&event).unwrap(),
            format!(r#"{{{timestamp}, "event": "A", "data": {{"a": null}}}}"#)
        );
    }
}
