//! Events, from the server that sends them to the client that reads them.

use qapi_runtime::{FromEvent, RawEvent, Timestamp, Value};

use crate::encode;
use crate::golden::events::{
    BalloonInfo, Cause, Device, EVENTS, MovedEvent, Nothing, ServiceEvent, ShutDownEvent,
};
use crate::golden::features;

const TIME: Timestamp = Timestamp {
    seconds: 1,
    microseconds: 2,
};

/// What `event` looks like on the wire, apart from the time.
fn sent(event: &ServiceEvent) -> String {
    let raw = event.to_raw(TIME).expect("every event has a JSON form");
    let json = encode(&raw);
    let rest = json.strip_prefix(r#"{"timestamp": {"seconds": 1, "microseconds": 2}, "#);
    format!("{{{}", rest.expect("the time stands first"))
}

fn received(name: &str, data: Value) -> Result<ServiceEvent, String> {
    let raw = RawEvent {
        name: name.to_owned(),
        data: data.as_object().cloned().unwrap_or_default(),
        timestamp: TIME,
    };
    ServiceEvent::from_event(&raw).map_err(|error| error.to_string())
}

/// Sends `event`, compares, and receives it.
fn round_trip(json: &str, event: &ServiceEvent) {
    assert_eq!(sent(event), json);
    let message: Value = serde_json::from_str(json).expect("it is JSON");
    assert_eq!(message["event"], event.name());
    let data = message.get("data").cloned().unwrap_or_default();
    assert_eq!(received(event.name(), data).as_ref(), Ok(event));
}

#[test]
#[expect(deprecated, reason = "deprecated events arrive like others")]
fn events_carry_their_data() {
    use crate::golden::events::OtherEvent;
    round_trip(r#"{"event": "STOP"}"#, &ServiceEvent::Stop);
    round_trip(
        r#"{"event": "SHUT_DOWN", "data": {"guest": true, "cause": "guest", "signal": 9}}"#,
        &ServiceEvent::ShutDown(ShutDownEvent::new(true, Cause::Guest).signal(9)),
    );
    round_trip(
        r#"{"event": "BALLOON_STATUS_REPORT", "data": {"committed": 1, "available": 2}}"#,
        &ServiceEvent::BalloonStatusReport(BalloonInfo::new(1, 2)),
    );
    round_trip(
        r#"{"event": "PLUGGED", "data": {"cause": "guest", "committed": 1, "available": 2}}"#,
        &ServiceEvent::Plugged(Device::Guest(BalloonInfo::new(1, 2))),
    );
    round_trip(
        r#"{"event": "OTHER", "data": {"path": "p"}}"#,
        &ServiceEvent::Other(OtherEvent::new("p")),
    );
}

#[test]
fn empty_data_is_left_out() {
    round_trip(
        r#"{"event": "MOVED"}"#,
        &ServiceEvent::Moved(MovedEvent::new()),
    );
    round_trip(
        r#"{"event": "MOVED", "data": {"y": -1}}"#,
        &ServiceEvent::Moved(MovedEvent::new().y(-1)),
    );
    round_trip(
        r#"{"event": "SILENCE"}"#,
        &ServiceEvent::Silence(Nothing::new()),
    );
}

#[test]
fn unknown_events_are_kept() {
    let event = received("SUNK", serde_json::json!({ "depth": 3 })).expect("it is kept");
    assert_eq!(event.name(), "SUNK");
    assert_eq!(sent(&event), r#"{"event": "SUNK", "data": {"depth": 3}}"#);
    assert!(matches!(event, ServiceEvent::Other_(raw) if raw.data["depth"] == 3));
}

#[test]
fn unknown_parts_of_known_events_are_no_mistakes() {
    let data = serde_json::json!({ "guest": true, "cause": "cosmic-ray", "energy": 1 });
    let Ok(ServiceEvent::ShutDown(event)) = received("SHUT_DOWN", data) else {
        panic!("the event is known")
    };
    assert_eq!(event.cause.as_str(), "cosmic-ray");
}

#[test]
fn data_that_does_not_fit_is_an_error() {
    assert_eq!(
        received("SHUT_DOWN", serde_json::json!({ "guest": 1 })),
        Err("Invalid parameter type for 'data.guest', expected: boolean".to_owned())
    );
}

#[test]
fn the_table_tells_of_every_event() {
    let names: Vec<_> = EVENTS.iter().map(|row| row.name).collect();
    assert_eq!(names[..3], ["STOP", "SHUT_DOWN", "MOVED"]);
    assert_eq!(names.len(), 7);
    let unstable = EVENTS.iter().find(|row| row.features == ["unstable"]);
    assert_eq!(unstable.map(|row| row.name), Some("BALLOON_STATUS_REPORT"));
    assert_eq!(features::EVENTS[1].features, [""; 0]);
}
