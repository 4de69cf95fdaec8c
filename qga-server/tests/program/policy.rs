//! What a policy forbids, and to whom.

use std::fs;
use std::io::BufReader;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::{TempDir, tempdir};

use crate::running::{Running, ask, output, ping, text};

/// A directory with a policy in it, and a configuration that names it, with one more channel.
pub(crate) struct Rules {
    pub(crate) dir: TempDir,
}

impl Rules {
    pub(crate) fn new(text: &str) -> Self {
        let dir = tempdir().expect("a directory");
        let rules = Self { dir };
        fs::create_dir(rules.path("policy")).expect("a directory");
        fs::set_permissions(rules.path("policy"), fs::Permissions::from_mode(0o755))
            .expect("permissions");
        rules.write(text);
        let config = format!(
            "[general]\npolicy-dir={}\n[channel metrics]\nmethod=unix-listen\npath={}\n",
            rules.path("policy").display(),
            rules.path("metrics").display(),
        );
        fs::write(rules.path("config"), config).expect("a file");
        rules
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        let dir = fs::canonicalize(self.dir.path()).expect("a path");
        dir.join(name)
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.path("policy/10-test.toml")
    }

    pub(crate) fn write(&self, text: &str) {
        let text = text.replace(
            "DIR",
            self.path("").to_str().expect("text").trim_end_matches('/'),
        );
        fs::write(self.file(), text).expect("a file");
        fs::set_permissions(self.file(), fs::Permissions::from_mode(0o644)).expect("permissions");
    }

    pub(crate) fn config(&self) -> String {
        self.path("config").to_str().expect("text").to_owned()
    }

    pub(crate) fn start(&self) -> Running {
        Running::start_with(&["-c", &self.config()])
    }

    /// A client of the channel besides the usual one.
    pub(crate) fn connect(&self) -> BufReader<UnixStream> {
        BufReader::new(UnixStream::connect(self.path("metrics")).expect("a connection"))
    }
}

pub(crate) type Client = BufReader<UnixStream>;

pub(crate) fn call(client: &mut Client, command: &str, arguments: &str) -> String {
    ask(
        client,
        &format!("{{'execute': '{command}', 'arguments': {arguments}}}"),
    )
}

pub(crate) fn open(client: &mut Client, path: impl AsRef<Path>, mode: &str) -> String {
    let path = path.as_ref().display();
    call(
        client,
        "guest-file-open",
        &format!("{{'path': '{path}', 'mode': '{mode}'}}"),
    )
}

#[track_caller]
pub(crate) fn is_refused(reply: &str) {
    assert!(reply.contains("\"GenericError\""), "{reply}");
    assert!(reply.contains("Permission denied"), "{reply}");
}

#[track_caller]
pub(crate) fn returns(reply: &str) -> &str {
    let value = reply
        .strip_prefix("{\"return\": ")
        .and_then(|r| r.strip_suffix("}\n"));
    value.unwrap_or_else(|| panic!("{reply}"))
}

fn is_enabled(client: &mut Client, command: &str) -> bool {
    let info = ask(client, "{'execute': 'guest-info'}");
    let entry = info
        .split('{')
        .find(|entry| entry.contains(&format!("\"{command}\"")));
    entry.expect("the command").contains("\"enabled\": true")
}

#[test]
fn a_profile_is_for_its_channel() {
    let rules = Rules::new("[[rule]]\nprofile = 'monitor'\nchannels = ['metrics']\n");
    let agent = rules.start();
    let (mut host, mut metrics) = (agent.connect(), rules.connect());
    for client in [&mut host, &mut metrics] {
        assert_eq!(ping(client), "{\"return\": {}}\n");
        assert!(is_enabled(client, "guest-get-load"));
    }
    assert!(is_enabled(&mut host, "guest-exec") && !is_enabled(&mut metrics, "guest-exec"));
    assert_eq!(
        ask(&mut metrics, "{'execute': 'guest-exec'}"),
        "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \
         \"Command guest-exec has been disabled: the command is not allowed\"}}\n"
    );
    let reply = ask(&mut host, "{'execute': 'guest-exec'}");
    assert!(reply.contains("Parameter 'path' is missing"), "{reply}");
    let reply = ask(&mut metrics, "{'execute': 'guest-nope'}");
    assert!(
        reply.contains("The command guest-nope has not been found"),
        "{reply}"
    );
}

#[test]
fn a_path_is_that_of_the_file_however_it_is_named() {
    let rules = Rules::new(
        "[[rule]]\nallow = ['guest-file-*']\npaths = ['DIR/logs/**']\naccess = 'read'\n\
         [[rule]]\nallow = ['guest-file-*']\npaths = ['DIR/drop/*']\n\
         [[rule]]\nprofile = 'manage'\n",
    );
    for directory in ["logs", "drop"] {
        fs::create_dir(rules.path(directory)).expect("a directory");
    }
    fs::write(rules.path("secret"), "secret").expect("a file");
    fs::write(rules.path("logs/log"), "line").expect("a file");
    symlink(rules.path("secret"), rules.path("logs/link")).expect("a link");
    symlink(rules.path("logs/log"), rules.path("way")).expect("a link");
    symlink(rules.path("new"), rules.path("drop/dangling")).expect("a link");
    symlink(rules.path(""), rules.path("drop/up")).expect("a link");
    let agent = rules.start();
    let mut host = agent.connect();
    for path in [
        "secret",
        "logs/link",
        "logs/../secret",
        "logs/absent/../../secret",
        "drop/up/secret",
        "absent",
    ] {
        let reply = open(&mut host, rules.path("").join(path), "r");
        assert!(reply.contains("failed to open file '"), "{path}: {reply}");
        match path {
            "logs/absent/../../secret" => assert!(reply.contains("No such file"), "{reply}"),
            _ => is_refused(&reply),
        }
    }
    let detour = format!("/proc/self/root{}", rules.path("logs/log").display());
    let reply = open(&mut host, detour, "r");
    assert!(
        reply.contains("Too many levels of symbolic links"),
        "{reply}"
    );

    let handle = open(&mut host, rules.path("way"), "r");
    let handle = format!("{{'handle': {}}}", returns(&handle));
    let read = call(&mut host, "guest-file-read", &handle);
    assert!(read.contains("\"bGluZQ==\""), "{read}");
    assert_eq!(
        call(&mut host, "guest-file-close", &handle),
        "{\"return\": {}}\n"
    );

    for mode in ["w", "a", "r+"] {
        is_refused(&open(&mut host, rules.path("logs/log"), mode));
        is_refused(&open(&mut host, rules.path("drop/up/new"), mode));
    }
    assert_eq!(fs::read(rules.path("logs/log")).expect("the file"), b"line");
    let reply = open(&mut host, rules.path("drop/dangling"), "w");
    assert!(reply.contains("No such file or directory"), "{reply}");
    assert!(!rules.path("new").exists());
    let handle = open(&mut host, rules.path("drop/new"), "w");
    let write = format!("{{'handle': {}, 'buf-b64': 'bGluZQ=='}}", returns(&handle));
    let reply = call(&mut host, "guest-file-write", &write);
    assert!(reply.contains("\"count\": 4"), "{reply}");
    assert_eq!(fs::read(rules.path("drop/new")).expect("the file"), b"line");
}

#[test]
fn handles_and_children_are_for_clients_of_their_channel() {
    let rules = Rules::new("");
    let agent = rules.start();
    let (mut host, mut metrics) = (agent.connect(), rules.connect());
    let handle = open(&mut host, "/etc/passwd", "r");
    let arguments = format!("{{'handle': {}}}", returns(&handle));
    let reply = call(&mut metrics, "guest-file-read", &arguments);
    assert!(reply.contains("has not been found"), "{reply}");
    let reply = call(&mut metrics, "guest-file-close", &arguments);
    assert!(reply.contains("has not been found"), "{reply}");
    returns(&call(&mut host, "guest-file-read", &arguments));
    let pid = call(&mut host, "guest-exec", "{'path': 'true'}");
    let reply = call(&mut metrics, "guest-exec-status", returns(&pid));
    assert!(reply.contains("does not exist"), "{reply}");
    returns(&call(&mut host, "guest-exec-status", returns(&pid)));
}

#[test]
fn no_channel_takes_the_files_and_programs_of_another() {
    let rules = Rules::new("");
    let agent = rules.start();
    let (mut host, mut metrics) = (agent.connect(), rules.connect());
    let pid = call(&mut host, "guest-exec", "{'path': 'true'}");
    for (command, arguments, limit) in [
        ("guest-file-open", "{'path': '/dev/null'}", 512 - 512 / 4),
        (
            "guest-exec",
            "{'path': 'sleep', 'arg': ['60']}",
            64 - 64 / 4,
        ),
    ] {
        let mut replies =
            std::iter::repeat_with(|| call(&mut metrics, command, arguments)).take(512);
        let taken = replies
            .by_ref()
            .take_while(|reply| reply.contains("return"));
        let taken: Vec<_> = taken.collect();
        assert_eq!(taken.len(), limit, "{command}");
        let own = call(&mut host, command, arguments);
        returns(&own);
        for reply in taken.iter().chain([&own]) {
            let pid = reply.split("\"pid\": ").nth(1).unwrap_or_default();
            let pid = pid.trim_end_matches(['}', '\n']).parse().ok();
            if let Some(pid) = pid.and_then(Pid::from_raw) {
                kill_process(pid, Signal::KILL).expect("it sleeps");
            }
        }
    }
    returns(&call(&mut host, "guest-exec-status", returns(&pid)));
}

#[test]
fn a_program_is_the_one_that_is_run() {
    let rules = Rules::new(
        "[[rule]]\nallow = ['guest-exec*']\nprograms = ['DIR/bin/tool']\narguments = ['status']\n\
         [[rule]]\nprofile = 'manage'\n",
    );
    fs::create_dir(rules.path("bin")).expect("a directory");
    let script = "#!/bin/sh\necho \"$0 $1\"\n";
    for name in ["tool", "other"] {
        let path = rules.path("bin").join(name);
        fs::write(&path, script).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("permissions");
    }
    symlink("tool", rules.path("bin/link")).expect("a link");
    symlink("other", rules.path("bin/false-friend")).expect("a link");
    let agent = rules.start();
    let mut host = agent.connect();
    let exec = |host: &mut Client, name: &str, rest: &str| {
        let path = rules.path("bin").join(name);
        let arguments = format!(
            "{{'path': '{}', 'capture-output': true, {rest}}}",
            path.display()
        );
        call(host, "guest-exec", &arguments)
    };
    for name in ["tool", "link"] {
        let pid = exec(&mut host, name, "'arg': ['status']");
        let status = loop {
            let status = call(&mut host, "guest-exec-status", returns(&pid));
            if !status.contains("\"exited\": false") {
                break status;
            }
        };
        assert!(status.contains("\"exitcode\": 0"), "{status}");
    }
    is_refused(&exec(&mut host, "tool", "'arg': ['stop']"));
    is_refused(&exec(
        &mut host,
        "tool",
        "'arg': ['status'], 'env': ['LD_PRELOAD=/x']",
    ));
    is_refused(&exec(&mut host, "other", "'arg': ['status']"));
    is_refused(&exec(&mut host, "false-friend", "'arg': ['status']"));
}

#[test]
fn a_program_is_called_by_names_of_the_rule_only() {
    let shell = fs::canonicalize("/bin/sh").expect("a shell");
    let shell = shell.display().to_string();
    // What the shell takes for its name.
    let called = |rules: &Rules, name: &str| {
        let agent = rules.start();
        let mut host = agent.connect();
        let arguments = format!(
            "{{'path': '{}', 'arg': ['-c', 'echo $0 >{}']}}",
            rules.path(name).display(),
            rules.path("said").display()
        );
        let reply = call(&mut host, "guest-exec", &arguments);
        if !reply.contains("return") {
            is_refused(&reply);
            return None;
        }
        while call(&mut host, "guest-exec-status", returns(&reply)).contains("\"exited\": false") {}
        Some(fs::read_to_string(rules.path("said")).expect("a name"))
    };
    let rules = Rules::new(
        "[[rule]]\nallow = ['guest-exec*']\nprograms = ['DIR/one']\n[[rule]]\nprofile = 'manage'\n",
    );
    for name in ["one", "other"] {
        symlink(&shell, rules.path(name)).expect("a link");
    }
    let one = format!("{}\n", rules.path("one").display());
    assert_eq!(called(&rules, "one"), Some(one));
    assert_eq!(called(&rules, "other"), None);
    rules.write(&format!(
        "[[rule]]\nallow = ['guest-exec*']\nprograms = ['{shell}']\n[[rule]]\nprofile = 'manage'\n"
    ));
    assert_eq!(called(&rules, "other"), Some(format!("{shell}\n")));
}

#[test]
fn users_are_those_of_the_rule() {
    let rules = Rules::new(
        "[[rule]]\ndeny = ['guest-set-user-password', 'guest-ssh-*']\nusers = ['root']\n",
    );
    let agent = rules.start();
    let mut host = agent.connect();
    is_refused(&call(
        &mut host,
        "guest-set-user-password",
        "{'username': 'root', 'password': 'eA==', 'crypted': true}",
    ));
    is_refused(&call(
        &mut host,
        "guest-ssh-get-authorized-keys",
        "{'username': 'root'}",
    ));
    for command in [
        "guest-ssh-add-authorized-keys",
        "guest-ssh-remove-authorized-keys",
    ] {
        is_refused(&call(
            &mut host,
            command,
            "{'username': 'root', 'keys': ['a']}",
        ));
    }
    let reply = call(
        &mut host,
        "guest-ssh-get-authorized-keys",
        "{'username': 'no-such'}",
    );
    assert!(reply.contains("no such user"), "{reply}");
}

/// What an agent says that does not start.
fn refusal(rules: &Rules) -> String {
    let socket = rules.path("socket");
    let socket = socket.to_str().expect("text");
    let output = output(&[
        "-c",
        &rules.config(),
        "-m",
        "unix-listen",
        "-p",
        socket,
        "-t",
        socket,
    ]);
    assert_eq!(output.status.code(), Some(1));
    text(&output.stderr).to_owned()
}

#[test]
fn a_policy_that_cannot_be_used_prevents_the_start() {
    let rules = Rules::new("[[rule]]\nprofil = 'full'\n");
    let state = rules.path("socket");
    fs::create_dir(&state).expect("a directory");
    let told = refusal(&rules);
    let line = format!(
        "{}:2: `profil` means nothing here, did you mean `profile`?",
        rules.file().display()
    );
    assert!(told.contains(&line), "{told}");
    rules.write("");
    fs::set_permissions(rules.file(), fs::Permissions::from_mode(0o666)).expect("permissions");
    let told = refusal(&rules);
    let line = format!(
        "{}: can be written by others: its mode is 666",
        rules.file().display()
    );
    assert!(told.contains(&line), "{told}");
}

/// Asks until the answer is another one.
fn until(client: &mut Client, request: &str, is_new: impl Fn(&str) -> bool) {
    while !is_new(&ask(client, request)) {
        std::thread::yield_now();
    }
}

#[test]
fn a_hangup_has_the_rules_read_anew_all_of_them_or_none() {
    let rules = Rules::new("[[rule]]\ndeny = ['guest-get-load']\n");
    let agent = rules.start();
    let (mut host, mut other) = (agent.connect(), agent.connect());
    let handle = open(&mut host, "/etc/passwd", "r");
    let read = format!(
        "{{'execute': 'guest-file-read', 'arguments': {{'handle': {}, 'count': 1}}}}",
        returns(&handle)
    );
    returns(&ask(&mut host, &read));
    let load = "{'execute': 'guest-get-load'}";
    assert!(ask(&mut host, load).contains("has been disabled"));

    rules.write("[[rule]]\ndeny = ['guest-file-*']\npaths = ['/etc/passwd']\n");
    agent.signal(Signal::HUP);
    until(&mut host, load, |reply| {
        !reply.contains("has been disabled")
    });
    // Also of what is open already, and for all clients.
    is_refused(&ask(&mut host, &read));
    is_refused(&open(&mut other, "/etc/passwd", "r"));

    rules.write("[[rule]]\nprofile = 'monitor'\n[[rule]]\nwrong = 1\n");
    agent.signal(Signal::HUP);
    fs::set_permissions(rules.file(), fs::Permissions::from_mode(0o666)).expect("permissions");
    agent.signal(Signal::HUP);
    // At once: without files it would be a policy that says nothing.
    fs::rename(rules.path("policy"), rules.path("gone")).expect("the directory");
    agent.signal(Signal::HUP);
    for _ in 0..100 {
        assert!(is_enabled(&mut host, "guest-exec"));
        is_refused(&ask(&mut host, &read));
    }
}

/// What is printed about a command, without the path of the policy, and the status.
fn explained(rules: &Rules, operands: &[&str]) -> (String, i32) {
    let config = rules.config();
    let args = [&["-c", &config, "--explain"], operands].concat();
    let output = output(&args);
    let told = format!("{}{}", text(&output.stdout), text(&output.stderr));
    let told = told.replace(rules.path("").to_str().expect("text"), "DIR/");
    let told = told.replace("DIR/policy/10-test.toml:", "line ");
    (
        told.trim().to_owned(),
        output.status.code().expect("a status"),
    )
}

#[test]
fn the_rule_that_decides_is_explained() {
    let rules = Rules::new(
        "[[rule]]\nprofile = 'monitor'\nchannels = ['metrics']\n\n\
         [[rule]]\ndeny = ['guest-file-*']\npaths = ['DIR/secret']\n\n\
         [[rule]]\nallow = ['guest-exec']\nprograms = ['/usr/bin/env']\n\n\
         [[rule]]\ndeny = ['guest-exec', 'guest-ssh-*']\n",
    );
    fs::write(rules.path("secret"), "").expect("a file");
    symlink("secret", rules.path("link")).expect("a link");
    let file = |name: &str, mode: &str| {
        let path = rules.path(name);
        format!("{{'path': '{}', 'mode': '{mode}'}}", path.display())
    };
    for (operands, told, status) in [
        (&["guest-ping"][..], "allowed: no rule says otherwise", 0),
        (
            &["guest-exec", "metrics"],
            "refused by line 1 (profile monitor)",
            3,
        ),
        (
            &["guest-get-load", "metrics"],
            "allowed by line 1 (profile monitor)",
            0,
        ),
        (
            &["guest-file-open"],
            "depends on the file:\n  line 5 (deny)",
            2,
        ),
        (
            &["guest-file-open", &file("link", "r")],
            "refused by line 5 (deny), being about DIR/secret, to read it",
            3,
        ),
        (
            &["guest-file-open", &file("new", "w+")],
            "allowed: no rule says otherwise, being about DIR/new, to read it",
            0,
        ),
        (
            &["guest-exec", "{'path': 'env'}"],
            "allowed by line 9 (allow), being about /usr/bin/env",
            0,
        ),
        (
            &[
                "guest-exec",
                "{'path': 'env', 'env': ['A=b', 'PATH=/usr/bin']}",
                "general",
            ],
            "refused by line 13 (deny), being about /usr/bin/env",
            3,
        ),
        (
            &["guest-ssh-get-authorized-keys", "{'username': 'root'}"],
            "refused by line 13 (deny)",
            3,
        ),
    ] {
        let channel = operands.last().filter(|last| **last == "metrics");
        let channel = channel.unwrap_or(&"general");
        let told = format!("{} on channel {channel}: {told}", operands[0]);
        assert_eq!(explained(&rules, operands), (told, status));
    }
}

#[test]
fn what_cannot_be_explained_is_told() {
    let rules = Rules::new("[[rule]]\ndeny = ['guest-file-open']\npaths = ['/a']\n");
    for (operands, problem) in [
        (
            &["guest-pong"][..],
            "The command guest-pong has not been found",
        ),
        (&["guest-ping", "nowhere"], "there is no channel nowhere"),
        (
            &["guest-ping", "general", "general"],
            "'general' is one word too many",
        ),
        (
            &["guest-file-open", "{'path': 1}"],
            "the arguments cannot be used: ",
        ),
        (&["guest-file-open", "{"], "the arguments cannot be used: "),
    ] {
        let (told, status) = explained(&rules, operands);
        assert!(told.contains(problem) && status == 1, "{told}");
    }
    rules.write("[[rule]]\n");
    let (told, status) = explained(&rules, &["guest-ping"]);
    let problem = "line 1: a rule has one of";
    assert!(told.contains(problem) && status == 1, "{told}");
}

#[test]
fn the_lists_of_the_configuration_are_explained() {
    let rules = Rules::new("");
    let told = "guest-exec on channel general: refused by the list block-rpcs";
    let with = |option| explained(&rules, &["guest-exec", option]);
    assert_eq!(with("-bguest-exec"), (told.into(), 3));
    let told = "guest-exec on channel general: refused by the list allow-rpcs";
    assert_eq!(with("-aguest-ping"), (told.into(), 3));
}

#[test]
fn a_directory_that_is_named_has_to_be_there() {
    let rules = Rules::new("");
    fs::remove_dir_all(rules.path("policy")).expect("the directory");
    fs::create_dir(rules.path("socket")).expect("a directory");
    let told = "the policy cannot be used: DIR/policy is not there";
    assert!(
        refusal(&rules).contains(&told.replace("DIR/", rules.path("").to_str().expect("text")))
    );
    let (explained, status) = explained(&rules, &["guest-exec"]);
    assert!(explained.contains(told) && status == 1, "{explained}");
}

#[test]
fn a_directory_that_others_could_exchange_prevents_the_start() {
    let rules = Rules::new("");
    fs::create_dir(rules.path("socket")).expect("a directory");
    fs::set_permissions(rules.path(""), fs::Permissions::from_mode(0o757)).expect("permissions");
    let told = refusal(&rules);
    let dir = rules.path("");
    let dir = dir.to_str().expect("text").trim_end_matches('/');
    let line = format!("{dir}/policy: it can be replaced: {dir} can be written by others");
    assert!(told.contains(&line), "{told}");
}
