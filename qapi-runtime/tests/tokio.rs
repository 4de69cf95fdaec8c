//! The clients for tokio: what differs from the blocking ones, and that the rest is there.

mod common;
#[path = "common/monitor.rs"]
mod monitor;

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream as StdStream;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use common::Guest;
use monitor::Monitor;
use qapi_runtime::client::tokio::{Agent, Pending, Qmp, Transport};
use qapi_runtime::client::{AsyncExecute, Notice, Options, OutOfBand};
use qapi_runtime::session::serve;
use qapi_runtime::{ClientError, Empty, RawEvent, Value};
use serde_json::json;
use tokio::net::UnixStream;

/// Long enough to be a mistake in the test.
const PATIENCE: Duration = Duration::from_secs(20);

fn tokio_stream(stream: StdStream) -> UnixStream {
    stream.set_nonblocking(true).unwrap();
    UnixStream::from_std(stream).unwrap()
}

async fn client(stream: StdStream) -> Qmp {
    let mut options = Options::new();
    let qmp = Qmp::new(tokio_stream(stream), options.timeout(PATIENCE)).await;
    qmp.expect("the monitor negotiates")
}

async fn run(qmp: &Qmp, command: &str) -> Result<Value, ClientError> {
    qmp.execute(command, &Empty {}).await
}

/// What the script comes to. Meanwhile the tasks go on, which have to end first.
async fn joined<T: Send + 'static>(script: JoinHandle<T>) -> T {
    let joined = tokio::task::spawn_blocking(|| script.join());
    joined.await.unwrap().expect("the script does not panic")
}

fn named(name: &'static str) -> impl Fn(&RawEvent) -> bool {
    move |event| event.name == name
}

#[tokio::test]
async fn answers_find_their_commands_in_any_order() {
    let (stream, script) = Monitor::run(|monitor| {
        let first = monitor.hear();
        let second = monitor.hear();
        let third = monitor.hear();
        assert_eq!(third["exec-oob"], "c");
        monitor.answer(&third, json!(3));
        monitor.answer(&second, json!(2));
        monitor.answer(&first, json!(1));
    });
    let mut qmp = client(stream).await;
    assert_eq!(qmp.greeting().unwrap().version.major, 10);
    let first: Pending<i64> = qmp.submit("a", &Empty {}).await.unwrap();
    let second: Pending<i64> = qmp.submit("b", &Empty {}).await.unwrap();
    let third = OutOfBand(&mut qmp).execute::<_, i64>("c", &Empty {}).await;
    assert_eq!(third.unwrap(), 3);
    assert_eq!(first.wait().await.unwrap(), 1);
    assert_eq!(second.wait().await.unwrap(), 2);
    joined(script).await;
}

#[tokio::test]
async fn several_tasks_share_a_connection() {
    let (stream, script) = Monitor::run(|monitor| {
        for _ in 0..100 {
            let request = monitor.hear();
            monitor.answer(&request, request["arguments"].clone());
        }
    });
    let qmp = client(stream).await;
    let tasks: Vec<_> = (0..100)
        .map(|task| {
            let qmp = qmp.clone();
            tokio::spawn(async move {
                let sent = json!({ "task": task });
                assert_eq!(qmp.execute::<_, Value>("echo", &sent).await.unwrap(), sent);
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    joined(script).await;
}

#[tokio::test]
async fn a_future_that_is_dropped_gives_its_command_up() {
    let (stream, script) = Monitor::run(|monitor| {
        let dropped = monitor.hear();
        let late = monitor.hear();
        let next = monitor.hear();
        for request in [dropped, late, next] {
            monitor.answer(&request, request["execute"].clone());
        }
    });
    let qmp = client(stream).await;
    let dropped = run(&qmp, "dropped");
    let hasty = tokio::time::timeout(Duration::from_millis(1), dropped);
    hasty.await.unwrap_err();
    let hasty = qmp.with_timeout(Duration::from_millis(1));
    let late = run(&hasty, "late").await;
    assert!(matches!(late, Err(ClientError::Timeout)));
    assert_eq!(run(&qmp, "next").await.unwrap(), "next");
    assert_eq!(qmp.unknown_messages(), 0);
    joined(script).await;
}

#[tokio::test]
async fn an_event_is_not_missed_wherever_it_stands() {
    let (stream, script) = Monitor::run(|monitor| {
        let request = monitor.hear();
        monitor.event("STOP", 1);
        monitor.answer(&request, json!({}));
        monitor.event("OTHER", 2);
        monitor.event("STOP", 3);
    });
    let qmp = client(stream).await;
    let mut stops = qmp.listen(named("STOP"));
    assert_eq!(stops.try_next().unwrap(), None);
    let before = qmp.mark();
    run(&qmp, "stop").await.unwrap();
    let event = qmp.wait_for(before, named("STOP")).await.unwrap();
    assert_eq!(event.data["number"], 1);
    for expected in [1, 3] {
        let Notice::Event(event, _) = stops.wait().await.unwrap() else {
            panic!("there are events");
        };
        assert_eq!(event.data["number"], expected);
    }
    joined(script).await;
    assert!(matches!(stops.wait().await, Err(ClientError::Closed)));
}

#[tokio::test]
async fn a_new_connection_takes_the_place_of_the_old_one() {
    let (first, script) = Monitor::run(|monitor| monitor.hear());
    let (second, next_script) = Monitor::run(|monitor| {
        let request = monitor.hear();
        monitor.answer(&request, json!("again"));
        monitor.try_hear()
    });
    let (silent, _far) = StdStream::pair().unwrap();
    let mut streams = vec![second, silent, first];
    let connect = move || {
        let stream = streams.pop().expect("there are three");
        async { Ok(tokio_stream(stream)) }
    };
    let mut options = Options::new();
    let qmp = Qmp::connect_with(connect, options.timeout(PATIENCE)).await;
    let qmp = qmp.unwrap();
    let mut listener = qmp.listen(|_| true);
    assert!(matches!(run(&qmp, "x").await, Err(ClientError::Closed)));

    let dropped = tokio::time::timeout(Duration::from_millis(1), qmp.reconnect());
    dropped.await.unwrap_err();
    assert!(matches!(run(&qmp, "x").await, Err(ClientError::Closed)));

    qmp.reconnect().await.unwrap();
    assert_eq!(run(&qmp, "x").await.unwrap(), "again");
    assert_eq!(listener.wait().await.unwrap(), Notice::Reconnected);
    joined(script).await;
    drop((qmp, listener));
    assert_eq!(joined(next_script).await, None);
}

#[tokio::test]
async fn last_words_are_heard() {
    for _ in 0..20 {
        let (stream, script) = Monitor::run(|monitor| monitor.event("SHUTDOWN", 0));
        let qmp = client(stream).await;
        let mut listener = qmp.listen_from(qmp.oldest(), |_| true);
        joined(script).await;
        // Whether this fails to be sent or to be answered, the event has come before.
        assert!(matches!(run(&qmp, "x").await, Err(ClientError::Closed)));
        assert!(matches!(listener.wait().await, Ok(Notice::Event(..))));
        assert!(matches!(listener.wait().await, Err(ClientError::Closed)));
    }
}

#[tokio::test]
async fn a_peer_that_does_not_greet_is_no_monitor() {
    let (stream, script) = Monitor::run_from_start(|monitor| {
        monitor.say_bytes(b"hello\n");
        monitor.try_hear()
    });
    let error = Qmp::new(tokio_stream(stream), &Options::new()).await;
    assert!(matches!(error, Err(ClientError::NoGreeting(_))));
    assert_eq!(joined(script).await, None);

    let (stream, _silent) = StdStream::pair().unwrap();
    let mut options = Options::new();
    options.timeout(Duration::from_millis(1));
    let error = Qmp::new(tokio_stream(stream), &options).await;
    assert!(matches!(error, Err(ClientError::Timeout)));
}

#[tokio::test]
async fn silent_commands_tell_failure_from_success() {
    let (stream, script) = Monitor::run(|monitor| {
        monitor.hear();
        let probe = monitor.hear();
        monitor.answer(&probe, json!({}));
        let refused = monitor.hear();
        monitor.hear();
        monitor.refuse(&refused, "GenericError", "no");
    });
    let qmp = client(stream).await;
    qmp.execute_silently("x", &Empty {}).await.unwrap();
    let refused = qmp.execute_silently("x", &Empty {}).await;
    assert_eq!(refused.unwrap_err().to_string(), "no");
    joined(script).await;
}

#[tokio::test]
async fn only_a_unix_socket_passes_file_descriptors() {
    let (near, far) = StdStream::pair().unwrap();
    let script = thread::spawn(move || {
        let mut monitor = Monitor::new(far.try_clone().unwrap());
        monitor.negotiate();
        let (request, fds) = monitor::receive_fds(&far);
        assert_eq!(request["execute"], "getfd");
        monitor.answer(&request, json!({}));
        let mut text = String::new();
        for fd in fds {
            File::from(fd).read_to_string(&mut text).unwrap();
        }
        text
    });
    let qmp = client(near).await;
    let (written, mut writer) = std::io::pipe().unwrap();
    writer.write_all(b"through a pipe").unwrap();
    drop(writer);
    let fds = [written.as_fd()];
    let passed = qmp.execute_with_fds("getfd", &Empty {}, &fds);
    let Empty {} = passed.await.unwrap();
    assert_eq!(joined(script).await, "through a pipe");

    let (near, script) = Monitor::run(|monitor| monitor.try_hear());
    let (reader, writer) = tokio::io::split(tokio_stream(near));
    let qmp = Qmp::new(Transport::new(reader, writer), &Options::new()).await;
    let qmp = qmp.unwrap();
    let refused = qmp.execute_with_fds::<_, Empty>("getfd", &Empty {}, &fds);
    assert!(matches!(refused.await, Err(ClientError::Io(_))));
    drop(qmp);
    assert_eq!(joined(script).await, None);
}

#[tokio::test]
async fn an_agent_is_resynchronized_after_a_command_was_given_up() {
    let (near, mut far) = StdStream::pair().unwrap();
    let mut agent = Agent::new(tokio_stream(near));
    agent.set_timeout(Duration::from_millis(1));
    let given_up = agent.execute::<_, Empty>("guest-ping", &Empty {}).await;
    assert!(matches!(given_up, Err(ClientError::Timeout)));
    let refused = agent.execute::<_, Empty>("guest-ping", &Empty {}).await;
    assert!(matches!(refused, Err(ClientError::OutOfStep)));

    thread::spawn(move || serve(&mut far, &mut Guest));
    agent.set_timeout(PATIENCE);
    agent.resynchronize().await.unwrap();
    let id: i64 = agent
        .execute("guest-sync", &json!({"id": 5}))
        .await
        .unwrap();
    assert_eq!(id, 5);
    agent
        .execute_silently("guest-shutdown", &Empty {})
        .await
        .unwrap();
    let wrong = json!({"mode": "x"});
    let refused = agent.execute_silently("guest-shutdown", &wrong);
    assert_eq!(refused.await.unwrap_err().to_string(), "mode is x");
    AsyncExecute::run(&mut agent, "guest-ping", &Empty {})
        .await
        .unwrap();
}
