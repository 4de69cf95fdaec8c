//! Conversations in which commands take as long as the test wants.

#![cfg(unix)]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Condvar, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use qapi_runtime::serde::ser::{Error as _, SerializeSeq};
use qapi_runtime::serde::{Serialize, Serializer};
use qapi_runtime::session::attended::{MAX_ABANDONED_ALIKE, MAX_WAITING};
use qapi_runtime::session::{Attendant, Commands, Connection};
use qapi_runtime::{Call, CommandInfo, Empty, Error, Outcome, Service, Value};

/// More than anything here takes, unless it hangs.
const PATIENCE: Duration = Duration::from_secs(60);

const COMMANDS: Commands = Commands {
    synchronizing: &["sync"],
    brief: &["ping"],
};

/// Holds up those who come to it, until it is told to let one through.
#[derive(Debug, Default)]
struct Gate {
    counts: Mutex<Counts>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Counts {
    come: usize,
    let_through: usize,
    gone: usize,
}

impl Gate {
    fn change(&self, change: impl FnOnce(&mut Counts)) {
        change(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_all();
    }

    fn until(&self, is_reached: impl Fn(&Counts) -> bool) {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .changed
            .wait_timeout_while(counts, PATIENCE, |counts| !is_reached(counts));
        let (counts, _) = waited.unwrap_or_else(PoisonError::into_inner);
        assert!(is_reached(&counts), "{counts:?}");
    }

    /// Comes to the gate, and goes on when its number is let through.
    fn pass(&self) {
        let mut number = 0;
        self.change(|counts| {
            counts.come += 1;
            number = counts.come;
        });
        self.until(|counts| counts.let_through >= number);
        self.change(|counts| counts.gone += 1);
    }

    fn until_come(&self, number: usize) {
        self.until(|counts| counts.come >= number);
    }

    fn let_through(&self, number: usize) {
        self.change(|counts| counts.let_through += number);
    }
}

/// A service all of whose clients share a gate, and a list of what was done.
#[derive(Clone, Debug, Default)]
struct Toll {
    gate: Arc<Gate>,
    done: Arc<Mutex<Vec<String>>>,
}

impl Service for Toll {
    fn commands(&self) -> &'static [CommandInfo] {
        &[]
    }

    fn call(&mut self, mut call: Call<'_>) -> Result<Outcome, Error> {
        let command = call.command().to_owned();
        let result = match command.as_str() {
            "wait" => {
                self.gate.pass();
                call.answer(|Empty {}| Ok("waited"))
            }
            "panic" => {
                self.gate.pass();
                panic!("as asked for")
            }
            "parcel" => call.succeed(&Parcel(&self.gate, true)),
            "broken parcel" => call.succeed(&Parcel(&self.gate, false)),
            "sync" => {
                call.delimit();
                call.answer(|Empty {}| Ok("synchronized"))
            }
            other => {
                let answer = other.to_owned();
                call.answer(|Empty {}| Ok(answer))
            }
        };
        self.done.lock().expect("no panic").push(command);
        result
    }
}

/// An answer that is long, has a gate in it, and may break off there.
struct Parcel<'a>(&'a Gate, bool);

impl Serialize for Parcel<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(None)?;
        for _ in 0..200 {
            seq.serialize_element(&"x".repeat(1000))?;
        }
        self.0.pass();
        match self.1 {
            true => seq.serialize_element("end")?,
            false => return Err(S::Error::custom("it is broken")),
        }
        seq.end()
    }
}

struct Client(BufReader<UnixStream>);

impl Client {
    fn of(attendant: &Attendant, toll: &Toll) -> Self {
        let (client, server) = UnixStream::pair().expect("a pair");
        client.set_read_timeout(Some(PATIENCE)).expect("a socket");
        attendant.serve(server, toll.clone(), |_| {});
        Self(BufReader::new(client))
    }

    fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.get_mut().write_all(bytes.as_ref()).expect("room");
    }

    fn execute(&mut self, commands: &[&str]) {
        let requests = commands
            .iter()
            .map(|command| format!("{{'execute': '{command}'}}"));
        self.send(requests.collect::<String>());
    }

    fn line(&mut self) -> Vec<u8> {
        let mut line = Vec::new();
        self.0.read_until(b'\n', &mut line).expect("a line");
        line
    }

    #[track_caller]
    fn expect(&mut self, answers: &[&str]) {
        for answer in answers {
            let line = self.line();
            let line = String::from_utf8_lossy(line.strip_prefix(b"\xFF").unwrap_or(&line));
            assert_eq!(line, format!("{{\"return\": \"{answer}\"}}\n"));
        }
    }

    #[track_caller]
    fn expect_error(&mut self, text: &str) {
        let line = self.line();
        let line = String::from_utf8_lossy(&line);
        assert!(line.contains("\"error\"") && line.contains(text), "{line}");
    }

    /// Sends nothing more, and expects nothing more either.
    fn leave(&mut self) {
        self.0.get_ref().shutdown(Shutdown::Write).expect("a peer");
        let mut rest = Vec::new();
        self.0.read_to_end(&mut rest).expect("an end");
        assert_eq!(String::from_utf8_lossy(&rest), "");
    }
}

fn setup() -> (Attendant, Toll) {
    let attendant = Attendant::new(COMMANDS).expect("a thread");
    (attendant, Toll::default())
}

#[test]
fn a_client_that_synchronizes_is_answered_while_its_command_runs() {
    let (attendant, toll) = setup();
    let mut client = Client::of(&attendant, &toll);
    client.execute(&["wait"]);
    toll.gate.until_come(1);
    client.execute(&["sync"]);
    client.expect(&["synchronized"]);
    client.execute(&["ping", "hello"]);
    client.expect(&["ping", "hello"]);
    // Again, for the stand-in can be stood in for.
    client.execute(&["wait"]);
    toll.gate.until_come(2);
    client.execute(&["sync"]);
    client.expect(&["synchronized"]);
    toll.gate.let_through(2);
    client.leave();
    assert!(attendant.wait(PATIENCE));
    let done = toll.done.lock().expect("no panic");
    assert_eq!(done.iter().filter(|command| *command == "wait").count(), 2);
}

#[test]
fn a_request_that_waits_is_answered_in_its_turn() {
    let (attendant, toll) = setup();
    let mut client = Client::of(&attendant, &toll);
    for round in 1..=3 {
        client.execute(&["wait"]);
        toll.gate.until_come(2 * round - 1);
        for command in ["a", "ping", "wait", "b"] {
            client.execute(&[command]);
        }
        toll.gate.let_through(1);
        client.expect(&["waited", "a", "ping"]);
        toll.gate.let_through(1);
        client.expect(&["waited", "b"]);
    }
    client.leave();
}

#[test]
fn who_synchronizes_in_the_same_message_has_not_given_up() {
    let (attendant, toll) = setup();
    let mut client = Client::of(&attendant, &toll);
    client.execute(&["wait", "sync", "a"]);
    toll.gate.until_come(1);
    client.execute(&["b"]);
    toll.gate.let_through(1);
    client.expect(&["waited", "synchronized", "a", "b"]);
    client.leave();
}

#[test]
fn what_was_abandoned_is_done_in_order_and_nobody_is_told() {
    let (attendant, toll) = setup();
    let mut client = Client::of(&attendant, &toll);
    client.execute(&["wait", "a"]);
    toll.gate.until_come(1);
    client.execute(&["b", "c"]);
    client.execute(&["sync"]);
    client.expect(&["synchronized"]);
    toll.gate.let_through(1);
    client.leave();
    assert!(attendant.wait(PATIENCE));
    let done = toll.done.lock().expect("no panic");
    assert_eq!(*done, ["sync", "wait", "a", "b", "c"]);
}

#[test]
fn the_byte_0xff_begins_anew_while_a_command_runs() {
    let (attendant, toll) = setup();
    let mut client = Client::of(&attendant, &toll);
    client.execute(&["wait"]);
    toll.gate.until_come(1);
    client.send(b"{'execute': 'half a req");
    client.send(b"\xFF{'execute': 'sync'}");
    client.expect_error("stray");
    assert_eq!(client.line(), b"\xFF{\"return\": \"synchronized\"}\n");
    toll.gate.let_through(1);
    client.leave();
}

#[test]
fn a_client_that_only_stops_sending_gets_its_replies() {
    let (attendant, toll) = setup();
    let mut client = Client::of(&attendant, &toll);
    client.execute(&["wait", "a"]);
    toll.gate.until_come(1);
    client.execute(&["b"]);
    client
        .0
        .get_ref()
        .shutdown(Shutdown::Write)
        .expect("a peer");
    toll.gate.let_through(1);
    client.expect(&["waited", "a", "b"]);
    assert_eq!(client.line(), b"");
}

#[test]
fn a_panic_is_one_reply_whoever_reads() {
    let (attendant, toll) = setup();
    let mut client = Client::of(&attendant, &toll);
    for round in 1..=2 {
        client.execute(&["panic"]);
        toll.gate.until_come(round);
        client.execute(&["a"]);
        toll.gate.let_through(1);
        client.expect_error("internal error: as asked for");
        client.expect(&["a"]);
    }
    client.execute(&["panic"]);
    toll.gate.until_come(3);
    client.execute(&["sync"]);
    client.expect(&["synchronized"]);
    toll.gate.let_through(1);
    client.leave();
    assert!(attendant.wait(PATIENCE));
}

#[test]
fn a_reply_that_has_begun_is_completed_before_the_next() {
    let (attendant, toll) = setup();
    let mut client = Client::of(&attendant, &toll);
    client.execute(&["parcel"]);
    toll.gate.until_come(1);
    client.execute(&["sync"]);
    client.0.fill_buf().expect("the beginning");
    toll.gate.let_through(1);
    let line = client.line();
    let reply: Value = serde_json::from_slice(&line).expect("a whole reply");
    assert_eq!(reply["return"][200], "end");
    client.expect(&["synchronized"]);
    client.leave();
}

#[test]
fn a_reply_that_breaks_off_ends_the_connection() {
    let (attendant, toll) = setup();
    let (client, server) = UnixStream::pair().expect("a pair");
    let (sender, outcome) = mpsc::channel();
    attendant.serve(server, toll.clone(), move |result| {
        sender.send(result).expect("the test waits");
    });
    let mut client = Client(BufReader::new(client));
    client.execute(&["broken parcel"]);
    toll.gate.until_come(1);
    toll.gate.let_through(1);
    let line = client.line();
    assert!(line.starts_with(b"{\"return\": [") && !line.ends_with(b"\n"));
    let error = outcome.recv_timeout(PATIENCE).expect("an outcome");
    let error = error.expect_err("a failure").to_string();
    assert!(error.contains("it is broken"), "{error}");
    assert!(attendant.wait(PATIENCE));
}

#[test]
fn requests_that_come_in_pieces_do_not_mix() {
    let (attendant, toll) = setup();
    let mut clients = [(); 2].map(|()| Client::of(&attendant, &toll));
    let request = b"{'execute': 'hello'}";
    for byte in request {
        for client in &mut clients {
            client.send([*byte]);
        }
    }
    for client in &mut clients {
        client.expect(&["hello"]);
        client.leave();
    }
}

#[test]
fn a_flood_waits_its_turn() {
    let (attendant, toll) = setup();
    let mut client = Client::of(&attendant, &toll);
    client.execute(&["wait"]);
    toll.gate.until_come(1);
    let mut other_end = client.0.get_ref().try_clone().expect("a descriptor");
    let count = 4 * MAX_WAITING;
    let flood = thread::spawn(move || {
        for number in 0..count {
            let request = format!("{{'execute': 'a{number}'}}");
            other_end.write_all(request.as_bytes()).expect("room");
        }
    });
    Client::of(&attendant, &toll).leave();
    toll.gate.let_through(1);
    client.expect(&["waited"]);
    for number in 0..count {
        client.expect(&[&format!("a{number}")]);
    }
    flood.join().expect("no panic");
    client.leave();
}

#[test]
fn many_clients_are_served_at_once() {
    let (attendant, toll) = setup();
    let mut clients: Vec<_> = (0..80).map(|_| Client::of(&attendant, &toll)).collect();
    for client in &mut clients {
        client.execute(&["wait"]);
    }
    toll.gate.until_come(80);
    for client in &mut clients {
        client.execute(&["sync"]);
    }
    for client in &mut clients {
        client.expect(&["synchronized"]);
    }
    assert!(!attendant.wait(Duration::ZERO));
    toll.gate.let_through(80);
    for client in &mut clients {
        client.leave();
    }
    assert!(attendant.wait(PATIENCE));
}

#[test]
fn a_command_that_hangs_again_and_again_is_refused() {
    let (attendant, toll) = setup();
    let mut client = Client::of(&attendant, &toll);
    for round in 1..=MAX_ABANDONED_ALIKE {
        client.execute(&["wait"]);
        toll.gate.until_come(round);
        client.execute(&["sync"]);
        client.expect(&["synchronized"]);
    }
    client.execute(&["wait", "a"]);
    client.expect_error("4 calls of wait have not ended yet");
    client.expect(&["a"]);
    toll.gate.let_through(MAX_ABANDONED_ALIKE);
    client.leave();
    assert!(attendant.wait(PATIENCE));
    let mut client = Client::of(&attendant, &toll);
    client.execute(&["wait"]);
    toll.gate.let_through(1);
    client.expect(&["waited"]);
}

#[test]
fn who_leaves_with_a_command_running_abandons_it() {
    let (attendant, toll) = setup();
    for round in 1..=MAX_ABANDONED_ALIKE {
        let (mut client, server) = UnixStream::pair().expect("a pair");
        let (sender, left) = mpsc::channel();
        let ended = move |_| sender.send(()).expect("the test waits");
        attendant.serve(server, toll.clone(), ended);
        client.write_all(b"{'execute': 'wait'}").expect("room");
        toll.gate.until_come(round);
        drop(client);
        left.recv_timeout(PATIENCE).expect("it is noticed");
    }
    // That a client has left is told a moment before its command counts.
    let mut client = Client::of(&attendant, &toll);
    toll.gate.let_through(MAX_ABANDONED_ALIKE);
    client.leave();
    assert!(attendant.wait(PATIENCE));
    assert_eq!(toll.done.lock().expect("no panic").len(), 4);
}

#[test]
fn what_nobody_listens_to_is_done_all_the_same() {
    let (attendant, toll) = setup();
    let (mut client, server) = UnixStream::pair().expect("a pair");
    client
        .write_all(&b"{'execute': 'a'}".repeat(100))
        .expect("room");
    drop(client);
    let (sender, outcome) = mpsc::channel();
    attendant.serve(server, toll.clone(), move |result| {
        sender.send(result).expect("the test waits");
    });
    assert!(outcome.recv_timeout(PATIENCE).expect("an end").is_err());
    assert_eq!(toll.done.lock().expect("no panic").len(), 100);
}

/// A connection that counts how often something is sent.
struct Counted(UnixStream, Arc<Mutex<Vec<usize>>>);

impl Connection for Counted {
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        Connection::read(&self.0, buffer)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.1.lock().expect("no panic").push(bytes.len());
        Connection::write(&self.0, bytes)
    }

    fn hang_up(&self) {
        self.0.hang_up();
    }
}

#[test]
fn brief_replies_go_together_and_wait_for_nothing_that_may_take_long() {
    let (attendant, toll) = setup();
    let (client, server) = UnixStream::pair().expect("a pair");
    client.set_read_timeout(Some(PATIENCE)).expect("a socket");
    let mut client = Client(BufReader::new(client));
    // All of it is there when the conversation begins, so it is read in one piece.
    client.execute(&["ping", "sync", "ping", "wait", "ping", "ping"]);
    let sent = Arc::default();
    let connection = Counted(server, Arc::clone(&sent));
    attendant.serve(connection, toll.clone(), |_| {});
    client.expect(&["ping", "synchronized", "ping"]);
    toll.gate.until_come(1);
    let (ping, sync, wait) = (19, 28, 21);
    assert_eq!(*sent.lock().expect("no panic"), [2 * ping + sync]);
    toll.gate.let_through(1);
    client.expect(&["waited", "ping", "ping"]);
    client.leave();
    let sent = sent.lock().expect("no panic");
    // Whoever had somebody stand in is in a hurry to retire, and holds nothing back.
    assert_eq!(sent[..2], [2 * ping + sync, wait]);
    assert_eq!(sent[2..].iter().sum::<usize>(), 2 * ping);
}

#[test]
fn what_is_held_back_has_a_limit() {
    let (attendant, toll) = setup();
    let (client, server) = UnixStream::pair().expect("a pair");
    client.set_read_timeout(Some(PATIENCE)).expect("a socket");
    let mut client = Client(BufReader::new(client));
    let pings = ["ping"; 800];
    client.execute(&pings);
    let sent = Arc::default();
    let connection = Counted(server, Arc::clone(&sent));
    attendant.serve(connection, toll.clone(), |_| {});
    client.expect(&pings);
    client.leave();
    let sent = sent.lock().expect("no panic");
    assert!(
        sent.len() < 10 && sent.iter().all(|&length| length <= 5000),
        "{sent:?}"
    );
}
