//! Daemons that find file systems frozen by a former agent.

use std::fs;
use std::path::Path;

use qapi_tests::{Setup, Wire, need};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};
use serde_json::json;

use crate::agents::Theirs;

/// The files that a daemon makes for itself.
const FILES: [&str; 3] = ["pid", "log", "qga.state"];

/// What there is of a daemon's files.
type There = [bool; FILES.len()];

/// Starts a daemon on an island, beside the agent that starts it, and tells which of its files are there before the
/// thaw, after it, and after the end of the daemon.
fn files(program: &Path) -> [There; 3] {
    let agent = Setup::new(program).on_island().start();
    let place = agent.island().join("tmp");
    fs::write(place.join("qga.state.isfrozen"), "").expect("a fresh file");
    let name = program.file_name().expect("a name");
    let daemon = Path::new("/bin").join(name);
    let status = agent.connect().run(json!({
        "path": daemon.to_str().expect("text"),
        "arg": [
            "-d", "-m", "unix-listen", "-p", "/tmp/socket", "-t", "/tmp", "-f", "/tmp/pid", "-l", "/tmp/log",
        ],
    }));
    assert_eq!(status["exitcode"], json!(0), "{status}");
    let there = || FILES.map(|name| place.join(name).exists());
    let before = there();
    let mut wire = Wire::connect(&place.join("socket")).expect("a daemon");
    let reply = wire.ask(r#"{"execute": "guest-fsfreeze-status"}"#);
    assert_eq!(reply, json!({"return": "frozen"}));
    assert_eq!(
        wire.ask(r#"{"execute": "guest-fsfreeze-thaw"}"#),
        json!({"return": 0})
    );
    let after = there();
    end(&place.join("pid"));
    [before, after, there()]
}

/// Ends the process that a pid file tells, and waits until it has ended.
fn end(file: &Path) {
    let text = fs::read_to_string(file).expect("a pid file");
    let number = text.strip_suffix('\n').expect("a whole line");
    let pid = Pid::from_raw(number.parse().expect("a number")).expect("a process");
    let process = pidfd_open(pid, PidfdFlags::empty()).expect("a process");
    kill_process(pid, Signal::TERM).expect("a process of ours");
    poll(&mut [PollFd::new(&process, PollFlags::IN)], None).expect("an end");
}

#[test]
fn a_daemon_writes_its_files_after_the_thaw() {
    let Some(theirs) = Theirs::find() else { return };
    let Some(()) = need::island() else { return };
    let (their, our) = theirs.both(files);
    let [before, after, end] = our;
    assert_eq!(before, [false, false, false]);
    assert_eq!(after, [true, true, false]);
    assert_eq!(end, [false, true, false]);
    assert_eq!(our, their);
}
