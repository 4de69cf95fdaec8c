//! What is gone from the language, in the words of today.

use crate::golden::historical::{
    COMMANDS, Extra, IntWrapper, Legacy, Payload, PayloadKind, Port, PortListWrapper, PortPeer,
    Speed, SpeedWrapper, Tagged,
};
use crate::{refused, round_trip};

#[test]
fn simple_unions_have_their_data_in_a_member() {
    round_trip(
        r#"{"type": "count", "data": 3}"#,
        &Payload::Count(IntWrapper::new(3)),
    );
    round_trip(
        r#"{"type": "list", "data": [{"number": 1}]}"#,
        &Payload::List(PortListWrapper::new(vec![Port::new(1)])),
    );
    let speed = Payload::Speed(SpeedWrapper::new(Speed::_2_5));
    round_trip(r#"{"type": "speed", "data": "2.5"}"#, &speed);
    assert_eq!(speed.tag(), PayloadKind::Speed);
    assert_eq!(
        refused::<Payload>(r#"{"type": "text", "data": 1}"#),
        "Invalid parameter type for 'x.data', expected: string"
    );
}

#[test]
fn anonymous_unions_are_alternates() {
    round_trip(r#"{"number": 1}"#, &Legacy::from(Port::new(1)));
    round_trip(r#""n""#, &Legacy::Name("n".to_owned()));
}

#[test]
fn structs_in_place_have_names() {
    let peer = PortPeer::new("h").names(vec!["n".to_owned()]);
    round_trip(
        r#"{"number": 1, "peer": {"host": "h", "names": ["n"]}}"#,
        &Port::new(1).peer(peer),
    );
}

#[test]
fn tags_that_were_strings_have_the_branches_as_values() {
    round_trip(
        r#"{"kind": "extra", "number": 1, "Upper_Case": 2}"#,
        &Tagged::Extra(Extra::new(1).upper_case(2)),
    );
    assert_eq!(
        refused::<Tagged>(r#"{"kind": "none"}"#),
        "Parameter 'kind' does not accept value 'none'"
    );
}

#[test]
fn old_conditions_and_flags_hold() {
    let names: Vec<_> = COMMANDS.iter().map(|row| row.name).collect();
    assert_eq!(
        names,
        ["netdev_add", "get-any", "shut-down", "send", "probe"]
    );
    assert!(!COMMANDS[2].success_response);
}
