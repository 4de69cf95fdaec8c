//! The same surroundings: files, environment, command line, signals, a shell.

use std::path::Path;
use std::process::Command;

use qapi_tests::{Agent, Setup, need};

use crate::agents::Theirs;

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
                agent.files()["state/qga.state"].as_bytes(),
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
