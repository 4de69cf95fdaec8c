//! The unit and its drop-ins: what systemd says of them, and that the agent can work within them.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use qapi_tests::{Agent, Setup, need};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::distribution::ours;
use crate::request;

const UNIT: &str = "qga-server.service";
const DROP_INS: [&str; 2] = ["monitor", "backup"];

/// A file system with nothing but the unit, the program, and a drop-in or none.
struct Installed(TempDir);

impl Installed {
    fn new(drop_in: Option<&str>) -> Self {
        let dir = TempDir::with_prefix("qapi-test-").expect("a temporary directory");
        let units = dir.path().join("etc/systemd/system");
        let drop_ins = units.join(format!("{UNIT}.d"));
        let programs = dir.path().join("usr/sbin");
        for directory in [&drop_ins, &programs] {
            fs::create_dir_all(directory).expect("fresh directories");
        }
        // What every system has.
        fs::write(units.join("sysinit.target"), "[Unit]\n").expect("a fresh file");
        fs::copy(ours(UNIT), units.join(UNIT)).expect("our unit");
        if let Some(name) = drop_in {
            fs::copy(sandbox(name), drop_ins.join("sandbox.conf")).expect("our drop-in");
        }
        let program = programs.join("qga-server");
        fs::write(&program, "#!/bin/sh\n").expect("a fresh file");
        fs::set_permissions(program, fs::Permissions::from_mode(0o755)).expect("a file of ours");
        Self(dir)
    }

    /// What `systemd-analyze` says when it is asked, and whether it is content.
    fn analyze(&self, analyze: &Path, words: &[&str]) -> (bool, String) {
        let output = Command::new(analyze)
            .arg("--root")
            .arg(self.0.path())
            .args(words)
            .arg(UNIT)
            .output()
            .expect("the program runs");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        (output.status.success(), said)
    }
}

fn sandbox(name: &str) -> PathBuf {
    ours("sandbox").join(name).with_extension("conf")
}

/// What a drop-in starts the agent with.
fn arguments(name: &str) -> Vec<String> {
    let text = fs::read_to_string(sandbox(name)).expect("our drop-in");
    let text = text.replace("\\\n", " ");
    let mut lines = text.lines();
    let line = lines.find_map(|line| line.strip_prefix("ExecStart=/usr/sbin/qga-server "));
    let words = line.expect("it starts the agent").split_whitespace();
    words.map(str::to_owned).collect()
}

/// The commands that a drop-in allows.
fn allowed(name: &str) -> Vec<String> {
    let arguments = arguments(name);
    let lists = arguments.iter().map(|argument| {
        let list = argument.strip_prefix("--allow-rpcs=");
        list.expect("it only says what is allowed")
    });
    lists
        .flat_map(|list| list.split(','))
        .map(str::to_owned)
        .collect()
}

#[test]
fn systemd_understands_the_unit_and_each_drop_in() {
    let Some(analyze) = need::tool("systemd-analyze") else {
        return;
    };
    for drop_in in [None].into_iter().chain(DROP_INS.map(Some)) {
        let (content, said) = Installed::new(drop_in).analyze(&analyze, &["verify"]);
        // Whatever it says of the unit is a complaint.
        assert!(content && !said.contains(UNIT), "{drop_in:?}: {said}");
    }
}

#[test]
fn the_exposure_is_what_it_is_said_to_be() {
    let Some(analyze) = need::tool("systemd-analyze") else {
        return;
    };
    // In tenths; a release of systemd may look at a little more than the one before.
    for (drop_in, most) in [(None, 98), (Some("backup"), 65), (Some("monitor"), 42)] {
        let threshold = format!("--threshold={most}");
        let words = ["security", "--offline=true", "--no-pager", &threshold];
        let (content, said) = Installed::new(drop_in).analyze(&analyze, &words);
        assert!(content, "{drop_in:?}: {said}");
    }
}

#[test]
fn drop_ins_allow_commands_that_there_are() {
    let agent = need::our_agent(env!("CARGO_BIN_EXE_agent-under-test"));
    let list = Command::new(agent).args(["-b", "help"]).output();
    let list = list.expect("our agent").stdout;
    let known: BTreeSet<&str> = str::from_utf8(&list).expect("text").lines().collect();
    for name in DROP_INS {
        let allowed = allowed(name);
        assert!(allowed.len() > 10, "{name}: {allowed:?}");
        for command in &allowed {
            assert!(known.contains(command.as_str()), "{name}: {command}");
        }
    }
}

/// Calls each command that needs no arguments, and gives those that fail.
fn failures(agent: &Agent, commands: &[String]) -> Vec<String> {
    let mut wire = agent.connect();
    let mut failures = Vec::new();
    for command in commands {
        let arguments = serde_json::json!({"id": 1});
        let reply = match command.starts_with("guest-sync") {
            true => wire.replies_to(request(command, arguments)),
            false => wire.replies_to(serde_json::json!({"execute": command}).to_string()),
        };
        if reply.windows(9).any(|bytes| bytes == b"\"error\": ") {
            failures.push(String::from_utf8_lossy(&reply).into_owned());
        }
    }
    failures
}

/// Our agent by way of a program that changes its surroundings.
pub(crate) fn by_way_of(home: &Path, words: &str) -> PathBuf {
    let agent = need::our_agent(env!("CARGO_BIN_EXE_agent-under-test"));
    let script = format!("#!/bin/sh\n{words} '{}' \"$@\"\n", agent.display());
    let path = home.join("agent");
    fs::write(&path, script).expect("a fresh file");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a file of ours");
    path
}

#[test]
fn monitoring_works_with_hardly_any_right_of_root() {
    let (Some(()), Some(setpriv)) = (need::root(), need::tool("setpriv")) else {
        return;
    };
    let dir = TempDir::with_prefix("qapi-test-").expect("a temporary directory");
    let setpriv = setpriv.display();
    let few = format!("exec {setpriv} --no-new-privs --bounding-set=-all,+dac_read_search");
    let mut setup = Setup::new(by_way_of(dir.path(), &few));
    setup.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    arguments("monitor").iter().for_each(|argument| {
        setup.arg(argument);
    });
    let agent = setup.start();
    let status = fs::read_to_string(format!("/proc/{}/status", agent.process()));
    let status = status.expect("the agent is there");
    assert!(status.contains("CapEff:\t0000000000000004\n"), "{status}");
    assert_eq!(failures(&agent, &allowed("monitor")), [""; 0]);
}

/// The system calls that a word in a filter of systemd stands for: one, or a set.
fn members(analyze: &Path, word: &str) -> BTreeSet<String> {
    if !word.starts_with('@') {
        return BTreeSet::from([word.to_owned()]);
    }
    let output = Command::new(analyze)
        .args(["syscall-filter", word])
        .output();
    let text = String::from_utf8(output.expect("the program runs").stdout).expect("text");
    let words = text.lines().skip(1).map(str::trim);
    let words = words.filter(|word| !word.is_empty() && !word.starts_with('#'));
    words.flat_map(|word| members(analyze, word)).collect()
}

/// The system calls that the filter of a drop-in lets through.
fn permitted(analyze: &Path, name: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(sandbox(name)).expect("our drop-in");
    let filters = text
        .lines()
        .filter_map(|line| line.strip_prefix("SystemCallFilter="));
    let mut permitted = BTreeSet::new();
    for filter in filters {
        let sets = filter.trim_start_matches('~').split_whitespace();
        for set in sets {
            let members = members(analyze, set);
            assert!(!members.is_empty(), "{set}");
            match filter.starts_with('~') {
                true => permitted.retain(|call| !members.contains(call)),
                false => permitted.extend(members),
            }
        }
    }
    permitted
}

#[test]
fn monitoring_makes_no_system_call_that_its_filter_stops() {
    let tools = (need::tool("systemd-analyze"), need::tool("strace"));
    let (Some(analyze), Some(strace)) = tools else {
        return;
    };
    let dir = TempDir::with_prefix("qapi-test-").expect("a temporary directory");
    let trace = dir.path().join("trace");
    let words = format!("exec '{}' -f -o '{}'", strace.display(), trace.display());
    let agent = Setup::new(by_way_of(dir.path(), &words)).start();
    assert_eq!(failures(&agent, &allowed("monitor")), [""; 0]);
    // The agent is the one child of what was started, which ends after it, with all written down.
    let children = format!("/proc/{0}/task/{0}/children", agent.process());
    let child = fs::read_to_string(children).expect("it is there");
    let child = Pid::from_raw(child.trim().parse().expect("one child")).expect("a number");
    kill_process(child, Signal::TERM).expect("it is ours");
    agent.terminate();
    let trace = fs::read_to_string(trace).expect("a trace");
    let made: BTreeSet<&str> = trace
        .lines()
        .filter_map(|line| {
            let (_, call) = line.split_once(' ')?;
            let (name, _) = call.trim_start().split_once('(')?;
            name.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                .then_some(name)
        })
        .collect();
    assert!(made.len() > 20, "{made:?}");
    let permitted = permitted(&analyze, "monitor");
    let stopped: Vec<&&str> = made
        .iter()
        .filter(|call| !permitted.contains(**call))
        .collect();
    assert!(stopped.is_empty(), "{stopped:?}");
}
