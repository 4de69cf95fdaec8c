use serde_json::{Value, json};

use super::*;

fn argument<T: DecodeOwned>(value: Value) -> Result<T, String> {
    let document = Document::from(value);
    let decoded = T::decode(document.input("a", Unknown::Refuse));
    decoded.map_err(|error| error.to_string())
}

fn element<T: DecodeOwned>(value: Value) -> String {
    let Err(message) = argument::<Vec<T>>(json!([value])) else {
        panic!("decoded");
    };
    message
}

fn document(text: &str) -> Value {
    serde_json::from_str(text).expect("the test writes JSON")
}

#[derive(Debug, PartialEq)]
struct Vcpu {
    id: i64,
    online: bool,
    note: Option<String>,
}

impl<'de> DecodeMembers<'de> for Vcpu {
    fn decode_members(object: &mut Object<'_, 'de>) -> Result<Self, DecodeError> {
        Ok(Self {
            id: object.required("id")?,
            online: object.required("online")?,
            note: object.optional("note")?,
        })
    }
}

#[derive(Debug, PartialEq)]
struct Whence;

impl std::str::FromStr for Whence {
    type Err = UnknownValue;

    fn from_str(name: &str) -> Result<Self, UnknownValue> {
        match name {
            "set" => Ok(Self),
            other => Err(UnknownValue::new(other)),
        }
    }
}

impl<'de> Decode<'de> for Whence {
    fn decode(input: Input<'_, 'de>) -> Result<Self, DecodeError> {
        input.parse()
    }
}

#[test]
fn members_are_reported_in_the_order_of_the_schema() {
    let vcpu = |text| argument::<Vcpu>(document(text)).unwrap_err();
    assert_eq!(vcpu("{}"), "Parameter 'a.id' is missing");
    assert_eq!(
        vcpu(r#"{"x": 1, "id": 1}"#),
        "Parameter 'a.online' is missing"
    );
    assert_eq!(
        vcpu(r#"{"online": 1, "id": "0"}"#),
        "Invalid parameter type for 'a.id', expected: integer"
    );
    assert_eq!(
        vcpu(r#"{"x": 1, "note": 2, "online": true, "id": 0}"#),
        "Invalid parameter type for 'a.note', expected: string"
    );
    assert_eq!(
        vcpu(r#"{"y": 1, "x": 2, "online": true, "id": 0}"#),
        "Parameter 'a.x' is unexpected"
    );
}

#[test]
fn null_is_not_absence() {
    assert_eq!(
        argument::<Vcpu>(json!({"id": 0, "online": true, "note": null})).unwrap_err(),
        "Invalid parameter type for 'a.note', expected: string"
    );
}

#[test]
fn unknown_members_are_ignored_at_every_level_on_request() {
    let value = json!([{"id": 0, "online": true, "since": 11}]);
    let document = Document::from_value(&value);
    let vcpus: Vec<Vcpu> = document.input("a", Unknown::Ignore).decode().unwrap();
    assert_eq!(vcpus[0].id, 0);
    assert_eq!(
        argument::<Vec<Vcpu>>(value).unwrap_err(),
        "Parameter 'a[0].since' is unexpected"
    );
}

#[test]
fn integers_are_told_by_their_spelling() {
    assert_eq!(
        argument::<i64>(document("-9223372036854775808")),
        Ok(i64::MIN)
    );
    for text in [
        "9223372036854775808",
        "1.0",
        "1e2",
        "\"1\"",
        "true",
        "null",
        "[]",
    ] {
        assert_eq!(
            argument::<i64>(document(text)).unwrap_err(),
            "Invalid parameter type for 'a', expected: integer",
            "{text}"
        );
    }
}

#[test]
fn uint64_wraps_negatives_and_names_the_whole_path() {
    assert_eq!(
        argument::<u64>(document("18446744073709551615")),
        Ok(u64::MAX)
    );
    assert_eq!(argument::<u64>(document("-1")), Ok(u64::MAX));
    for text in ["18446744073709551616", "1.5", "\"1\"", "null"] {
        assert_eq!(
            element::<u64>(document(text)),
            "Parameter 'a[0]' expects uint64",
            "{text}"
        );
    }
}

#[test]
fn narrow_integers_name_the_last_component() {
    assert_eq!(argument::<i8>(json!(-128)), Ok(-128));
    assert_eq!(argument::<u32>(json!(u32::MAX)), Ok(u32::MAX));
    assert_eq!(
        argument::<u8>(json!(256)).unwrap_err(),
        "Parameter 'a' expects uint8_t"
    );
    assert_eq!(
        argument::<u8>(json!(-1)).unwrap_err(),
        "Parameter 'a' expects uint8_t"
    );
    assert_eq!(
        element::<i16>(json!(32768)),
        "Parameter 'null' expects int16_t"
    );
}

#[test]
fn narrow_integers_fail_on_other_types_as_the_wide_ones() {
    assert_eq!(
        argument::<i32>(json!(1.0)).unwrap_err(),
        "Invalid parameter type for 'a', expected: integer"
    );
    assert_eq!(
        argument::<i32>(json!(u64::MAX)).unwrap_err(),
        "Invalid parameter type for 'a', expected: integer"
    );
    assert_eq!(
        argument::<u16>(json!("1")).unwrap_err(),
        "Parameter 'a' expects uint64"
    );
}

#[test]
fn enums_name_the_last_component_and_the_value() {
    assert_eq!(argument::<Whence>(json!("set")), Ok(Whence));
    assert_eq!(
        argument::<Whence>(json!("foo")).unwrap_err(),
        "Parameter 'a' does not accept value 'foo'"
    );
    assert_eq!(
        element::<Whence>(json!("foo")),
        "Parameter 'null' does not accept value 'foo'"
    );
    assert_eq!(
        argument::<Whence>(json!(1)).unwrap_err(),
        "Invalid parameter type for 'a', expected: string"
    );
}

fn expected<T>(what: &str) -> Result<T, String> {
    Err(format!("Invalid parameter type for 'a', expected: {what}"))
}

#[test]
fn the_other_types_name_what_they_expect() {
    assert_eq!(argument::<bool>(json!(1)), expected("boolean"));
    assert_eq!(argument::<f64>(json!(3)), Ok(3.0));
    assert_eq!(argument::<f64>(json!("3")), expected("number"));
    assert_eq!(argument::<()>(json!(0)), expected("null"));
    assert_eq!(argument::<Vec<i64>>(json!({})), expected("array"));
    assert_eq!(argument::<Box<Vcpu>>(json!([])), expected("object"));
    assert_eq!(argument::<Value>(json!([null])), Ok(json!([null])));
}
