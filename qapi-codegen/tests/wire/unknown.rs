//! What newer releases say, to clients and to servers that do not know it.

use std::fmt::Debug;

use qapi_runtime::serde::Serialize;
use qapi_runtime::{DecodeOwned, Document, Other, Unknown, Value};

use crate::golden::open::{
    Channel, ChannelBranch, Family, Ordered, Path, Port, Report, Request, Socket, State,
    StateOrFlag, Transport,
};
use crate::{encode, refused, round_trip};

/// Reads a value as a client does.
fn receive<T: DecodeOwned>(json: &str) -> Result<T, String> {
    let value = serde_json::from_str(json).expect("the test holds JSON");
    let document = Document::from_value(&value);
    let decoded = T::decode(document.input("return", Unknown::Ignore));
    decoded.map_err(|error| error.to_string())
}

/// Reads `json` as a client does, and writes the same again, if in another order.
fn kept<T: DecodeOwned + Serialize + Debug>(json: &str) -> T {
    let value = receive::<T>(json).expect("a client takes it");
    let parse = |json: &str| serde_json::from_str::<Value>(json).expect("it is JSON");
    assert_eq!(parse(&encode(&value)), parse(json));
    value
}

#[test]
fn an_unknown_value_is_kept() {
    let State::Other_(other) = kept(r#""paused""#) else {
        panic!("the schema has no such value")
    };
    assert_eq!(other.as_str(), "paused");
    assert_eq!(State::Other_(other).to_string(), "paused");
}

#[test]
fn a_known_value_is_never_an_unknown_one() {
    assert_eq!(kept::<State>(r#""other""#), State::Other);
    assert_eq!(Other::new("other"), Err(State::Other));
    assert_eq!(State::ALL, [State::Running, State::Other]);
    assert!("paused".parse::<State>().is_err());
}

#[test]
fn the_rest_of_the_answer_is_read() {
    let report: Report = kept(r#"{"states": ["running", "paused", "other"], "now": "paused"}"#);
    assert_eq!(report.states[2], State::Other);
    assert!(matches!(
        report.now,
        Some(StateOrFlag::State(State::Other_(_)))
    ));
}

#[test]
fn a_server_refuses_unknown_values() {
    let cases = [
        (
            refused::<State>(r#""paused""#),
            "Parameter 'x' does not accept value 'paused'",
        ),
        (
            refused::<Report>(r#"{"states": ["running", "paused"]}"#),
            "Parameter 'null' does not accept value 'paused'",
        ),
        (
            refused::<Request>(r#"{"transport": "pigeon", "colour": "grey"}"#),
            "Parameter 'transport' does not accept value 'pigeon'",
        ),
        (
            refused::<Socket>(r#"{"type": "vsock", "cid": 3}"#),
            "Parameter 'type' does not accept value 'vsock'",
        ),
    ];
    for (message, expected) in cases {
        assert_eq!(message, expected);
    }
}

#[test]
fn what_is_only_sent_is_closed() {
    fn is_copy<T: Copy>(_: T) {}
    is_copy(Ordered::Start);
    match Ordered::Stop {
        Ordered::Start | Ordered::Stop => {}
    }
    let error = receive::<Ordered>(r#""pause""#).expect_err("nobody answers this");
    assert_eq!(error, "Parameter 'return' does not accept value 'pause'");
}

#[test]
fn an_unknown_branch_keeps_its_members() {
    let json = r#"{"id": "c", "transport": "pigeon", "size": 1, "colour": {"r": 1, "g": null}, "legs": [2]}"#;
    let channel: Channel = kept(json);
    assert_eq!((channel.id.as_str(), channel.size), ("c", Some(1)));
    let ChannelBranch::Other(branch) = &channel.branch else {
        panic!("the schema has no such branch")
    };
    assert_eq!(branch.tag.as_str(), "pigeon");
    assert_eq!(branch.members.len(), 2);
    assert_eq!(channel.branch.tag(), Transport::Other(branch.tag.clone()));
}

#[test]
fn known_branches_are_read_beside_unknown_ones() {
    let channel = Channel::new("c", ChannelBranch::File(Path::new("p")));
    round_trip(r#"{"id": "c", "transport": "file", "path": "p"}"#, &channel);
    let none = Channel::new("c", ChannelBranch::None).size(3);
    round_trip(r#"{"id": "c", "transport": "none", "size": 3}"#, &none);
}

#[test]
fn an_inner_tag_may_be_unknown_too() {
    let channel: Channel = kept(r#"{"id": "c", "transport": "socket", "type": "vsock", "cid": 3}"#);
    let ChannelBranch::Socket(socket) = &channel.branch else {
        panic!("the outer tag is known")
    };
    assert!(matches!(socket, Socket::Other(branch) if branch.members["cid"] == 3));
    assert!(matches!(socket.tag(), Family::Other(_)));

    let inet = Channel::new("c", ChannelBranch::Socket(Socket::Inet(Port::new(1))));
    round_trip(
        r#"{"id": "c", "transport": "socket", "type": "inet", "port": 1}"#,
        &inet,
    );
}

#[test]
fn a_union_is_as_open_as_its_tag() {
    let Request::Other(branch) = kept(r#"{"transport": "pigeon", "colour": "grey"}"#) else {
        panic!("the schema has no such branch")
    };
    assert_eq!(branch.members["colour"], "grey");
}

#[test]
fn serde_keeps_what_a_client_keeps() {
    let states: Vec<State> = serde_json::from_str(r#"["running", "paused"]"#).expect("it fits");
    assert_eq!(encode(&states), r#"["running", "paused"]"#);
}
