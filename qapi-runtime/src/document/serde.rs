//! Documents out of serde's formats, and values of a document into them.

use std::fmt;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::{Document, Draft, Json, Node};

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.node() {
            Node::Null => serializer.serialize_unit(),
            Node::Boolean(truth) => serializer.serialize_bool(truth),
            Node::Signed(number) => serializer.serialize_i64(number),
            Node::Unsigned(number) => serializer.serialize_u64(number),
            Node::Double(number) => serializer.serialize_f64(number),
            Node::String { .. } => serializer.serialize_str(self.as_str().unwrap_or_default()),
            Node::Array { .. } => {
                let mut array = serializer.serialize_seq(Some(self.len()))?;
                for element in self.elements() {
                    array.serialize_element(&element)?;
                }
                array.end()
            }
            Node::Object { .. } => {
                let mut object = serializer.serialize_map(Some(self.len()))?;
                for (name, member) in self.members() {
                    object.serialize_entry(name, &member)?;
                }
                object.end()
            }
        }
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.root().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut draft = Draft::default();
        Filler(&mut draft).deserialize(deserializer)?;
        draft
            .finish()
            .ok_or_else(|| de::Error::custom("more than 4 GiB of text"))
    }
}

/// Adds one value to a draft.
struct Filler<'a>(&'a mut Draft);

impl<'de> DeserializeSeed<'de> for Filler<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Filler<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.add(Node::Null);
        Ok(())
    }

    fn visit_none<E>(self) -> Result<(), E> {
        self.0.add(Node::Null);
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<(), E> {
        self.0.add(Node::Boolean(truth));
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.0.add(Node::Signed(number));
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        let signed = i64::try_from(number).map(Node::Signed);
        self.0.add(signed.unwrap_or(Node::Unsigned(number)));
        Ok(())
    }

    /// JSON has no other doubles than finite ones; what is none becomes null, as serde_json does it.
    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        self.0.add(if number.is_finite() {
            Node::Double(number)
        } else {
            Node::Null
        });
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.0.add_str(text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<(), A::Error> {
        let container = self.0.begin();
        let mut len = 0;
        while array.next_element_seed(Filler(self.0))?.is_some() {
            len += 1;
        }
        self.0.end_array(container, len);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let container = self.0.begin();
        while object.next_key_seed(KeyFiller(self.0))?.is_some() {
            if !self.0.last_key_is_new(&container) {
                return Err(de::Error::custom("an object has the same key twice"));
            }
            object.next_value_seed(Filler(self.0))?;
        }
        self.0.end_object(container);
        Ok(())
    }
}

/// Adds one key to a draft.
struct KeyFiller<'a>(&'a mut Draft);

impl<'de> DeserializeSeed<'de> for KeyFiller<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeyFiller<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key, which is a string")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.0.add_str(text);
        self.0.make_key();
        Ok(())
    }
}
