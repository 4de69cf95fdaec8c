//! Agents that do not come far: what they say, where they say it, and their exit status.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::agents::Theirs;

/// Command lines that end by themselves.
const SAME: &[&[&str]] = &[
    &["-m", "unix-listen"],
    &["-m", "vsock-listen"],
    &["-m", "other"],
    &["-m", "unix-listen", "-D"],
    &["-m", "other", "-p", "x", "-t", "state"],
    &["-m", "vsock-listen", "-p", "1234", "-t", "state"],
    &["-m", "vsock-listen", "-p", "1:", "-t", "state"],
    &["-m", "vsock-listen", "-p", ":1", "-t", "state"],
    &["-m", "vsock-listen", "-p", "x:1", "-t", "state"],
    &["-m", "vsock-listen", "-p", "-1:1", "-t", "state"],
    &["-m", "vsock-listen", "-p", "4294967296:1", "-t", "state"],
    &["-m", "vsock-listen", "-p", "1:x", "-t", "state"],
    &["-m", "vsock-listen", "-p", "1:1:1", "-t", "state"],
    &["-m", "vsock-listen", "-p", "2:1", "-t", "state"],
    &["-p", "/absent/port", "-t", "state"],
    &["-m", "isa-serial", "-p", "/absent/line", "-t", "state"],
    &["-m", "unix-listen", "-p", "/absent/socket", "-t", "state"],
    &["-m", "unix-listen", "-p", LONG, "-t", "state"],
    &[
        "-d",
        "-m",
        "unix-listen",
        "-p",
        "/absent/socket",
        "-t",
        "state",
        "-f",
        "pid",
    ],
    &[
        "-m",
        "unix-listen",
        "-p",
        "socket",
        "-t",
        "state",
        "-l",
        "/absent/log",
    ],
    &[
        "-m",
        "unix-listen",
        "-p",
        "socket",
        "-t",
        "state",
        "-l",
        "state",
    ],
    &[
        "-m",
        "unix-listen",
        "-p",
        "/absent/socket",
        "-t",
        "state",
        "-l",
        "log",
    ],
    &["-c", "/absent/configuration"],
    &["-c", "/absent/configuration", "-V"],
    &["-D"],
    &[
        "-D", "-d", "-v", "-r", "-F", "-l", "log", "-b", "a,b", "-a", "c",
    ],
    &[
        "--method=virtio-serial",
        "--path=/dev/virtio-ports/org.qemu.guest_agent.0",
        "--allow-rpcs=guest-ping,guest-info",
        "-F/etc/qemu-ga/fsfreeze-hook",
        "-D",
    ],
    &["--method=virtio-serial", "--block-rpcs=", "-F", "-D"],
    &["-b", "help"],
    &["-a", "?"],
];

/// More than fits into the address of a socket.
const LONG: &str = "/tmp/a-name-that-does-not-fit-into-the-address-of-a-socket-although-it-is-rather-easy-to-read\
                    -and-to-understand";

/// Command lines of which both agents say something else, with the reason: ours says what the last one has.
const DIFFERENT: &[(&[&str], &str, &str)] = &[
    (
        &["-x"],
        "qemu-ga: invalid option -- 'x'\n",
        "the C agent reads the options twice and says everything twice",
    ),
    (
        &["--verb=1"],
        "qemu-ga: option '--verbose' doesn't allow an argument\n",
        "the same",
    ),
    (
        &["--ver"],
        "qemu-ga: option '--ver' is ambiguous; possibilities: '--version' '--verbose'\n",
        "the same",
    ),
    (
        &["-m"],
        "qemu-ga: option requires an argument -- 'm'\n",
        "the same",
    ),
    (
        &["-m", "unix-listen", "-p", "socket", "-t", "/absent"],
        "0.0: critical: failed to write persistent state to /absent/qga.state: No such file or directory\n\
         0.0: critical: unable to create state file at path /absent/qga.state\n\
         0.0: critical: failed to load persistent state\n\
         0.0: critical: error initializing guest agent\n",
        "the C agent adds the name of a temporary file, which is another one each time",
    ),
    (
        &["-m", "unix-listen", "-p", "state", "-t", "state"],
        "0.0: critical: Failed to bind socket to state: a file that is not a socket is in the way\n\
         0.0: critical: failed to create guest agent channel\n\
         0.0: critical: failed to initialize guest agent channel\n\
         0.0: critical: error initializing guest agent\n",
        "the C agent tries to remove whatever is in the way",
    ),
    (
        &[
            "-v",
            "-m",
            "unix-listen",
            "-p",
            "/absent/socket",
            "-t",
            "state",
            "-l",
            "log",
        ],
        "",
        "the C agent says that it has started before it tries to",
    ),
];

/// What a start leaves behind.
#[derive(Debug, PartialEq, Eq)]
struct Start {
    status: Option<i32>,
    stdout: String,
    stderr: String,
    /// The content of the file `log`, if there is one.
    log: Option<String>,
    /// Whether there is a pid file.
    pid: bool,
}

/// Runs `program` under the name of the C agent.
fn start(program: &Path, args: &[&str]) -> Start {
    let dir = TempDir::with_prefix("qapi-test-").expect("a temporary directory");
    fs::create_dir(dir.path().join("state")).expect("a fresh directory");
    symlink(program, dir.path().join("qemu-ga")).expect("a fresh link");
    let output = Command::new("qemu-ga")
        .args(args)
        .current_dir(dir.path())
        .env_clear()
        .env("PATH", dir.path())
        .env("LC_ALL", "C.UTF-8")
        .env("QGA_CONF", dir.path().join("absent"))
        .stdin(Stdio::null())
        .output()
        .expect("the program runs");
    let log = fs::read_to_string(dir.path().join("log")).ok();
    Start {
        status: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: without_moments(&String::from_utf8(output.stderr).expect("text")),
        log: log.as_deref().map(without_moments),
        pid: dir.path().join("pid").exists(),
    }
}

/// Lines without times and numbers of processes, and without the release that starts.
fn without_moments(text: &str) -> String {
    text.split_inclusive('\n').map(without_moment).collect()
}

fn without_moment(line: &str) -> String {
    if let Some(rest) = line.strip_prefix("** (process:") {
        let level = rest.split_once("): ").expect("a level").1;
        let (level, rest) = level.split_once("**: ").expect("a time");
        let text = rest.split_once(": ").expect("a text").1;
        return format!("** {level}**: {text}");
    }
    match line.split_once(": ") {
        Some((moment, text)) if moment.contains('.') && !moment.contains(' ') => {
            format!("0.0: {text}")
        }
        _ => line.to_owned(),
    }
}

#[test]
fn what_prevents_a_start_is_told_alike() {
    let Some(theirs) = Theirs::find() else { return };
    for args in SAME {
        let (their, our) = theirs.both(|program| start(program, args));
        assert_eq!(our, their, "{args:?}");
    }
}

/// A machine whose files are older than its agent has to start, and what it forbids stays forbidden.
#[test]
fn only_ours_understands_the_former_name_of_an_option() {
    let Some(theirs) = Theirs::find() else { return };
    let args = ["--blacklist=guest-exec", "-D"];
    let (their, our) = theirs.both(|program| start(program, &args));
    assert_eq!((our.status, their.status), (Some(0), Some(1)));
    assert!(our.stdout.contains("\nblock-rpcs=guest-exec\n"), "{our:?}");
}

#[test]
fn what_is_told_otherwise_has_a_reason() {
    let Some(theirs) = Theirs::find() else { return };
    for (args, expected, reason) in DIFFERENT {
        let (their, our) = theirs.both(|program| start(program, args));
        assert_eq!(
            (our.status, &our.stdout),
            (their.status, &their.stdout),
            "{args:?}"
        );
        assert_eq!(our.stderr, *expected, "{args:?}");
        assert_ne!(
            our.stderr, their.stderr,
            "{args:?} no longer differs: {reason}"
        );
    }
}
