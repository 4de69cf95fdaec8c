//! The members of an object on their way out.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::branch::BranchSerializer;

/// A JSON object whose members are written one after another.
///
/// After a failure nothing more is written; [`end`](Self::end) tells. So the
/// code for an object is a list of its members, which keeps generated crates
/// small.
///
/// ```
/// use qapi_runtime::ObjectEncoder;
/// use serde::{Serialize, Serializer};
///
/// struct Window {
///     name: String,
///     open: Option<u8>,
/// }
///
/// impl Serialize for Window {
///     fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
///         let mut object = ObjectEncoder::new(serializer);
///         object.required("name", &self.name);
///         object.optional("open", &self.open);
///         object.end()
///     }
/// }
///
/// let window = Window { name: "south".to_owned(), open: None };
/// assert_eq!(qapi_runtime::to_string(&window)?, r#"{"name": "south"}"#);
/// # Ok::<(), qapi_runtime::EncodeError>(())
/// ```
#[derive(Debug)]
pub struct ObjectEncoder<S: Serializer> {
    map: Result<S::SerializeMap, S::Error>,
}

impl<S: Serializer> ObjectEncoder<S> {
    /// Opens the object.
    pub fn new(serializer: S) -> Self {
        let map = serializer.serialize_map(None);
        Self { map }
    }

    /// Writes a member.
    pub fn required<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) {
        self.write(|map| map.serialize_entry(name, value));
    }

    /// Writes a member, unless it is absent.
    pub fn optional<T: Serialize>(&mut self, name: &'static str, value: &Option<T>) {
        if let Some(value) = value {
            self.required(name, value);
        }
    }

    /// Writes the members of another object into this one: the branch of a union.
    ///
    /// Nothing but an object has members: anything else is an error.
    pub fn branch<T: Serialize + ?Sized>(&mut self, branch: &T) {
        self.write(|map| branch.serialize(BranchSerializer(map)));
    }

    /// Closes the object.
    ///
    /// # Errors
    /// The first one of the serializer.
    pub fn end(self) -> Result<S::Ok, S::Error> {
        self.map?.end()
    }

    fn write(&mut self, write: impl FnOnce(&mut S::SerializeMap) -> Result<(), S::Error>) {
        if let Ok(map) = &mut self.map
            && let Err(error) = write(map)
        {
            self.map = Err(error);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::*;
    use crate::to_string;

    /// An object around another one.
    struct Around<T>(T);

    impl<T: Serialize> Serialize for Around<T> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut object = ObjectEncoder::new(serializer);
            object.required("first", &1);
            object.branch(&self.0);
            object.required("last", &2);
            object.end()
        }
    }

    fn object(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).expect("the test writes objects")
    }

    #[test]
    fn a_branch_shares_the_braces() {
        let branch = Around(object(json!({"a": {"b": []}})));
        assert_eq!(
            to_string(&Around(branch)).unwrap(),
            r#"{"first": 1, "first": 1, "a": {"b": []}, "last": 2, "last": 2}"#
        );
    }

    #[test]
    fn only_an_object_is_a_branch() {
        for branch in [json!(1), json!("x"), json!([]), json!(null)] {
            assert!(to_string(&Around(&branch)).is_err(), "{branch}");
        }
    }

    #[test]
    fn nothing_is_written_after_a_failure() {
        let mut bytes = Vec::new();
        let value = Around(json!(true));
        assert!(crate::Encoder::new(&mut bytes).encode(&value).is_err());
        assert_eq!(bytes, br#"{"first": 1"#);
    }
}
