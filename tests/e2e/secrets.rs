//! Passwords are nowhere once they are set.

use std::fs::{self, File};
use std::os::unix::fs::{FileExt as _, PermissionsExt as _};
use std::os::unix::process::ExitStatusExt as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qapi_tests::{Agent, Setup, need};
use rustix::process::Signal;
use serde_json::json;
use tempfile::TempDir;

use crate::request;
use crate::sandbox::by_way_of;

/// A password that stands nowhere else in memory, the program's own least of all.
fn password(round: usize) -> Vec<u8> {
    let letters = b"abcdefghijklmnopqrstuvwxyz";
    let places = (0..40).map(|place| (place * 7 + round) % letters.len());
    places.map(|place| letters[place]).collect()
}

/// Where in the memory of the agent these bytes stand.
fn places(agent: &Agent, bytes: &[u8]) -> Vec<String> {
    let directory = format!("/proc/{}", agent.process());
    let maps = fs::read_to_string(format!("{directory}/maps")).expect("the agent is there");
    let memory = File::open(format!("{directory}/mem")).expect("root may look");
    let mut places = Vec::new();
    for map in maps.lines().filter(|map| map.contains(" rw")) {
        let (range, _) = map.split_once(' ').expect("a range");
        let (start, end) = range.split_once('-').expect("two ends");
        let number = |text| u64::from_str_radix(text, 16).expect("a number");
        let (start, end) = (number(start), number(end));
        let mut content = vec![0; usize::try_from(end - start).expect("it is in memory")];
        // What cannot be read was never written.
        let read = memory.read_at(&mut content, start).unwrap_or(0);
        let found = content[..read].windows(bytes.len());
        let count = found.filter(|window| *window == bytes).count();
        places.extend((count > 0).then(|| format!("{count} times in {map}")));
    }
    places
}

#[test]
fn a_password_is_nowhere_in_memory_once_it_is_set() {
    let Some(()) = need::root() else { return };
    let agent = Setup::new(need::our_agent(env!("CARGO_BIN_EXE_agent-under-test")))
        .env("PATH", "%")
        .file("chpasswd", "#!/bin/sh\nexec /bin/cat >>got\n")
        .start();
    let program = agent.home().join("chpasswd");
    fs::set_permissions(program, fs::Permissions::from_mode(0o755)).expect("a file of ours");
    let mut wire = agent.connect();
    let mut expected = Vec::new();
    for round in 0..3 {
        let password = password(round);
        let encoded = STANDARD.encode(&password);
        let arguments = json!({"username": "user", "password": encoded, "crypted": false});
        let reply = wire.ask(&request("guest-set-user-password", arguments));
        assert_eq!(reply, json!({"return": {}}));
        expected.extend([b"user:", password.as_slice(), b"\n"].concat());
        for bytes in [password.as_slice(), encoded.as_bytes()] {
            assert_eq!(places(&agent, bytes), [""; 0], "after {round}");
        }
    }
    let got = fs::read(agent.home().join("got")).expect("it was run");
    assert_eq!(got, expected);
    // What shows that the search finds something: a request that is not complete is there.
    wire.send([br#"{"execute": ""#, password(9).as_slice()].concat());
    wire.send("X");
    while places(&agent, &password(9)).is_empty() {
        std::thread::yield_now();
    }
}

#[test]
fn the_memory_of_an_agent_that_dies_is_not_kept() {
    let Some(()) = need::root() else { return };
    let dir = TempDir::with_prefix("qapi-test-").expect("a temporary directory");
    let program = by_way_of(dir.path(), "ulimit -c unlimited; exec");
    let agent = Setup::new(program).start();
    // One that a shell does not have its background programs ignore.
    let status = agent.end_by(Signal::ABORT);
    let expected = (Some(Signal::ABORT.as_raw()), false);
    assert_eq!((status.signal(), status.core_dumped()), expected);
}
