//! Alternates, and what serde makes of everything.

use crate::golden::optional;
use crate::{refused, round_trip};

#[test]
fn alternates_are_chosen_by_kind() {
    use crate::golden::alternate::{Detail, Holder, Mode, Setting};
    round_trip(r#"{"setting": null}"#, &Holder::new(Setting::None));
    round_trip(r#"{"setting": true}"#, &Holder::new(true));
    round_trip(r#"{"setting": 7}"#, &Holder::new(7));
    round_trip(r#"{"setting": "fast"}"#, &Holder::new(Mode::Fast));
    round_trip(r#"{"setting": [1, 2]}"#, &Holder::new(vec![1, 2]));
    round_trip(r#"{"setting": {"level": 1}}"#, &Holder::new(Detail::new(1)));
    assert_eq!(
        refused::<Holder>(r#"{"setting": "maybe"}"#),
        "Parameter 'setting' does not accept value 'maybe'"
    );
    assert_eq!(
        refused::<Holder>(r#"{"setting": {"level": 1, "more": 2}}"#),
        "Parameter 'x.setting.more' is unexpected"
    );
    assert_eq!(
        refused::<optional::StrOrNull>("1"),
        "Invalid parameter type for 'x', expected: StrOrNull"
    );
}

#[test]
fn kinds_are_enough_to_choose() {
    use crate::golden::alternate::{
        Capture, Detail, Mode, Ratio, Shape, ShapeRef, StatsValue, Whence,
    };
    round_trip("18446744073709551615", &StatsValue::Scalar(u64::MAX));
    round_trip("false", &StatsValue::Boolean(false));
    round_trip("[1, 2]", &StatsValue::List(vec![1, 2]));
    round_trip("-1", &Whence::Value(-1));
    round_trip(r#""slow""#, &Whence::Name(Mode::Slow));
    round_trip("true", &Capture::Flag(true));
    round_trip("0.5", &Ratio::Number(0.5));
    round_trip("null", &ShapeRef::Nothing);
    round_trip(r#""n""#, &ShapeRef::Reference("n".to_owned()));
    round_trip(
        r#"{"mode": "fast", "level": 1}"#,
        &ShapeRef::Definition(Shape::Fast(Detail::new(1))),
    );
}

#[test]
fn mistakes_are_those_of_the_chosen_alternative() {
    use crate::golden::alternate::{Ratio, ShapeRef, StatsValue, Whence};
    let cases = [
        (
            refused::<StatsValue>(r#"[1, "2"]"#),
            "Parameter 'x[1]' expects uint64",
        ),
        (
            refused::<StatsValue>("null"),
            "Invalid parameter type for 'x', expected: StatsValue",
        ),
        (
            refused::<Whence>("1.0"),
            "Invalid parameter type for 'x', expected: integer",
        ),
        (
            refused::<Ratio>(r#""maybe""#),
            "Parameter 'x' does not accept value 'maybe'",
        ),
        (refused::<ShapeRef>("{}"), "Parameter 'x.mode' is missing"),
    ];
    for (message, expected) in cases {
        assert_eq!(message, expected);
    }
}

#[test]
fn serde_reads_what_the_protocol_reads() {
    use crate::golden::alternate::{Holder, Mode, Setting};
    use crate::golden::struct_::Derived;
    use crate::golden::union_tag_only::{Disk, Smart};

    let derived = serde_json::from_str::<Derived>(r#"{"size": 3, "id": "me", "more": []}"#);
    assert_eq!(derived.expect("it fits"), Derived::new("me", 3));
    let disk = serde_json::from_str::<Disk>(r#"{"temperature": 300, "type": "nvme"}"#);
    assert_eq!(disk.expect("it fits"), Disk::Nvme(Smart::new(300)));
    let settings = serde_json::from_str::<Vec<Setting>>(r#"[null, "fast"]"#);
    assert_eq!(
        settings.expect("they fit"),
        [Setting::None, Setting::from(Mode::Fast)]
    );
    let error = serde_json::from_str::<Holder>(r#"{"setting": "maybe"}"#)
        .expect_err("there is no such mode");
    assert_eq!(
        error.to_string(),
        "Parameter 'setting' does not accept value 'maybe'"
    );
}
