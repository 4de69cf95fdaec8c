//! Types of one's own in the place of the schema's.

use qapi_runtime::serde::{Serialize, Serializer};
use qapi_runtime::{Base64, Base64Stream, DecodeError, Error, Object};
use qapi_runtime::{DecodeMembers, ObjectEncoder, Session};

use crate::golden::replace::{
    Bed, FindBedArgs, Key, Level, Service, ServiceServer, TakePhotoArgs, Warm,
};
use crate::golden::replace::{ServiceEvent, WarmEvent};
use crate::{decode, encode, refused, round_trip};

/// Degrees, which cannot be lower than it gets.
#[derive(Clone, Debug, PartialEq)]
pub struct Celsius(pub(crate) f64);

impl<'de> DecodeMembers<'de> for Celsius {
    fn decode_members(object: &mut Object<'_, 'de>) -> Result<Self, DecodeError> {
        object.required("degrees").map(Self)
    }
}

impl Serialize for Celsius {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectEncoder::new(serializer);
        object.required("degrees", &self.0);
        object.end()
    }
}

struct Greenhouse;

impl Service for Greenhouse {
    fn find_bed(&mut self, args: FindBedArgs) -> Result<Bed, Error> {
        assert_eq!(args, FindBedArgs::new(Key::from(7)));
        Ok(Bed::new("seven", Celsius(20.5)).photo("abc"))
    }

    fn take_photo(&mut self, _: TakePhotoArgs) -> Result<Base64Stream, Error> {
        Ok(Base64Stream::new(&b"a picture"[..]))
    }

    fn heat(&mut self, args: Celsius) -> Result<(), Error> {
        assert_eq!(args, Celsius(30.0));
        Ok(())
    }
}

#[test]
fn members_and_whole_types_are_replaced() {
    let bed = Bed::new("a", Celsius(1.5))
        .history(vec![Celsius(2.5)])
        .photo(*b"abc");
    assert_eq!(bed.photo, Some(Base64::from("abc")));
    round_trip(
        r#"{"id": "a", "warmth": {"degrees": 1.5}, "history": [{"degrees": 2.5}], "photo": "YWJj"}"#,
        &bed,
    );
    assert_eq!(
        refused::<Bed>(r#"{"id": "a", "warmth": {"degrees": 1.5}, "photo": "-"}"#),
        "Base64 data contains invalid characters"
    );
    assert_eq!(
        refused::<Bed>(r#"{"id": "a", "warmth": {"degree": 1.5}}"#),
        "Parameter 'x.warmth.degrees' is missing"
    );
}

#[test]
fn a_replaced_type_can_be_a_branch() {
    let warm = Warm::High(Celsius(40.5));
    round_trip(r#"{"level": "high", "degrees": 40.5}"#, &warm);
    assert_eq!(warm.tag(), Level::High);
    assert_eq!(
        decode::<Key>("300"),
        Err("Parameter 'x' expects uint8_t".to_owned())
    );
    let event = ServiceEvent::Warm(WarmEvent::new("abc"));
    let raw = event
        .to_raw(qapi_runtime::Timestamp::UNKNOWN)
        .expect("an event");
    assert_eq!(encode(&raw.data), r#"{"photo": "YWJj"}"#);
}

#[test]
fn a_reader_is_sent_as_base64() {
    let mut session = Session::new();
    let requests = b"{'execute': 'find-bed', 'arguments': {'key': 7}} \
        {'execute': 'take-photo', 'arguments': {'id': 'a'}} \
        {'execute': 'heat', 'arguments': {'degrees': 30}}";
    let replies = session.feed(requests, &mut ServiceServer(Greenhouse));
    assert_eq!(
        String::from_utf8(replies).expect("text"),
        "{\"return\": {\"id\": \"seven\", \"warmth\": {\"degrees\": 20.5}, \"photo\": \"YWJj\"}}\n\
         {\"return\": \"YSBwaWN0dXJl\"}\n\
         {\"return\": {}}\n"
    );
}
