//! The client of a monitor against one that follows a script.

#[path = "common/monitor.rs"]
mod monitor;

use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use monitor::Monitor;
use qapi_runtime::client::{Notice, Options, Pending, Qmp};
use qapi_runtime::{
    ClientError, DecodeError, Document, Empty, ErrorClass, FromEvent, RawEvent, Unknown, Value,
};
use serde_json::json;

/// Long enough to be a mistake in the test.
const PATIENCE: Duration = Duration::from_secs(20);

fn client(stream: UnixStream) -> Qmp {
    let mut options = Options::new();
    Qmp::new(stream, options.timeout(PATIENCE)).expect("the monitor negotiates")
}

fn run(qmp: &Qmp, command: &str) -> Result<Value, ClientError> {
    qmp.execute(command, &Empty {})
}

/// A filter for events by name.
fn named(name: &'static str) -> impl Fn(&RawEvent) -> bool {
    move |event| event.name == name
}

fn number(event: &RawEvent) -> u64 {
    event.data["number"].as_u64().expect("events have a number")
}

#[test]
fn a_client_negotiates_what_both_sides_know() {
    let (stream, script) = Monitor::run_from_start(|monitor| {
        monitor.say(json!({"QMP": {"version": {}, "capabilities": ["oob", "new"], "new": 1}}));
        let request = monitor.hear();
        monitor.answer(&request, json!({}));
        request["arguments"].clone()
    });
    client(stream);
    assert_eq!(script.join().unwrap(), json!({"enable": ["oob"]}));

    let (stream, script) = Monitor::run_from_start(|monitor| {
        monitor.say(json!({"QMP": {"capabilities": []}}));
        let request = monitor.hear();
        monitor.answer(&request, json!({}));
        (request.get("arguments").cloned(), monitor.try_hear())
    });
    let qmp = client(stream);
    let refused = qmp.execute_oob::<_, Value>("yank", &Empty {});
    assert!(matches!(refused, Err(ClientError::NoOutOfBand)));
    drop(qmp);
    assert_eq!(script.join().unwrap(), (None, None));
}

#[test]
fn the_greeting_tells_the_release() {
    let (stream, script) = Monitor::run(|monitor| monitor.try_hear());
    let qmp = client(stream);
    let greeting = qmp.greeting().unwrap();
    assert_eq!(greeting.version.to_string(), "10.0.2");
    assert_eq!(greeting.package, "test");
    drop(qmp);
    assert_eq!(script.join().unwrap(), None);
}

#[test]
fn a_peer_that_does_not_greet_is_no_monitor() {
    for (first, said) in [
        ("QEMU 10.0.2 monitor\r\n", "the reply is not JSON"),
        ("{\"return\": {}}\n", "a response"),
        ("{\"event\": \"STOP\"}\n", "event STOP"),
    ] {
        let (stream, script) = Monitor::run_from_start(move |monitor| {
            monitor.say_bytes(first.as_bytes());
            monitor.try_hear()
        });
        let error = Qmp::new(stream, &Options::new()).unwrap_err();
        let ClientError::NoGreeting(excerpt) = error else {
            panic!("{first}: {error}");
        };
        assert!(excerpt.contains(said), "{excerpt}");
        assert_eq!(script.join().unwrap(), None);
    }
}

#[test]
fn a_peer_that_says_nothing_is_given_up() {
    let (stream, _silent) = UnixStream::pair().unwrap();
    let mut options = Options::new();
    let error = Qmp::new(stream, options.timeout(Duration::from_millis(1))).unwrap_err();
    assert!(matches!(error, ClientError::Timeout), "{error}");

    let (stream, far) = UnixStream::pair().unwrap();
    drop(far);
    let error = Qmp::new(stream, &Options::new()).unwrap_err();
    assert!(matches!(error, ClientError::Closed), "{error}");
}

#[test]
fn a_refused_negotiation_is_told_as_it_came() {
    let (stream, _script) = Monitor::run_from_start(|monitor| {
        monitor.say(json!({"QMP": {}}));
        let request = monitor.hear();
        monitor.refuse(&request, "GenericError", "not today");
        monitor.try_hear()
    });
    let error = Qmp::new(stream, &Options::new()).unwrap_err();
    assert!(matches!(error, ClientError::Command(_)), "{error}");
    assert_eq!(error.to_string(), "not today");
}

#[test]
fn answers_find_their_commands_in_any_order() {
    let (stream, script) = Monitor::run(|monitor| {
        let first = monitor.hear();
        let second = monitor.hear();
        let third = monitor.hear();
        assert_eq!(third["exec-oob"], "c");
        monitor.answer(&third, json!(3));
        monitor.answer(&first, json!(1));
        monitor.answer(&second, json!(2));
    });
    let qmp = client(stream);
    let first: Pending<i64> = qmp.submit("a", &Empty {}).unwrap();
    let second: Pending<i64> = qmp.submit("b", &Empty {}).unwrap();
    assert_eq!(qmp.execute_oob::<_, i64>("c", &Empty {}).unwrap(), 3);
    assert_eq!(second.wait().unwrap(), 2);
    assert_eq!(first.wait().unwrap(), 1);
    script.join().unwrap();
}

#[test]
fn several_threads_share_a_connection() {
    let (stream, script) = Monitor::run(|monitor| {
        for _ in 0..100 {
            let request = monitor.hear();
            monitor.answer(&request, request["arguments"].clone());
        }
    });
    let qmp = client(stream);
    thread::scope(|scope| {
        for thread in 0..10 {
            let qmp = qmp.clone();
            scope.spawn(move || {
                for turn in 0..10 {
                    let sent = json!({"thread": thread, "turn": turn});
                    assert_eq!(qmp.execute::<_, Value>("echo", &sent).unwrap(), sent);
                }
            });
        }
    });
    script.join().unwrap();
}

#[test]
fn no_more_commands_are_under_way_than_leave_room_out_of_band() {
    let (stream, script) = Monitor::run(|monitor| {
        let first: Vec<_> = (0..8).map(|_| monitor.hear()).collect();
        // The ninth waits for an answer to one of them; this does not.
        let urgent = monitor.hear();
        assert_eq!(urgent["exec-oob"], "urgent");
        monitor.answer(&urgent, json!({}));
        monitor.answer(&first[0], json!(0));
        let ninth = monitor.hear();
        assert_eq!(ninth["execute"], "ninth");
        monitor.answer(&ninth, json!(9));
    });
    let qmp = client(stream);
    let _pending: Vec<Pending<Value>> = (0..8)
        .map(|_| qmp.submit("a", &Empty {}).unwrap())
        .collect();
    let full = qmp.with_timeout(Duration::ZERO);
    let refused = full.submit::<_, Value>("early", &Empty {});
    assert!(matches!(refused, Err(ClientError::Timeout)));
    let urgent = qmp.clone();
    thread::scope(|scope| {
        scope.spawn(|| assert_eq!(run(&qmp, "ninth").unwrap(), 9));
        let Empty {} = urgent.execute_oob("urgent", &Empty {}).unwrap();
    });
    script.join().unwrap();
}

#[test]
fn a_reply_that_comes_too_late_is_thrown_away() {
    let (stream, script) = Monitor::run(|monitor| {
        let late = monitor.hear();
        let next = monitor.hear();
        monitor.answer(&late, json!("late"));
        monitor.answer(&next, json!("next"));
    });
    let qmp = client(stream);
    let hasty = qmp.with_timeout(Duration::from_millis(1));
    assert!(matches!(run(&hasty, "slow"), Err(ClientError::Timeout)));
    assert_eq!(run(&qmp, "next").unwrap(), "next");
    assert_eq!(qmp.unknown_messages(), 0);
    script.join().unwrap();
}

#[test]
fn a_command_that_is_dropped_is_given_up() {
    let (stream, script) = Monitor::run(|monitor| {
        let dropped = monitor.hear();
        let next = monitor.hear();
        monitor.refuse(&dropped, "GenericError", "nobody cares");
        monitor.answer(&next, json!("next"));
    });
    let qmp = client(stream);
    drop(qmp.submit::<_, Value>("dropped", &Empty {}).unwrap());
    assert_eq!(run(&qmp, "next").unwrap(), "next");
    script.join().unwrap();
}

#[test]
fn errors_come_with_their_class_known_or_not() {
    let (stream, script) = Monitor::run(|monitor| {
        for class in ["DeviceNotFound", "Surprise"] {
            let request = monitor.hear();
            monitor.refuse(&request, class, "desc");
        }
    });
    let qmp = client(stream);
    for class in ["DeviceNotFound", "Surprise"] {
        let Err(ClientError::Command(error)) = run(&qmp, "fail") else {
            panic!("the command fails");
        };
        assert_eq!(error.class, ErrorClass::from(class));
        assert_eq!(error.class.as_str(), class);
    }
    script.join().unwrap();
}

#[test]
fn an_answer_of_another_type_names_command_and_place() {
    let (stream, script) = Monitor::run(|monitor| {
        for _ in 0..2 {
            let request = monitor.hear();
            monitor.answer(&request, json!(["text", 1]));
        }
    });
    let qmp = client(stream);
    let error = qmp.execute::<_, Vec<String>>("query-x", &Empty {});
    assert_eq!(
        error.unwrap_err().to_string(),
        "query-x: return[1]: expected string, got number"
    );
    assert_eq!(run(&qmp, "query-x").unwrap(), json!(["text", 1]));
    script.join().unwrap();
}

#[test]
fn what_is_not_understood_costs_nothing_else() {
    let (stream, script) = Monitor::run(|monitor| {
        let request = monitor.hear();
        monitor.say_bytes(b"garbage\n\r\n{\"half\n[]\n{\"news\": 1}\n");
        monitor.say(json!({"return": 1, "id": "not ours"}));
        monitor.say(json!({"return": 1, "id": 1_000_000}));
        monitor.say(json!({"return": 1}));
        monitor.say(json!({"event": 5}));
        monitor.say(json!({"event": "NEW", "new": {}, "timestamp": {"seconds": 1, "microseconds": 2, "era": 3}}));
        monitor.say(json!({"return": "fine", "id": request["id"], "new": 1}));
    });
    let qmp = client(stream);
    let before = qmp.mark();
    assert_eq!(run(&qmp, "x").unwrap(), "fine");
    let event = qmp.wait_for(before, |_| true).unwrap();
    assert_eq!(event.name, "NEW");
    assert_eq!(event.timestamp.microseconds, 2);
    assert_eq!(qmp.unknown_messages(), 8);
    script.join().unwrap();
}

#[test]
fn a_request_that_nobody_reads_is_not_sent() {
    let (stream, script) = Monitor::run(|monitor| {
        let request = monitor.hear();
        monitor.answer(&request, request["execute"].clone());
    });
    let qmp = client(stream);
    let mut deep = json!(0);
    for _ in 0..qapi_runtime::MAX_NESTING {
        deep = json!([deep]);
    }
    let refused = qmp.execute::<_, Value>("x", &json!({ "deep": deep }));
    assert_eq!(
        refused.unwrap_err().to_string(),
        "the arguments cannot be sent: JSON nesting depth limit exceeded"
    );
    assert_eq!(run(&qmp, "next").unwrap(), "next");
    script.join().unwrap();
}

#[test]
fn an_error_without_id_is_about_the_oldest_command() {
    let (stream, script) = Monitor::run(|monitor| {
        let _unreadable = monitor.hear();
        let second = monitor.hear();
        monitor.say(json!({"error": {"class": "GenericError", "desc": "too large"}}));
        monitor.answer(&second, json!(2));
    });
    let qmp = client(stream);
    let first: Pending<Value> = qmp.submit("a", &Empty {}).unwrap();
    let second: Pending<Value> = qmp.submit("b", &Empty {}).unwrap();
    assert_eq!(second.wait().unwrap(), 2);
    assert_eq!(first.wait().unwrap_err().to_string(), "too large");
    script.join().unwrap();
}

#[test]
fn an_event_is_not_missed_wherever_it_stands() {
    let (stream, script) = Monitor::run(|monitor| {
        for number in 0..2 {
            let request = monitor.hear();
            if number == 0 {
                monitor.event("STOP", number);
            }
            monitor.answer(&request, json!({}));
            if number == 1 {
                monitor.event("STOP", number);
            }
        }
    });
    let qmp = client(stream);
    for expected in 0..2 {
        let before = qmp.mark();
        run(&qmp, "stop").unwrap();
        let event = qmp.wait_for(before, named("STOP")).unwrap();
        assert_eq!(number(&event), expected);
    }
    script.join().unwrap();
}

#[test]
fn listeners_get_what_they_asked_for() {
    let (stream, script) = Monitor::run(|monitor| {
        let request = monitor.hear();
        for number in 0..4 {
            monitor.event(["A", "B"][number % 2], number);
        }
        monitor.answer(&request, json!({}));
    });
    let qmp = client(stream);
    let start = qmp.mark();
    let mut a = qmp.listen(named("A"));
    let mut b = qmp.listen(named("B"));
    assert_eq!(a.try_next().unwrap(), None);
    run(&qmp, "x").unwrap();
    for (listener, numbers) in [(&mut a, [0, 2]), (&mut b, [1, 3])] {
        for expected in numbers {
            let Notice::Event(event, timestamp) = listener.wait().unwrap() else {
                panic!("there are events");
            };
            assert_eq!(number(&event), expected);
            assert_eq!(timestamp, event.timestamp);
        }
        assert_eq!(listener.try_next().unwrap(), None);
    }
    let mut since = qmp.listen_from(start, |_| true);
    assert!(matches!(since.wait(), Ok(Notice::Event(..))));
    script.join().unwrap();
}

#[test]
fn events_beyond_the_history_are_counted() {
    let (stream, script) = Monitor::run(|monitor| {
        let request = monitor.hear();
        for number in 0..5 {
            monitor.event("A", number);
        }
        monitor.answer(&request, json!({}));
    });
    let mut options = Options::new();
    let qmp = Qmp::new(stream, options.history(2).timeout(PATIENCE)).unwrap();
    let before = qmp.mark();
    let mut listener = qmp.listen(|_| true);
    run(&qmp, "x").unwrap();
    assert_eq!(listener.wait().unwrap(), Notice::Missed(3));
    let event = qmp.wait_for(before, named("A")).unwrap();
    assert_eq!(number(&event), 3);
    let lost = qmp.wait_for(before, named("B"));
    assert!(matches!(lost, Err(ClientError::EventsLost)));
    script.join().unwrap();
}

#[test]
fn a_peer_that_does_not_read_is_given_up() {
    let (stream, far) = UnixStream::pair().unwrap();
    let negotiated = thread::spawn(move || {
        let mut monitor = Monitor::new(far);
        monitor.negotiate();
        monitor
    });
    let qmp = client(stream);
    let _deaf = negotiated.join().unwrap();
    let mut listener = qmp.listen(|_| true);
    let hasty = qmp.with_timeout(Duration::from_millis(1));
    let large = json!({ "text": "x".repeat(16 << 20) });
    let refused = hasty.execute::<_, Value>("x", &large);
    assert!(matches!(refused, Err(ClientError::Timeout)), "{refused:?}");
    // Half a request is under way, so there is no use in another one.
    assert!(matches!(run(&qmp, "x"), Err(ClientError::Closed)));
    assert!(matches!(listener.wait(), Err(ClientError::Closed)));
}

#[test]
fn a_connection_can_be_closed_while_somebody_writes_to_it() {
    let (stream, far) = UnixStream::pair().unwrap();
    let negotiated = thread::spawn(move || {
        let mut monitor = Monitor::new(far);
        monitor.negotiate();
        monitor
    });
    let qmp = client(stream).with_timeout(None);
    let mut monitor = negotiated.join().unwrap();
    let writer = qmp.clone();
    let writing = thread::spawn(move || {
        let large = json!({ "text": "x".repeat(16 << 20) });
        writer.execute::<_, Value>("x", &large)
    });
    // Once a byte has come, somebody is in the midst of it.
    monitor.hear_byte();
    qmp.close();
    assert!(matches!(writing.join().unwrap(), Err(ClientError::Closed)));
}

#[test]
fn an_event_that_is_not_as_expected_costs_nothing_else() {
    #[derive(Debug, PartialEq)]
    struct Numbered(u64);

    impl FromEvent for Numbered {
        fn from_event(event: &RawEvent) -> Result<Self, DecodeError> {
            let data = Document::from(event.data.clone());
            let mut data = data.input("data", Unknown::Ignore).object()?;
            data.required("number").map(Numbered)
        }
    }

    let (stream, script) = Monitor::run(|monitor| {
        let request = monitor.hear();
        monitor.say(json!({"event": "A", "data": {"number": "one"}}));
        monitor.event("A", 2);
        monitor.answer(&request, json!({}));
    });
    let qmp = client(stream);
    let mut listener = qmp.listen(|_| true).typed::<Numbered>();
    run(&qmp, "x").unwrap();
    let error = listener.wait().unwrap_err().to_string();
    assert_eq!(error, "A: data.number: expected uint64, got string");
    assert!(matches!(listener.wait(), Ok(Notice::Event(Numbered(2), _))));
    script.join().unwrap();
}

#[test]
fn last_words_are_heard() {
    for _ in 0..20 {
        let (stream, script) = Monitor::run(|monitor| monitor.event("SHUTDOWN", 0));
        let qmp = client(stream);
        let mut listener = qmp.listen_from(qmp.oldest(), |_| true);
        script.join().unwrap();
        // Whether this fails to be sent or to be answered, the event has come before.
        assert!(matches!(run(&qmp, "x"), Err(ClientError::Closed)));
        assert!(matches!(listener.wait(), Ok(Notice::Event(..))));
        assert!(matches!(listener.wait(), Err(ClientError::Closed)));
    }
}

#[test]
fn commands_under_way_fail_with_their_connection() {
    let (stream, script) = Monitor::run(|monitor| {
        monitor.hear();
        monitor.hear();
        monitor.event("SHUTDOWN", 0);
    });
    let qmp = client(stream);
    let mut listener = qmp.listen(|_| true);
    let pending: Pending<Value> = qmp.submit("a", &Empty {}).unwrap();
    assert!(matches!(run(&qmp, "b"), Err(ClientError::Closed)));
    assert!(matches!(pending.wait(), Err(ClientError::Closed)));
    // What came before is still there.
    assert!(matches!(listener.wait(), Ok(Notice::Event(..))));
    assert!(matches!(listener.wait(), Err(ClientError::Closed)));
    assert!(matches!(run(&qmp, "c"), Err(ClientError::Closed)));
    assert!(matches!(qmp.greeting(), Err(ClientError::Closed)));
    assert!(matches!(qmp.reconnect(), Err(ClientError::Io(_))));
    script.join().unwrap();
}

#[test]
fn a_new_connection_takes_the_place_of_the_old_one() {
    let (first, script) = Monitor::run(|monitor| {
        let never_answered = monitor.hear();
        monitor.event("A", 0);
        never_answered
    });
    let (second, next_script) = Monitor::run(|monitor| {
        let request = monitor.hear();
        monitor.event("A", 1);
        monitor.answer(&request, json!("again"));
        request
    });
    let mut streams = vec![second, first];
    let mut options = Options::new();
    let connect = move || Ok(streams.pop().expect("there are two"));
    let qmp = Qmp::connect_with(connect, options.timeout(PATIENCE)).unwrap();
    let start = qmp.mark();
    let mut listener = qmp.listen(named("A"));
    assert!(matches!(run(&qmp, "x"), Err(ClientError::Closed)));

    qmp.reconnect().unwrap();
    // This one is as good as another.
    qmp.reconnect().unwrap();
    assert_eq!(run(&qmp, "x").unwrap(), "again");
    assert!(matches!(listener.wait(), Ok(Notice::Event(..))));
    assert_eq!(listener.wait().unwrap(), Notice::Reconnected);
    assert!(matches!(listener.wait(), Ok(Notice::Event(..))));
    let lost = qmp.wait_for(start, named("B"));
    assert!(matches!(lost, Err(ClientError::EventsLost)));

    let (before, after) = (script.join().unwrap(), next_script.join().unwrap());
    assert_ne!(before["id"], after["id"]);
}

#[test]
fn silent_commands_tell_failure_from_success() {
    let (stream, script) = Monitor::run(|monitor| {
        monitor.hear();
        let probe = monitor.hear();
        monitor.answer(&probe, json!({}));
        let refused = monitor.hear();
        let probe = monitor.hear();
        monitor.refuse(&refused, "GenericError", "no");
        monitor.refuse(&probe, "CommandNotFound", "what?");
        monitor.hear();
    });
    let qmp = client(stream);
    qmp.execute_silently("x", &Empty {}).unwrap();
    let refused = qmp.execute_silently("x", &Empty {});
    assert_eq!(refused.unwrap_err().to_string(), "no");
    qmp.execute_silently("power-off", &Empty {}).unwrap();
    script.join().unwrap();
}

#[test]
fn a_server_is_asked_once_what_it_can_do() {
    let (stream, script) = Monitor::run(|monitor| {
        let request = monitor.hear();
        assert_eq!(request["execute"], "query-qmp-schema");
        let stop =
            json!({"name": "stop", "meta-type": "command", "arg-type": "0", "ret-type": "0"});
        monitor.answer(
            &request,
            json!([stop, {"name": "0", "meta-type": "object", "members": []}]),
        );
        monitor.try_hear()
    });
    let qmp = client(stream);
    assert!(qmp.supports("stop").unwrap());
    assert!(!qmp.supports("stop.arguments.gently").unwrap());
    assert_eq!(qmp.introspect().unwrap().commands().count(), 1);
    drop(qmp);
    assert_eq!(script.join().unwrap(), None);
}

#[test]
fn a_monitor_may_be_pretty() {
    let (stream, script) = Monitor::run(|monitor| {
        let request = monitor.hear();
        let id = &request["id"];
        let pretty = format!(
            "{{\r\n    \"return\": {{\r\n        \"a\": 1\r\n    }},\r\n    \"id\": {id}\r\n}}\r\n"
        );
        monitor.say_bytes(pretty.as_bytes());
    });
    assert_eq!(run(&client(stream), "x").unwrap(), json!({"a": 1}));
    script.join().unwrap();
}
