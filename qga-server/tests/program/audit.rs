//! Records of what hosts do.

use std::fs;
use std::io::BufReader;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixStream;

use rustix::process::Signal;

use crate::policy::{Client, Rules, call, open, returns};
use crate::running::{Running, ask, output, ping, program, text};

/// An agent that keeps records in a file, with these rules.
fn start(rules: &Rules, audit: &str) -> Running {
    let config = fs::read_to_string(rules.path("config")).expect("the file");
    let config = config.replace("[general]\n", &format!("[general]\naudit={audit}\n"));
    fs::write(rules.path("config"), config).expect("the file");
    rules.start()
}

/// The records in a file, without what differs from run to run, once there are so many.
fn records(rules: &Rules, name: &str) -> Vec<String> {
    let text = fs::read_to_string(rules.path(name)).expect("the file");
    let dir = rules.path("");
    let dir = dir.to_str().expect("text").trim_end_matches('/');
    text.lines()
        .map(|line| {
            let line = line.replace(dir, "DIR");
            let peer = format!(",\"peer\":\"pid {}, uid {}\"", std::process::id(), uid());
            let line = line.replacen(&peer, "", 1);
            let (_, line) = line.split_once(",\"command\":").expect("a command");
            let (line, time) = line.rsplit_once(",\"microseconds\":").expect("a time");
            let digits = time.trim_end_matches('}');
            assert!(digits.parse::<u64>().is_ok(), "{time}");
            line.to_owned()
        })
        .collect()
}

fn uid() -> u32 {
    rustix::process::geteuid().as_raw()
}

fn exec(client: &mut Client, arguments: &str) -> String {
    let pid = call(client, "guest-exec", arguments);
    let pid = returns(&pid).to_owned();
    loop {
        let status = call(client, "guest-exec-status", &pid);
        if !status.contains("\"exited\": false") {
            return pid;
        }
    }
}

#[test]
fn a_session_is_told_line_by_line() {
    let rules = Rules::new(
        "[[rule]]\ndeny = ['guest-file-open']\npaths = ['DIR/secret']\n\n\
         [[rule]]\ndeny = ['guest-get-users']\n\n\
         [[rule]]\nprofile = 'monitor'\nchannels = ['metrics']\n",
    );
    fs::write(rules.path("secret"), "").expect("a file");
    symlink("secret", rules.path("link")).expect("a link");
    let audit = rules.path("audit");
    let agent = start(&rules, audit.to_str().expect("text"));
    let (mut host, mut metrics) = (agent.connect(), rules.connect());
    // Of these there is nothing to tell.
    ping(&mut host);
    ask(
        &mut host,
        "{'execute': 'guest-sync', 'arguments': {'id': 1}}",
    );
    ask(&mut host, "{'execute': 'guest-info'}");

    open(&mut host, rules.path("link"), "r");
    let handle = open(&mut host, rules.path("new\\u000a\\\"x"), "w+");
    let handle = returns(&handle).to_owned();
    let write = format!("{{'handle': {handle}, 'buf-b64': 'c2VjcmV0'}}");
    call(&mut host, "guest-file-write", &write);
    let seek = format!("{{'handle': {handle}, 'offset': 0, 'whence': 'set'}}");
    call(&mut host, "guest-file-seek", &seek);
    call(
        &mut host,
        "guest-file-read",
        &format!("{{'handle': {handle}, 'count': 100}}"),
    );
    call(
        &mut host,
        "guest-file-close",
        &format!("{{'handle': {handle}}}"),
    );
    call(&mut host, "guest-file-close", "{'handle': 1}");
    ask(&mut host, "{'execute': 'guest-get-users'}");
    call(
        &mut metrics,
        "guest-exec",
        "{'path': '/bin/sh', 'arg': ['-c', 'true']}",
    );
    ask(&mut metrics, "{'execute': 'guest-get-load'}");
    call(
        &mut host,
        "guest-set-user-password",
        "{'username': 'no:body', 'password': 'c2VjcmV0', 'crypted': false}",
    );
    call(
        &mut host,
        "guest-ssh-add-authorized-keys",
        "{'username': 'no-such', 'keys': ['#secret'], 'reset': true}",
    );
    ask(
        &mut host,
        "{'execute': 'guest-nope', 'arguments': {'secret': 'secret'}}",
    );
    ask(
        &mut host,
        "{'execute': 'guest-set-time', 'arguments': {'time': 'secret', 'x': 1}}",
    );

    let places = rules.file().display().to_string();
    let places = places.replace(rules.path("").to_str().expect("text"), "DIR/");
    let odd = "DIR/new\\n\\\"x";
    let expected = [
        format!(
            "\"guest-file-open\",\"channel\":\"general\",\"arguments\":{{\"path\":\"DIR/link\",\"mode\":\"r\"}},\
             \"resolved\":\"DIR/secret\",\"rule\":\"{places}:1\",\"result\":\"GenericError\""
        ),
        format!(
            "\"guest-file-open\",\"channel\":\"general\",\"arguments\":{{\"path\":\"{odd}\",\"mode\":\"w+\"}},\
             \"resolved\":\"{odd}\",\"made\":{handle},\"result\":\"ok\""
        ),
        format!(
            "\"guest-file-write\",\"channel\":\"general\",\"arguments\":{{\"handle\":{handle}}},\
             \"resolved\":\"{odd}\",\"bytes\":6,\"result\":\"ok\""
        ),
        format!(
            "\"guest-file-seek\",\"channel\":\"general\",\"arguments\":{{\"handle\":{handle},\
             \"offset\":0,\"whence\":\"set\"}},\"resolved\":\"{odd}\",\"result\":\"ok\""
        ),
        format!(
            "\"guest-file-read\",\"channel\":\"general\",\"arguments\":{{\"handle\":{handle},\"count\":100}},\
             \"resolved\":\"{odd}\",\"bytes\":6,\"result\":\"ok\""
        ),
        format!(
            "\"guest-file-close\",\"channel\":\"general\",\"arguments\":{{\"handle\":{handle}}},\
             \"resolved\":\"{odd}\",\"result\":\"ok\""
        ),
        "\"guest-file-close\",\"channel\":\"general\",\"arguments\":{\"handle\":1},\"result\":\"GenericError\""
            .to_owned(),
        format!(
            "\"guest-get-users\",\"channel\":\"general\",\"rule\":\"{places}:5\",\
             \"result\":\"CommandNotFound\""
        ),
        format!(
            "\"guest-exec\",\"channel\":\"metrics\",\"arguments\":{{\"path\":\"/bin/sh\",\"arg\":[\"-c\",\"true\"]}},\
             \"rule\":\"{places}:8\",\"result\":\"CommandNotFound\""
        ),
        "\"guest-get-load\",\"channel\":\"metrics\",\"result\":\"ok\"".to_owned(),
        "\"guest-set-user-password\",\"channel\":\"general\",\"arguments\":{\"username\":\"no:body\",\
         \"crypted\":false},\"result\":\"GenericError\""
            .to_owned(),
        "\"guest-ssh-add-authorized-keys\",\"channel\":\"general\",\"arguments\":{\"username\":\"no-such\",\
         \"keys-count\":1,\"reset\":true},\"result\":\"GenericError\""
            .to_owned(),
        "\"guest-nope\",\"channel\":\"general\",\"result\":\"CommandNotFound\"".to_owned(),
        "\"guest-set-time\",\"channel\":\"general\",\"arguments\":{\"time\":\"secret\"},\
         \"result\":\"GenericError\""
            .to_owned(),
    ];
    assert_eq!(records(&rules, "audit"), expected);
}

#[test]
fn programs_are_told_without_their_input_and_environment() {
    let rules = Rules::new("");
    let audit = rules.path("audit");
    let agent = start(&rules, audit.to_str().expect("text"));
    let mut host = agent.connect();
    let pid = exec(
        &mut host,
        "{'path': '/bin/sh', 'arg': ['-c', 'cat; echo $SECRET'], 'input-data': 'c2VjcmV0', \
         'env': ['SECRET=secret', 'PATH=/bin'], 'capture-output': true}",
    );
    let pid = pid.trim_start_matches("{\"pid\": ").trim_end_matches('}');
    let records = records(&rules, "audit");
    assert_eq!(
        records[0],
        format!(
            "\"guest-exec\",\"channel\":\"general\",\"arguments\":{{\"path\":\"/bin/sh\",\
             \"arg\":[\"-c\",\"cat; echo $SECRET\"],\"env-count\":2,\"capture-output\":true}},\
             \"made\":{pid},\"result\":\"ok\""
        )
    );
    let last = records.last().expect("a record");
    assert_eq!(
        *last,
        format!(
            "\"guest-exec-status\",\"channel\":\"general\",\"arguments\":{{\"pid\":{pid}}},\"bytes\":13,\
             \"result\":\"ok\""
        )
    );
}

#[test]
fn nothing_is_recorded_unasked() {
    let rules = Rules::new("");
    let agent = start(&rules, "off");
    returns(&open(&mut agent.connect(), "/etc/passwd", "r"));
    assert!(!rules.path("audit").exists());
}

#[test]
fn a_hangup_has_the_file_opened_anew() {
    let rules = Rules::new("");
    let audit = rules.path("audit");
    let agent = start(&rules, audit.to_str().expect("text"));
    let mut host = agent.connect();
    let load = "{'execute': 'guest-get-load'}";
    ask(&mut host, load);
    fs::rename(rules.path("audit"), rules.path("old")).expect("the file");
    agent.signal(Signal::HUP);
    while !rules.path("audit").exists() {
        ping(&mut host);
    }
    ask(&mut host, load);
    assert_eq!(records(&rules, "old").len(), 1);
    assert_eq!(records(&rules, "audit").len(), 1);
}

#[test]
fn a_hangup_says_nothing_of_a_policy_that_there_never_was() {
    let rules = Rules::new("");
    let path = |name: &str| rules.path(name).display().to_string();
    let config = format!(
        "[general]\naudit={}\nlogfile={}\nmethod=unix-listen\npath={}\nstatedir={}\n",
        path("audit"),
        path("log"),
        path("socket"),
        path(""),
    );
    fs::write(rules.path("config"), config).expect("a file");
    let child = program().args(["-c", &rules.config()]).spawn();
    let agent = Running {
        child: child.expect("the program runs"),
        dir: rules.dir,
    };
    let mut host = loop {
        if let Ok(stream) = UnixStream::connect(agent.socket()) {
            break BufReader::new(stream);
        }
    };
    let audit = agent.dir.path().join("audit");
    fs::remove_file(&audit).expect("the file");
    agent.signal(Signal::HUP);
    while !audit.exists() {
        ping(&mut host);
    }
    let log = fs::read_to_string(agent.dir.path().join("log"));
    assert_eq!(log.expect("a log"), "");
}

#[test]
fn a_place_that_cannot_be_used_prevents_the_start() {
    let rules = Rules::new("");
    for (audit, told) in [
        (
            "on",
            "audit is to be off, journal or a path that begins with /, and not 'on'",
        ),
        (
            "/nonexistent/a",
            "unable to open audit file /nonexistent/a: No such file or directory",
        ),
    ] {
        let config = rules.path("other");
        fs::write(&config, format!("[general]\naudit={audit}\n")).expect("a file");
        let (config, dir) = (config.to_str().expect("text"), rules.path(""));
        let dir = dir.to_str().expect("text");
        let socket = format!("{dir}socket");
        let output = output(&["-c", config, "-m", "unix-listen", "-p", &socket, "-t", dir]);
        assert_eq!(output.status.code(), Some(1));
        assert!(
            text(&output.stderr).contains(told),
            "{}",
            text(&output.stderr)
        );
    }
}

#[test]
fn the_journal_need_not_be_there() {
    let rules = Rules::new("");
    let agent = start(&rules, "journal");
    let mut host = agent.connect();
    for _ in 0..3 {
        returns(&ask(&mut host, "{'execute': 'guest-get-load'}"));
    }
}
