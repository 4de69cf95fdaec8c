//! Uploads of attended clients, which may hang and whose clients may leave.

#![cfg(unix)]

use std::io::{BufRead, BufReader, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use qapi_runtime::session::{Attendant, Commands};
use qapi_runtime::{
    Base64Upload, Call, CommandInfo, DecodeError, DecodeMembers, Delivery, Empty, Error, Object,
    Opening, Outcome, Service, Upload, UploadInfo,
};

/// More than anything here takes, unless it hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// What happens to an upload, and the test hears of.
#[derive(Debug, PartialEq)]
enum Event {
    Begun,
    Received,
    Dropped,
    Delivered(usize),
}

/// A service whose uploads go on when they are allowed to.
#[derive(Clone)]
struct Depot {
    events: Sender<Event>,
    /// One for each piece that may be received.
    permits: Arc<Mutex<Receiver<()>>>,
}

struct Load {
    depot: Depot,
    length: usize,
    delivered: bool,
}

impl Upload for Load {
    fn receive(&mut self, bytes: &[u8]) {
        let _ = self.depot.events.send(Event::Begun);
        let permits = self.depot.permits.lock().expect("no panic");
        permits.recv_timeout(PATIENCE).expect("a permit");
        self.length += bytes.len();
        let _ = self.depot.events.send(Event::Received);
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        if !self.delivered {
            let _ = self.depot.events.send(Event::Dropped);
        }
    }
}

struct LoadArgs<'a>(Base64Upload<'a>);

impl<'de> DecodeMembers<'de> for LoadArgs<'de> {
    fn decode_members(object: &mut Object<'_, 'de>) -> Result<Self, DecodeError> {
        object.required("data").map(Self)
    }
}

impl Service for Depot {
    fn commands(&self) -> &'static [CommandInfo] {
        &[]
    }

    fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error> {
        match call.command() {
            "load" => call.answer(|LoadArgs(data)| {
                let length = data.check()?;
                if let Delivery::Upload::<Load>(mut load) = data.delivery() {
                    load.delivered = true;
                    assert_eq!(load.length, length);
                    let _ = self.events.send(Event::Delivered(length));
                    return Ok(format!("uploaded {length}"));
                }
                Ok(format!("loaded {length}"))
            }),
            other => {
                if other == "hang" {
                    let permits = self.permits.lock().expect("no panic");
                    permits.recv_timeout(PATIENCE).expect("a permit");
                }
                let answer = other.to_owned();
                call.answer(|Empty {}| Ok(answer))
            }
        }
    }

    fn uploads(&self) -> &'static [UploadInfo] {
        const {
            &[UploadInfo {
                command: "load",
                member: "data",
            }]
        }
    }

    fn upload(&mut self, opening: &Opening<'_>) -> Option<Box<dyn Upload>> {
        let LoadArgs(_) = opening.arguments()?;
        Some(Box::new(Load {
            depot: self.clone(),
            length: 0,
            delivered: false,
        }))
    }
}

struct Test {
    client: BufReader<UnixStream>,
    events: Receiver<Event>,
    permits: Sender<()>,
    _attendant: Attendant,
}

impl Test {
    fn begin() -> Self {
        let commands = Commands {
            synchronizing: &["sync"],
            brief: &[],
        };
        let attendant = Attendant::new(commands).expect("a thread");
        let (events, heard) = mpsc::channel();
        let (permits, permitted) = mpsc::channel();
        let permitted = Arc::new(Mutex::new(permitted));
        let depot = Depot {
            events,
            permits: permitted,
        };
        let (client, server) = UnixStream::pair().expect("a pair");
        client.set_read_timeout(Some(PATIENCE)).expect("a socket");
        attendant.serve(server, depot, |_| {});
        Self {
            client: BufReader::new(client),
            events: heard,
            permits,
            _attendant: attendant,
        }
    }

    /// A client in the middle of an upload, which waits for a permit.
    fn uploading() -> Self {
        // On a busy machine somebody may stand in before there is an upload, and then there is none.
        loop {
            let test = Self::begin();
            test.send(&[BEGINNING, &data()].concat());
            if test.events.recv_timeout(Duration::from_secs(2)) == Ok(Event::Begun) {
                return test;
            }
        }
    }

    fn send(&self, text: &str) {
        self.client
            .get_ref()
            .write_all(text.as_bytes())
            .expect("room");
    }

    fn expect(&mut self, answer: &str) {
        let mut line = String::new();
        self.client.read_line(&mut line).expect("a reply");
        assert_eq!(line, format!("{{\"return\": \"{answer}\"}}\n"));
    }

    #[track_caller]
    fn hears(&self, expected: &[Event]) {
        for event in expected {
            assert_eq!(self.events.recv_timeout(PATIENCE).as_ref(), Ok(event));
        }
    }

    /// Lets pieces be received. More than are to come do no harm: the service may be gone by then.
    fn permit(&self, pieces: usize) {
        for _ in 0..pieces {
            let _ = self.permits.send(());
        }
    }
}

const BEGINNING: &str = "{'execute': 'load', 'arguments': {'data': '";
const END: &str = "'}}";

/// More than one piece, so that something is received before the end.
fn data() -> String {
    "YWJj".repeat(50_000)
}

#[test]
fn an_upload_is_delivered_to_its_command() {
    let mut test = Test::uploading();
    test.permit(100);
    test.send(&[&data(), END].concat());
    test.expect("uploaded 300000");
    test.send("{'execute': 'sync'}");
    test.expect("sync");
}

#[test]
fn what_follows_a_command_that_has_taken_long_is_uploaded_too() {
    let is_uploaded = || {
        let mut test = Test::begin();
        test.send("{'execute': 'hang'}");
        // More than the socket holds: somebody else reads by now.
        test.send(&" ".repeat(4 << 20));
        test.permit(100);
        test.expect("hang");
        test.send(&[BEGINNING, &data(), END].concat());
        let mut line = String::new();
        test.client.read_line(&mut line).expect("a reply");
        line.contains("uploaded 150000")
    };
    // On a busy machine the thread that was busy may still be at its end.
    assert!((0..20).any(|_| is_uploaded()));
}

#[test]
fn a_client_that_leaves_in_the_middle_has_its_upload_dropped() {
    let test = Test::uploading();
    test.permit(100);
    test.hears(&[Event::Received]);
    let socket = test.client.get_ref();
    socket.shutdown(Shutdown::Both).expect("a socket");
    let last = |event| (event == Event::Dropped).then_some(());
    let mut events = std::iter::from_fn(|| test.events.recv_timeout(PATIENCE).ok());
    assert_eq!(events.find_map(last), Some(()));
}

#[test]
fn a_client_is_heard_while_its_upload_hangs() {
    let mut test = Test::uploading();
    test.send(&[&data(), END].concat());
    test.send("{'execute': 'wait'}");
    test.send("\u{1}{'execute': 'sync'}");
    let mut line = String::new();
    test.client.read_line(&mut line).expect("a reply");
    assert!(line.contains("stray"), "{line}");
    test.expect("sync");
    // What was asked for is done all the same.
    test.permit(100);
    let delivered = test
        .events
        .iter()
        .find(|event| !matches!(event, Event::Begun | Event::Received));
    assert_eq!(delivered, Some(Event::Delivered(300_000)));
    test.send("{'execute': 'next'}");
    test.expect("next");
}

#[test]
fn an_upload_that_goes_on_late_is_ended_by_whoever_reads_then() {
    let mut test = Test::uploading();
    // Long enough that somebody stands in.
    test.send(&"YWJj".repeat(100_000));
    test.permit(100);
    test.hears(&[Event::Received]);
    test.send(&[&data(), END].concat());
    test.expect("uploaded 600000");
    test.send("{'execute': 'next'}");
    test.expect("next");
}

#[test]
fn an_upload_that_hangs_when_its_client_leaves_is_dropped_when_it_goes_on() {
    let test = Test::uploading();
    let socket = test.client.get_ref();
    socket.shutdown(Shutdown::Both).expect("a socket");
    test.permit(100);
    let mut events = std::iter::from_fn(|| test.events.recv_timeout(PATIENCE).ok());
    assert!(events.any(|event| event == Event::Dropped));
}

#[test]
fn a_mistake_in_the_end_drops_the_upload_before_it_is_told() {
    let mut test = Test::uploading();
    test.permit(100);
    test.send("', 'x': 1}}");
    let mut line = String::new();
    test.client.read_line(&mut line).expect("a reply");
    assert!(line.contains("Parameter 'x' is unexpected"), "{line}");
    let events: Vec<_> = test.events.try_iter().collect();
    assert_eq!(events.last(), Some(&Event::Dropped));
}
