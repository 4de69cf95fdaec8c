//! Names of members and values.

use crate::golden::names;
use crate::{refused, round_trip};

#[test]
fn enums_are_text() {
    use crate::golden::enum_::{LinkSpeed, RunState};
    round_trip(r#""not-found""#, &RunState::NotFound);
    assert_eq!(RunState::ALL.len(), 3);
    assert_eq!("2_5".parse(), Ok(LinkSpeed::_2_5));
    assert_eq!(LinkSpeed::_25.to_string(), "25");
    assert_eq!(format!("{:>6}", RunState::None), "  none");
    assert!("no".parse::<RunState>().is_err());
    assert_eq!(
        refused::<RunState>(r#""no""#),
        "Parameter 'x' does not accept value 'no'"
    );
    assert_eq!(
        refused::<RunState>("1"),
        "Invalid parameter type for 'x', expected: string"
    );
}

#[test]
fn names_on_the_wire_are_those_of_the_schema() {
    use crate::golden::names::{Keywords, Shouting, String_};
    round_trip(
        r#"{"type": "t", "in": 1, "if": 2, "match": 3, "abstract": 4, "gen": 5, "self": 6, "new": 7, "UUID": "u"}"#,
        &Keywords::new("t", 1, 2, 3, 4, 5, 6).new_(7).uuid("u"),
    );
    let values: Vec<_> = Shouting::ALL.iter().map(Shouting::as_str).collect();
    assert_eq!(
        values,
        [
            "EAX",
            "camelCase",
            "self",
            "static",
            "3des",
            "err",
            "a-l-l",
            "none",
            "ok",
            "enum",
            "virtual",
            "0",
            "4k"
        ]
    );
    assert_eq!("err".parse(), Ok(Shouting::Err));
    round_trip(r#"{"str": "s"}"#, &String_::new("s"));
}

#[test]
fn every_value_is_written_as_it_is_read() {
    use crate::golden::names::Shouting;
    for value in Shouting::ALL {
        assert_eq!(value.as_str().parse(), Ok(*value));
        round_trip(&format!("{:?}", value.as_str()), value);
    }
    assert_eq!("4k".parse(), Ok(Shouting::_4k));
}

#[test]
fn hyphens_and_underscores_are_kept_apart_on_the_wire() {
    use crate::golden::names::Mixture;
    let json = r#"{"thread_id": 1, "node-name": "n", "write_zeroes-max": 2}"#;
    round_trip(json, &Mixture::new(1, "n").write_zeroes_max(2));
    assert_eq!(
        refused::<Mixture>(r#"{"thread-id": 1}"#),
        "Parameter 'x.thread_id' is missing"
    );
}

#[test]
fn a_type_may_be_called_like_a_command() {
    use crate::golden::names::DriveBackup;
    round_trip(r#"{"target": "t"}"#, &DriveBackup::new("t"));
    assert!(names::COMMANDS.iter().any(|row| row.name == "drive-backup"));
}
