//! Conversations with the agent, byte for byte, without an operating system in between.

use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use qga_server::channel::Connection;
use qga_server::channel::memory::Memory;
use qga_server::{Agent, Channel, ChannelSettings, Gate, Root, Settings, run};
use tempfile::TempDir;

/// An agent with a state directory of its own.
struct Guest {
    gate: Gate,
    dir: TempDir,
}

impl Guest {
    /// An agent that sees the tree `tests/roots/NAME` as its machine.
    fn on(root: &str) -> Self {
        Self::with(root, |_| {})
    }

    /// The same, with settings of its own.
    fn with(root: &str, change: impl FnOnce(&mut Settings)) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/roots")
            .join(root);
        let mut settings = Settings {
            channel: ChannelSettings::UnixListen("unused".into()),
            more_channels: Vec::new(),
            state_dir: dir.path().into(),
            verbose: false,
            fsfreeze_hook: None,
            hook_timeout: None,
            freeze_timeout: None,
            guard: None,
            allow: Vec::new(),
            block: Vec::new(),
            policy_dir: None,
            audit: None,
            retry_path: false,
            root: Root::new(root),
            os_release: None,
            time_zone: None,
        };
        change(&mut settings);
        let agent = Agent::start(&settings).expect("a fresh state");
        Self {
            gate: Gate::new(agent),
            dir,
        }
    }

    /// A file name that only this agent uses.
    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// What each of these clients is answered, who come one after the other.
    fn clients<const N: usize>(&mut self, clients: [&[u8]; N]) -> Vec<Vec<u8>> {
        let (channel, answers) = Memory::new(clients);
        run(vec![Box::new(channel)], &self.gate).expect("memory cannot fail");
        answers.get()
    }

    /// The whole answer to one request.
    fn ask(&mut self, request: &str) -> String {
        let answers = self.clients([request.as_bytes()]).concat();
        String::from_utf8(answers).expect("replies are ASCII")
    }

    /// The answer to a command with arguments, given as JSON.
    fn call(&mut self, command: &str, arguments: &str) -> String {
        self.ask(&format!(
            r#"{{"execute": "{command}", "arguments": {arguments}}}"#
        ))
    }

    /// Opens a file, which must work.
    fn open(&mut self, path: &Path, mode: &str) -> String {
        let path = path.display();
        let reply = self.call(
            "guest-file-open",
            &format!(r#"{{"path": "{path}", "mode": "{mode}"}}"#),
        );
        let handle = reply
            .strip_prefix(r#"{"return": "#)
            .and_then(|r| r.strip_suffix("}\n"));
        handle
            .unwrap_or_else(|| panic!("opening {path}: {reply}"))
            .to_owned()
    }

    /// Starts a program, and returns its status once it has ended.
    fn exec(&mut self, arguments: &str) -> String {
        let reply = self.call("guest-exec", arguments);
        let pid = reply
            .strip_prefix(r#"{"return": "#)
            .unwrap_or_else(|| panic!("{reply}"));
        let pid = pid.strip_suffix("}\n").expect("an object in an object");
        loop {
            let status = self.call("guest-exec-status", pid);
            if !status.contains(r#""exited": false"#) {
                return status;
            }
            std::thread::yield_now();
        }
    }
}

fn returns(value: &str) -> String {
    format!("{{\"return\": {value}}}\n")
}

fn fails(desc: &str) -> String {
    format!("{{\"error\": {{\"class\": \"GenericError\", \"desc\": \"{desc}\"}}}}\n")
}

/// A channel whose device is gone.
struct Lost;

impl Channel for Lost {
    fn next_client(&mut self) -> io::Result<Option<Box<dyn Connection>>> {
        Err(io::ErrorKind::NotFound.into())
    }
}

#[test]
fn a_channel_that_is_lost_leaves_the_others() {
    let guest = Guest::on("empty");
    let (channel, answers) = Memory::new(["{'execute': 'guest-ping'}"]);
    run(vec![Box::new(Lost), Box::new(channel)], &guest.gate).expect("a channel");
    assert_eq!(answers.get(), [returns("{}").into_bytes()]);
}

#[test]
fn sync_answers_with_the_number_asked() {
    let mut guest = Guest::on("empty");
    let id = "9223372036854775807";
    assert_eq!(
        guest.call("guest-sync", &format!(r#"{{"id": {id}}}"#)),
        returns(id)
    );
    assert_eq!(
        guest.call("guest-sync", r#"{"id": "1"}"#),
        fails("Invalid parameter type for 'id', expected: integer")
    );
    assert_eq!(
        guest.call("guest-sync", "{}"),
        fails("Parameter 'id' is missing")
    );
}

#[test]
fn delimited_sync_puts_its_byte_before_success_only() {
    let mut guest = Guest::on("empty");
    let request = b"{\"execute\":\"guest-sync-delimited\",\"arguments\":{\"id\":7}}";
    assert_eq!(guest.clients([request]).concat(), b"\xFF{\"return\": 7}\n");
    let request = b"{\"execute\":\"guest-sync-delimited\"}";
    assert_eq!(
        guest.clients([request]).concat(),
        fails("Parameter 'id' is missing").as_bytes()
    );
}

#[test]
fn ping_answers_with_nothing() {
    let mut guest = Guest::on("empty");
    assert_eq!(
        guest.ask(r#"{"execute": "guest-ping"}"#),
        "{\"return\": {}}\n"
    );
    assert_eq!(
        guest.ask(r#"{"execute": "guest-ping", "id": null}"#),
        "{\"return\": {}, \"id\": null}\n"
    );
    assert_eq!(
        guest.call("guest-ping", r#"{"foo": 42}"#),
        fails("Parameter 'foo' is unexpected")
    );
}

#[test]
fn a_client_never_completes_the_request_of_another() {
    let mut guest = Guest::on("empty");
    let answers = guest.clients([
        b"{\"execute\": \"guest-",
        b"ping\"}",
        b"{'execute': 'guest-ping'}",
    ]);
    assert_eq!(answers[0], b"");
    assert!(answers[1].starts_with(b"{\"error\""));
    assert_eq!(answers[2], b"{\"return\": {}}\n");
}

#[test]
fn every_command_is_listed_the_last_first() {
    let mut guest = Guest::on("empty");
    let info = guest.ask(r#"{"execute": "guest-info"}"#);
    let first = r#"{"return": {"version": "10.2.2", "supported_commands": [{"name": "guest-network-get-route", "enabled": true, "success-response": true}, "#;
    assert!(info.starts_with(first), "{info}");
    assert!(
        info.contains(r#"{"name": "guest-shutdown", "enabled": true, "success-response": false}"#)
    );
    assert_eq!(info.matches(r#""name""#).count(), 43);
    assert_eq!(info.matches(r#""enabled": true"#).count(), 43);
}

#[test]
fn every_listed_command_is_answered_as_its_flag_says() {
    let mut guest = Guest::on("empty");
    let info = guest.ask(r#"{"execute": "guest-info"}"#);
    let listed: Vec<(String, bool)> = info
        .split(r#"{"name": ""#)
        .skip(1)
        .map(|entry| {
            let (name, rest) = entry.split_once('"').expect("a name");
            (name.to_owned(), rest.starts_with(r#", "enabled": true"#))
        })
        .collect();
    for (name, enabled) in listed {
        // A member that no command has: who runs refuses it or misses another.
        let reply = guest.call(&name, r#"{"no-such-member": 1}"#);
        let refused = reply.contains("CommandNotFound");
        assert_eq!(refused, !enabled, "{name}: {reply}");
        assert!(reply.contains("error"), "{name}: {reply}");
    }
}

/// Seen in a tree of files, whose programs do nothing, so that nothing happens to the machine.
#[test]
fn w13_a_shutdown_is_silent_where_it_succeeds_and_only_there() {
    let mut guest = Guest::with("empty", |settings| {
        let sbin = settings.state_dir.join("sbin");
        fs::create_dir(&sbin).expect("a fresh directory");
        symlink("/bin/true", sbin.join("poweroff")).expect("a fresh link");
        symlink("/bin/false", sbin.join("halt")).expect("a fresh link");
        settings.root = Root::new(&settings.state_dir);
    });
    assert_eq!(guest.ask("{'execute': 'guest-shutdown', 'id': 1}"), "");
    assert_eq!(
        guest.call("guest-shutdown", r#"{"mode": "halt"}"#),
        fails("child process has failed to shutdown: exit status 1")
    );
    assert_eq!(
        guest.ask("{'execute': 'guest-suspend-ram'}{'execute': 'guest-ping'}"),
        fails("the requested suspend mode is not supported by the guest") + &returns("{}")
    );
}

#[test]
fn commands_of_other_systems_are_unknown() {
    let mut guest = Guest::on("empty");
    for name in ["guest-get-devices", "no-such"] {
        let expected = format!(
            "{{\"error\": {{\"class\": \"CommandNotFound\", \"desc\": \"The command {name} has not been found\"}}}}\n"
        );
        assert_eq!(guest.call(name, "{}"), expected);
    }
}

#[test]
fn the_clock_counts_microseconds() {
    let reply = Guest::on("empty").ask(r#"{"execute": "guest-get-time"}"#);
    let time = reply
        .strip_prefix(r#"{"return": "#)
        .and_then(|r| r.strip_suffix("}\n"));
    let time: i64 = time.expect("a value").parse().expect("a number");
    assert!(
        time > 1_700_000_000_000_000_000 && time % 1000 == 0,
        "{time}"
    );
}

#[test]
fn time_zones_come_from_the_machine_or_the_environment() {
    let request = r#"{"execute": "guest-get-timezone"}"#;
    let kathmandu = returns(r#"{"zone": "+0545", "offset": 20700}"#);
    assert_eq!(Guest::on("debian-12").ask(request), kathmandu);
    let mut guest = Guest::with("debian-12", |settings| {
        settings.time_zone = Some("EST5".into())
    });
    assert_eq!(
        guest.ask(request),
        returns(r#"{"zone": "EST", "offset": -18000}"#)
    );
}

#[test]
fn the_host_name_is_the_kernels() {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").expect("a host name");
    let reply = Guest::on("empty").ask(r#"{"execute": "guest-get-host-name"}"#);
    assert_eq!(
        reply,
        returns(&format!(r#"{{"host-name": "{}"}}"#, name.trim_end()))
    );
}

/// The members of guest-get-osinfo that come from os-release.
fn distribution(guest: &mut Guest) -> String {
    let reply = guest.ask(r#"{"execute": "guest-get-osinfo"}"#);
    assert!(reply.contains(r#""kernel-release": ""#) && reply.contains(r#""machine": ""#));
    reply
        .split_once(r#""id""#)
        .map_or(String::new(), |(_, rest)| format!(r#""id"{rest}"#))
}

#[test]
fn distributions_tell_who_they_are() {
    assert_eq!(
        distribution(&mut Guest::on("debian-12")),
        "\"id\": \"debian\", \"name\": \"Debian GNU/Linux\", \"pretty-name\": \"Debian GNU/Linux 12 (bookworm)\", \"version\": \"12 (bookworm)\", \"version-id\": \"12\"}}\n"
    );
    assert_eq!(
        distribution(&mut Guest::on("fallback")),
        "\"id\": \"fallback\", \"name\": \"Fallback\"}}\n"
    );
    assert_eq!(distribution(&mut Guest::on("empty")), "");
}

#[test]
fn odd_os_release_files_lose_nothing() {
    assert_eq!(
        distribution(&mut Guest::on("odd")),
        "\"id\": \"odd\", \"name\": \"Odd Linux\", \"pretty-name\": \"never closed\", \"version\": \"1 \\\"One\\\"\", \"version-id\": \"1\", \"variant\": \"\", \"variant-id\": \"spaced\"}}\n"
    );
}

#[test]
fn another_os_release_file_has_no_fallback() {
    let mut guest = Guest::with("debian-12", |settings| {
        settings.os_release = Some("/nonexistent".into());
    });
    assert_eq!(distribution(&mut guest), "");
}

#[test]
fn interfaces_are_complete_objects() {
    let reply = Guest::on("debian-12").ask(r#"{"execute": "guest-network-get-interfaces"}"#);
    let lo = r#"{"return": [{"name": "lo", "hardware-address": "00:00:00:00:00:00""#;
    assert!(reply.starts_with(lo), "{reply}");
}

#[test]
fn a_file_is_written_and_read_back() {
    let mut guest = Guest::on("empty");
    let path = guest.path("file");
    assert_eq!(guest.open(&path, "w+"), "1000");
    let write = |guest: &mut Guest, rest: &str| {
        guest.call(
            "guest-file-write",
            &format!(r#"{{"handle": 1000, "buf-b64": "SGVsbG8="{rest}}}"#),
        )
    };
    let read = |guest: &mut Guest, rest: &str| {
        guest.call("guest-file-read", &format!(r#"{{"handle": 1000{rest}}}"#))
    };
    assert_eq!(
        write(&mut guest, ""),
        returns(r#"{"count": 5, "eof": false}"#)
    );
    assert_eq!(
        read(&mut guest, ""),
        returns(r#"{"count": 0, "buf-b64": "", "eof": true}"#)
    );
    assert_eq!(fs::read(&path).expect("the file"), b"Hello");
    let seek = r#"{"handle": 1000, "offset": 1, "whence": "set"}"#;
    assert_eq!(
        guest.call("guest-file-seek", seek),
        returns(r#"{"position": 1, "eof": false}"#)
    );
    assert_eq!(
        read(&mut guest, ""),
        returns(r#"{"count": 4, "buf-b64": "ZWxsbw==", "eof": true}"#)
    );
    assert_eq!(
        write(&mut guest, r#", "count": 2"#),
        returns(r#"{"count": 2, "eof": false}"#)
    );
    assert_eq!(
        guest.call("guest-file-flush", r#"{"handle": 1000}"#),
        returns("{}")
    );
    assert_eq!(
        guest.call("guest-file-close", r#"{"handle": 1000}"#),
        returns("{}")
    );
    assert_eq!(fs::read(&path).expect("the file"), b"HelloHe");
    assert_eq!(guest.open(&path, "r"), "1001");
}

#[test]
fn an_agent_that_has_lost_its_state_directory_goes_on_without_new_handles() {
    let mut guest = Guest::on("empty");
    let open = r#"{"path": "/dev/null"}"#;
    assert_eq!(guest.call("guest-file-open", open), returns("1000"));
    fs::remove_dir_all(guest.dir.path()).expect("the state directory");
    assert_eq!(
        guest.call("guest-file-open", open),
        fails("failed to commit persistent state to disk")
    );
    assert_eq!(
        guest.call("guest-file-close", r#"{"handle": 1000}"#),
        returns("{}")
    );
    fs::create_dir(guest.dir.path()).expect("a directory");
    // The number that could not be noted down is never given out.
    assert_eq!(guest.call("guest-file-open", open), returns("1002"));
}

#[test]
fn the_end_of_a_file_shows_when_it_is_read_over() {
    let mut guest = Guest::on("empty");
    let path = guest.path("file");
    fs::write(&path, "12345").expect("a file");
    guest.open(&path, "r");
    let read = |guest: &mut Guest, count| {
        guest.call(
            "guest-file-read",
            &format!(r#"{{"handle": 1000, "count": {count}}}"#),
        )
    };
    assert_eq!(
        read(&mut guest, 5),
        returns(r#"{"count": 5, "buf-b64": "MTIzNDU=", "eof": false}"#)
    );
    assert_eq!(
        read(&mut guest, 0),
        returns(r#"{"count": 0, "buf-b64": "", "eof": false}"#)
    );
    assert_eq!(
        read(&mut guest, 5),
        returns(r#"{"count": 0, "buf-b64": "", "eof": true}"#)
    );
    fs::write(&path, "123456").expect("a longer file");
    assert_eq!(
        read(&mut guest, 5),
        returns(r#"{"count": 1, "buf-b64": "Ng==", "eof": true}"#)
    );
}

#[test]
fn bad_file_requests_have_the_words_of_the_c_agent() {
    let mut guest = Guest::on("empty");
    let path = guest.path("file");
    fs::write(&path, "").expect("a file");
    guest.open(&path, "r");
    for (command, arguments, desc) in [
        (
            "open",
            r#"{"path": "/nonexistent/x"}"#,
            "failed to open file '/nonexistent/x' (mode: 'r'): No such file or directory",
        ),
        (
            "open",
            r#"{"path": ""}"#,
            "failed to open file '' (mode: 'r'): No such file or directory",
        ),
        (
            "open",
            r#"{"path": "/", "mode": "w"}"#,
            "failed to open file '/' (mode: 'w'): Is a directory",
        ),
        (
            "open",
            r#"{"path": "/", "mode": "rw"}"#,
            "invalid file open mode 'rw'",
        ),
        (
            "open",
            r#"{"path": "/", "mode": ""}"#,
            "invalid file open mode ''",
        ),
        ("close", r#"{"handle": 7}"#, "handle '7' has not been found"),
        (
            "flush",
            r#"{"handle": -1}"#,
            "handle '-1' has not been found",
        ),
        (
            "read",
            r#"{"handle": 7, "count": -1}"#,
            "handle '7' has not been found",
        ),
        (
            "read",
            r#"{"handle": 1000, "count": -1}"#,
            "value '-1' is invalid for argument count",
        ),
        (
            "read",
            r#"{"handle": 1000, "count": 50331649}"#,
            "value '50331649' is invalid for argument count",
        ),
        (
            "write",
            r#"{"handle": 7, "buf-b64": "Y Q=="}"#,
            "handle '7' has not been found",
        ),
        (
            "write",
            r#"{"handle": 1000, "buf-b64": "Y Q=="}"#,
            "Base64 data contains invalid characters",
        ),
        (
            "write",
            r#"{"handle": 1000, "buf-b64": "YQ==", "count": 2}"#,
            "value '2' is invalid for argument count",
        ),
        (
            "write",
            r#"{"handle": 1000, "buf-b64": "YQ=="}"#,
            "failed to write to file: Bad file descriptor",
        ),
        (
            "seek",
            r#"{"handle": 1000, "offset": 0, "whence": 3}"#,
            "invalid whence code 3",
        ),
        (
            "seek",
            r#"{"handle": 7, "offset": 0, "whence": 3}"#,
            "handle '7' has not been found",
        ),
        (
            "seek",
            r#"{"handle": 1000, "offset": -1, "whence": "set"}"#,
            "failed to seek file: Invalid argument",
        ),
        (
            "seek",
            r#"{"handle": 1000, "offset": 0, "whence": true}"#,
            "Invalid parameter type for 'whence', expected: GuestFileWhence",
        ),
    ] {
        let reply = guest.call(&format!("guest-file-{command}"), arguments);
        assert_eq!(reply, fails(desc), "{command} {arguments}");
    }
    let nothing = r#"{"handle": 1000, "buf-b64": "YQ==", "count": 0}"#;
    assert_eq!(
        guest.call("guest-file-write", nothing),
        returns(r#"{"count": 0, "eof": false}"#)
    );
}

#[test]
fn programs_report_how_they_ended() {
    let mut guest = Guest::on("empty");
    let shell = |script: &str, rest: &str| {
        format!(r#"{{"path": "/bin/sh", "arg": ["-c", "{script}"]{rest}}}"#)
    };
    assert_eq!(
        guest.exec(r#"{"path": "true"}"#),
        returns(r#"{"exited": true, "exitcode": 0}"#)
    );
    assert_eq!(
        guest.exec(&shell("exit 300", "")),
        returns(r#"{"exited": true, "exitcode": 44}"#)
    );
    assert_eq!(
        guest.exec(&shell("kill -9 $$", "")),
        returns(r#"{"exited": true, "signal": 9}"#)
    );
    assert_eq!(
        guest.exec(&shell(
            "echo out; echo err >&2",
            r#", "capture-output": true"#
        )),
        returns(
            r#"{"exited": true, "exitcode": 0, "out-data": "b3V0Cg==", "err-data": "ZXJyCg==", "out-truncated": false, "err-truncated": false}"#
        )
    );
    assert_eq!(
        guest.exec(&shell(
            "echo out; echo err >&2",
            r#", "capture-output": "merged""#
        )),
        returns(
            r#"{"exited": true, "exitcode": 0, "out-data": "b3V0CmVycgo=", "out-truncated": false}"#
        )
    );
    assert_eq!(
        guest.exec(&shell(
            "cat",
            r#", "capture-output": "stdout", "input-data": "YWJj""#
        )),
        returns(r#"{"exited": true, "exitcode": 0, "out-data": "YWJj", "out-truncated": false}"#)
    );
}

#[test]
fn the_environment_is_passed_as_it_is() {
    let arguments =
        r#"{"path": "env", "env": ["B=1", "A=2", "B=3", "NOEQ", "=x"], "capture-output": true}"#;
    // B=1, A=2, B=3, NOEQ, =x: in order, twice if given twice, odd ones too.
    assert_eq!(
        Guest::on("empty").exec(arguments),
        returns(
            r#"{"exited": true, "exitcode": 0, "out-data": "Qj0xCkE9MgpCPTMKTk9FUQo9eAo=", "out-truncated": false}"#
        )
    );
}

#[test]
fn bad_exec_requests_have_the_words_of_the_c_agent() {
    let mut guest = Guest::on("empty");
    let cannot = |path: &str, reason: &str| {
        fails(&format!(
            "Failed to execute child process \\u201C{path}\\u201D ({reason})"
        ))
    };
    for (path, reason) in [
        ("/nonexistent", "No such file or directory"),
        ("", "No such file or directory"),
        ("no-such-program", "No such file or directory"),
        ("/", "Permission denied"),
        ("/etc/passwd", "Permission denied"),
        ("/etc/passwd/x", "Not a directory"),
        ("tr\\u0000ue", "No such file or directory"),
    ] {
        let reply = guest.call("guest-exec", &format!(r#"{{"path": "{path}"}}"#));
        assert_eq!(reply, cannot(path, reason));
    }
    let reply = guest.call("guest-exec", r#"{"path": "true", "input-data": "-_-_"}"#);
    assert_eq!(reply, fails("Base64 data contains invalid characters"));
    for pid in ["0", "-5", "99999999"] {
        let reply = guest.call("guest-exec-status", &format!(r#"{{"pid": {pid}}}"#));
        assert_eq!(reply, fails("PID ld does not exist"));
    }
}

#[test]
fn the_end_of_a_program_is_told_once() {
    let mut guest = Guest::on("empty");
    let reply = guest.call("guest-exec", r#"{"path": "true"}"#);
    let pid = reply[r#"{"return": "#.len()..]
        .trim_end()
        .strip_suffix('}')
        .expect("a reply")
        .to_owned();
    while guest.call("guest-exec-status", &pid).contains("false") {
        std::thread::yield_now();
    }
    assert_eq!(
        guest.call("guest-exec-status", &pid),
        fails("PID ld does not exist")
    );
}

#[test]
fn an_agent_that_is_started_anew_knows_that_file_systems_are_frozen() {
    let mut guest = Guest::with("debian-12", |settings| {
        fs::write(settings.state_dir.join("qga.state.isfrozen"), "").expect("a file");
    });
    let names = |guest: &Guest| {
        let entries = fs::read_dir(guest.dir.path()).expect("entries").flatten();
        let mut names: Vec<_> = entries.map(|entry| entry.file_name()).collect();
        names.sort();
        names
    };
    let frozen = r#"{"return": "frozen"}"#;
    assert_eq!(
        guest.ask("{'execute': 'guest-fsfreeze-status'}"),
        format!("{frozen}\n")
    );
    let refusal = r#"{"error": {"class": "CommandNotFound", "desc": "Command guest-file-open has been disabled: the command is not allowed"}}"#;
    let open = "{'execute': 'guest-file-open', 'arguments': {'path': '/etc/hostname'}}";
    assert_eq!(guest.ask(open), format!("{refusal}\n"));
    assert_eq!(names(&guest), ["qga.state.isfrozen"]);

    assert_eq!(
        guest.ask("{'execute': 'guest-fsfreeze-thaw'}"),
        "{\"return\": 0}\n"
    );
    assert_eq!(
        guest.ask("{'execute': 'guest-fsfreeze-status'}"),
        "{\"return\": \"thawed\"}\n"
    );
    assert!(guest.ask(open).starts_with("{\"return\": 1000}"));
    assert_eq!(names(&guest), ["qga.state"]);
}

#[test]
fn hooks_hear_of_every_end_that_they_have_heard_the_beginning_of() {
    let hooked = |root: &str, script: &str| {
        Guest::with(root, |settings| {
            let hook = settings.state_dir.join("hook");
            let log = settings.state_dir.join("log");
            fs::write(&hook, format!("echo $1 >> {}\n{script}\n", log.display())).expect("a file");
            fs::set_permissions(&hook, fs::Permissions::from_mode(0o700)).expect("a file");
            settings.fsfreeze_hook = Some(hook);
        })
    };
    let heard = |guest: &Guest| fs::read_to_string(guest.path("log")).expect("a log");

    // Nothing can be frozen in a tree of files.
    let mut guest = hooked("debian-12", "");
    assert_eq!(
        guest.ask("{'execute': 'guest-fsfreeze-freeze'}"),
        "{\"return\": 0}\n"
    );
    assert_eq!(
        guest.ask("{'execute': 'guest-fsfreeze-status'}"),
        "{\"return\": \"thawed\"}\n"
    );
    assert_eq!(heard(&guest), "freeze\nthaw\n");

    let failed = |desc: &str| {
        format!("{{\"error\": {{\"class\": \"GenericError\", \"desc\": \"{desc}\"}}}}\n")
    };
    let mut guest = hooked("debian-12", "echo not now; exit 1");
    let veto = failed(r"child process has failed to execute fsfreeze hook: not now\n");
    assert_eq!(guest.ask("{'execute': 'guest-fsfreeze-freeze'}"), veto);
    // It may have done half of its work.
    assert_eq!(heard(&guest), "freeze\nthaw\n");
    assert_eq!(guest.ask("{'execute': 'guest-fsfreeze-thaw'}"), veto);
    assert_eq!(heard(&guest), "freeze\nthaw\nthaw\n");

    let mut guest = hooked("empty", "");
    let told = failed("failed to open mtab file: '/proc/self/mounts': No such file or directory");
    assert_eq!(guest.ask("{'execute': 'guest-fsfreeze-freeze'}"), told);
    assert_eq!(heard(&guest), "freeze\nthaw\n");
}
