//! The same surroundings: files, environment, command line, signals, a shell.

use std::path::Path;
use std::process::Command;

use qapi_tests::{Agent, Setup, need};

use crate::agents::Theirs;
use crate::compare::content;
use crate::differences::OWN_FILE;

#[test]
fn os_release_is_read_alike() {
    let Some(theirs) = Theirs::find() else { return };
    let mut comparison = theirs.comparison();
    let files = [
        "",
        "ID=debian\nNAME=Plain\nVERSION_ID=12\n",
        "ID=\"quoted\"\nPRETTY_NAME=two words\nVERSION=a;b\nVARIANT_ID=\"\"\n",
        "NAME='single quoted'\nVARIANT=''\n",
        "NAME=\"a \\\"b\\\" \\$c \\`d\\` \\\\e \\'f \\n\" rest\nID=\n",
        "# comment\n\n  \nID=first\nID=second\nid=lower\nVERSION = blanks \n",
        "ID=kept\nexport NAME=lost\n",
        "ID=kept\n[other]\nNAME=lost\n",
        "ID=caf\u{e9}\nNAME=\"tab\\tstays\"\nVERSION=back\\slash\n",
        "ID=a\r\nNAME=\"b\"\r\n",
        "ID=no-line-feed",
    ];
    for file in files {
        let (their, our) = theirs.both(|program| {
            let agent = Setup::new(program)
                .file("os-release", file)
                .env("QGA_OS_RELEASE", "%/os-release")
                .start();
            let mut reply = agent.connect().ask(r#"{"execute":"guest-get-osinfo"}"#);
            let members = reply["return"].as_object_mut().expect("an object");
            for of_kernel in ["kernel-release", "kernel-version", "machine"] {
                assert!(members.shift_remove(of_kernel).is_some(), "no {of_kernel}");
            }
            members.sort_keys();
            reply["return"].to_string()
        });
        comparison.compare("os-release", file, their.as_bytes(), our.as_bytes());
    }
    comparison.finish();
}

#[test]
fn time_zone_follows_the_environment_alike() {
    let Some(theirs) = Theirs::find() else { return };
    let mut comparison = theirs.comparison();
    let zones = [
        "UTC",
        "",
        "UTC0",
        "EST5",
        "EST5EDT,M3.2.0,M11.1.0",
        "<+0545>-5:45",
        ":UTC",
        "Absent/Zone",
        "Asia/Kathmandu",
    ];
    for zone in zones {
        let (their, our) = theirs.both(|program| {
            let agent = Setup::new(program).env("TZ", zone).start();
            agent
                .connect()
                .replies_to(r#"{"execute":"guest-get-timezone"}"#)
        });
        comparison.compare("TZ", zone, &their, &our);
    }
    comparison.finish();
}

#[test]
fn a_stored_handle_counter_is_read_alike() {
    let Some(theirs) = Theirs::find() else { return };
    let mut comparison = theirs.comparison();
    let states = [
        "",
        "[global]\nfd_counter=5\n",
        "[global]\nfd_counter=2147483646\n",
        "[global]\nfd_counter=abc\n",
        "[global]\nfd_counter=99999999999\n",
        "[global]\nother=5\n",
        "# comment\n[other]\nfd_counter=5\n",
    ];
    for state in states {
        let (their, our) = theirs.both(|program| {
            let agent = Setup::new(program)
                .file("../state/qga.state", state)
                .start();
            let replies = agent
                .connect()
                .replies_to(r#"{"execute":"guest-file-open","arguments":{"path":"/"}}"#.repeat(3));
            [
                replies.as_slice(),
                content(&agent.files()[OWN_FILE]).as_bytes(),
            ]
            .concat()
        });
        comparison.compare("state", state, &their, &our);
    }
    comparison.finish();
}

/// What a program says and how it ends.
fn outcome(program: &Path, args: &[&str]) -> String {
    let output = Command::new(program)
        .args(args)
        .env_clear()
        .output()
        .expect("the program starts");
    format!(
        "{:?} {}",
        output.status.code(),
        String::from_utf8_lossy(&output.stdout)
    )
    .replace(&program.display().to_string(), "PROGRAM")
}

#[test]
fn a_wrong_command_line_ends_alike() {
    let Some(theirs) = Theirs::find() else { return };
    let cases: &[&[&str]] = &[
        &["--no-such-option"],
        &["-m"],
        &["-m", "unix-listen"],
        &["-m", "no-such-method", "-p", "/absent/socket"],
        &["-m", "unix-listen", "-p", "/absent/socket", "-t", "/tmp"],
        &["-m", "unix-listen", "-p", "/absent/socket", "-t", "/absent"],
    ];
    for args in cases {
        let (their, our) = theirs.both(|program| outcome(program, args));
        assert_eq!(our, their, "{args:?}");
    }
}

/// The C agent removes the file of a daemon's process when it only tells the configuration of one,
/// so the file of a daemon is an absent one here.
#[test]
fn the_configuration_is_dumped_alike() {
    let Some(theirs) = Theirs::find() else { return };
    let cases: &[&[&str]] = &[
        &["-D"],
        &["-D", "-m", "isa-serial", "-F", "-vrd", "-f/absent/pid"],
        &["-D", "-m", "unix-listen"],
        &[
            "-D", "-m", "x", "-p", " a\\b\tc", "-l", "", "-F/h", "-t", "t", "-f", "p",
        ],
        &["-D", "-b", "a,b", "-b", "c", "-a", "", "-a", ",x;y"],
        &["-D", "-b", "help"],
        &["-s", "x", "--conf", "/absent", "-D"],
    ];
    for args in cases {
        let (their, our) = theirs.both(|program| outcome(program, args));
        if args.contains(&"help") {
            let names = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
            let (their, our) = (names(&their), names(&our));
            assert!(their.iter().all(|name| our.contains(name)), "{our:?}");
        } else {
            assert_eq!(our, their, "{args:?}");
        }
    }
}

#[test]
fn a_configuration_file_is_read_alike() {
    let Some(theirs) = Theirs::find() else { return };
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("qemu-ga.conf");
    for content in [
        "",
        "foo\n",
        "a=b\n",
        "[general]\nfoo\n",
        "[general]\n=b\n",
        "[general]\n;x\n",
        "[gen\n",
        "[gene]ral]\n",
        "[]\n",
        "[general]x\n",
        "[general] \n",
        "[general]\npath=a\\q\n",
        "[general]\npath=a\\\n",
        "[general]\nverbose=yes\n",
        "[general]\nverbose\t=\ttrue\t\ndaemon=1 \npidfile=/absent/pid\ndaemonize=x\nretry-path=0\n",
        "[general]\npath = \\s\\ta\\\\b \\n \nlogfile=\npidfile=\\r\nstatedir=\"t\"\n",
        "[general]\nblock-rpcs=a,b;c,\nallow-rpcs=x\nallow-rpcs=y,z\nfsfreeze-hook=h\n",
        "# c\n  # d\n[general]\r\nmethod=foo\r\n  path=x\r\n",
        "[other]\nmethod=foo\n[General]\nverbose=1\n[general]\nmethod[de]=x\n[general]\npidfile=x\n",
    ] {
        std::fs::write(&path, content).expect("a file");
        let args = ["-D", "-b", "more", "-c", path.to_str().expect("text")];
        let (their, our) = theirs.both(|program| outcome(program, &args));
        assert_eq!(our, their, "{content:?}");
    }
}

#[test]
fn an_agent_that_is_told_to_end_ends_well() {
    let Some(theirs) = Theirs::find() else { return };
    let (their, our) = theirs.both(|program| Agent::start(program).terminate().to_string());
    assert_eq!(our, their);
}

#[test]
fn printf_and_socat_get_the_same_bytes() {
    let Some(theirs) = Theirs::find() else { return };
    let (Some(_), Some(_)) = (need::tool("socat"), need::tool("sh")) else {
        return;
    };
    let requests = [
        r#"{"execute":"guest-ping"}\n"#,
        r#"\377{"execute":"guest-sync-delimited","arguments":{"id":123}}\n"#,
        r#"{"execute":"guest-sync","arguments":{"id":5}}{"execute":"no-such"}\n{"execute":"guest-ping","id":"a"}"#,
        r#"{"execute":"guest-exec","arguments":{"path":"/absent"}}\nnonsense\n"#,
    ];
    for request in requests {
        let (their, our) = theirs.both(|program| {
            let agent = Agent::start(program);
            let script = "printf \"$REQUEST\" | socat -t 30 - UNIX-CONNECT:\"$SOCKET\"";
            let output = Command::new("sh")
                .args(["-c", script])
                .env("REQUEST", request)
                .env("SOCKET", agent.socket())
                .output()
                .expect("a shell starts");
            assert!(output.status.success(), "{output:?}");
            output.stdout.escape_ascii().to_string()
        });
        assert!(!their.is_empty());
        assert_eq!(our, their, "{request}");
    }
}
