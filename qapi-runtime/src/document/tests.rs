use serde_json::json;

use super::*;

#[test]
fn a_document_is_as_large_as_its_parts() {
    assert_eq!(size_of::<Node>(), 16);
}

#[test]
fn a_value_survives_as_a_document() {
    for value in [
        json!(null),
        json!("text"),
        json!([]),
        json!({}),
        json!([[], {}, [[1], -1], {"a": {"b": []}, "c": "é"}, true, 1.5]),
        json!([i64::MIN, i64::MAX, u64::MAX]),
    ] {
        let document = Document::from_value(&value);
        assert_eq!(document.to_value(), value);
        assert_eq!(serde_json::to_value(&document).unwrap(), value);
        assert_eq!(Document::parse(value.to_string().as_bytes()), Ok(document));
    }
}

#[test]
fn members_and_elements_are_found_behind_containers() {
    let document = Document::parse(b"{'a': [{'x': 1}, [2]], 'b': {'c': []}, 'd': 3}").unwrap();
    let root = document.root();
    assert_eq!(root.get("d").and_then(Json::as_i64), Some(3));
    assert!(root.get("x").is_none());
    let names: Vec<_> = root.members().map(|(name, _)| name).collect();
    assert_eq!(names, ["a", "b", "d"]);
    let kinds: Vec<_> = root.get("a").unwrap().elements().map(Json::kind).collect();
    assert_eq!(kinds, [Kind::Object, Kind::Array]);
    assert_eq!((root.len(), root.elements().len()), (3, 0));
}

#[test]
fn numbers_are_exact_or_absent() {
    let number = |text: &str| Document::parse(text.as_bytes()).unwrap();
    let most = number("18446744073709551615");
    assert_eq!(
        (most.root().as_i64(), most.root().as_u64()),
        (None, Some(u64::MAX))
    );
    let negative = number("-1");
    assert_eq!(
        (negative.root().as_i64(), negative.root().as_u64()),
        (Some(-1), None)
    );
    let double = number("1.0");
    assert_eq!(
        (double.root().as_i64(), double.root().as_f64()),
        (None, Some(1.0))
    );
}

#[test]
fn a_text_is_one_value() {
    assert_eq!(Document::parse(b" 12 ").unwrap().to_value(), json!(12));
    assert_eq!(Document::parse(b"true").unwrap().to_value(), json!(true));
    for text in ["", " ", "[", "{'a'", "'x"] {
        assert_eq!(Document::parse(text.as_bytes()), Err(JsonError::Incomplete));
    }
    for text in ["{} {}", "1 2", "[],"] {
        assert_eq!(Document::parse(text.as_bytes()), Err(JsonError::Trailing));
    }
    assert_eq!(
        Document::parse(b"nil"),
        Err(JsonError::Keyword("nil".to_owned()))
    );
}

#[test]
fn serde_refuses_a_key_that_comes_twice() {
    let error = serde_json::from_str::<Document>(r#"{"a": 1, "a": 1}"#).unwrap_err();
    assert!(error.to_string().contains("the same key twice"), "{error}");
}

#[test]
fn a_default_document_is_null() {
    assert_eq!(Document::default().to_value(), json!(null));
    assert_eq!(Document::default(), Document::from_value(&json!(null)));
}
