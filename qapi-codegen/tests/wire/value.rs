//! Values of the types of the language, and values that are not there.

use crate::golden::optional::{AllOptional, Mixed, RefOrNull, Status, StrOrNull};
use crate::golden::struct_::Everything;
use crate::{decode, encode, refused, round_trip};
use qapi_runtime::Value;

/// A member of `Everything`, read from one number and written again.
fn number(member: &str, number: &str) -> Result<String, String> {
    let json = EVERYTHING.replace(
        &format!("\"{member}\": 0"),
        &format!("\"{member}\": {number}"),
    );
    let read = decode::<Everything>(&json).map(|everything| encode(&everything))?;
    let read: Value = serde_json::from_str(&read).expect("it is JSON");
    Ok(read[member].to_string())
}

/// One value of each type, with 0 for each number.
const EVERYTHING: &str = r#"{"text": "", "float": 0, "whole": 0, "tiny": 0, "short": 0, "middle": 0, "long": 0, "octet": 0, "port": 0, "word": 0, "counter": 0, "amount": 0, "flag": true, "anything": {}, "nothing": null, "names": [], "nested": []}"#;

#[test]
fn integers_keep_all_their_digits() {
    let cases = [
        ("whole", "-9223372036854775808"),
        ("long", "9007199254740993"),
        ("counter", "18446744073709551615"),
        ("amount", "9007199254740993"),
        ("octet", "255"),
    ];
    for (member, text) in cases {
        assert_eq!(number(member, text).as_deref(), Ok(text), "{member}");
    }
}

#[test]
fn negative_numbers_wrap_where_64_bits_have_no_sign() {
    assert_eq!(
        number("counter", "-1").as_deref(),
        Ok("18446744073709551615")
    );
    assert_eq!(
        number("amount", "-9223372036854775808").as_deref(),
        Ok("9223372036854775808")
    );
    for (member, ty) in [
        ("octet", "uint8_t"),
        ("port", "uint16_t"),
        ("word", "uint32_t"),
    ] {
        assert_eq!(
            number(member, "-1"),
            Err(format!("Parameter '{member}' expects {ty}"))
        );
    }
}

#[test]
fn an_integer_is_one_by_its_spelling() {
    for text in ["1.0", "1e2", "18446744073709551616", "\"1\""] {
        assert_eq!(
            number("whole", text),
            Err("Invalid parameter type for 'x.whole', expected: integer".to_owned()),
            "{text}"
        );
        assert_eq!(
            number("amount", text),
            Err("Parameter 'x.amount' expects uint64".to_owned()),
            "{text}"
        );
    }
    assert_eq!(
        number("tiny", "128"),
        Err("Parameter 'tiny' expects int8_t".to_owned())
    );
}

#[test]
fn a_number_may_be_whole() {
    assert_eq!(number("float", "3").as_deref(), Ok("3"));
    assert_eq!(number("float", "2.5").as_deref(), Ok("2.5"));
    let error = Err("Invalid parameter type for 'x.float', expected: number".to_owned());
    assert_eq!(number("float", "null"), error);
}

#[test]
fn null_is_absent_nowhere() {
    let states = |json: &str| {
        let mixed = decode::<Mixed>(json).expect("it fits");
        (mixed.backing, mixed.nothing, mixed.default)
    };
    assert_eq!(states(r#"{"name": "n"}"#), (None, None, None));
    assert_eq!(
        states(r#"{"name": "n", "backing": null, "nothing": null, "default": null}"#),
        (Some(RefOrNull::Null), Some(()), Some(Value::Null))
    );
    round_trip(
        r#"{"name": "n", "backing": {}, "nothing": null}"#,
        &Mixed::new("n").backing(AllOptional::new()).nothing(()),
    );
    assert_eq!(
        refused::<Mixed>(r#"{"name": "n", "nothing": 0}"#),
        "Invalid parameter type for 'x.nothing', expected: null"
    );
}

#[test]
fn absent_null_and_present_differ() {
    round_trip(r#"{"name": "n"}"#, &Mixed::new("n"));
    round_trip(
        r#"{"name": "n", "nick-name": "k", "credentials": null, "default": null, "sizes": []}"#,
        &Mixed::new("n")
            .nick_name("k")
            .credentials(StrOrNull::N)
            .default(serde_json::Value::Null)
            .sizes(Vec::new()),
    );
    round_trip(
        r#"{"name": "n", "credentials": "c"}"#,
        &Mixed::new("n").credentials("c".to_owned()),
    );
    assert_eq!(
        refused::<Mixed>(r#"{"name": "n", "nick-name": null}"#),
        "Invalid parameter type for 'x.nick-name', expected: string"
    );
    round_trip("{}", &AllOptional::default());
}

#[test]
fn serde_reads_integers_exactly() {
    use crate::golden::union_tag_only::Smart;
    let read = |number: &str| {
        let json = format!(r#"{{"temperature": {number}}}"#);
        serde_json::from_str::<Smart>(&json).map(|smart| smart.temperature)
    };
    for number in [i64::MIN, i64::MAX, (1 << 53) + 1] {
        assert_eq!(read(&number.to_string()).expect("it fits"), number);
    }
    let error = read("1.0").expect_err("what counts is the spelling");
    assert_eq!(
        error.to_string(),
        "Invalid parameter type for 'temperature', expected: integer"
    );
}

#[test]
fn a_member_is_optional_if_the_user_says_so() {
    round_trip(r#"{"running": true}"#, &Status::new(true));
    round_trip(
        r#"{"running": true, "stepping": false}"#,
        &Status::new(true).stepping(false),
    );
    assert_eq!(refused::<Status>("{}"), "Parameter 'x.running' is missing");
}
