//! The files of distributions: what they say to the C agent works with ours.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use qapi_tests::{Wire, need};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};
use tempfile::TempDir;

/// How Debian's init script starts the agent, from what `/etc/default/qemu-guest-agent` may set.
const DEBIAN_START: &str = r#"
    . "$HOME/qemu-guest-agent"
    method=${TRANSPORT%%:*} path=${TRANSPORT#*:}
    exec start-stop-daemon -S -q -p "$HOME/pid" -x "$HOME/qemu-ga" -- --daemonize $DAEMON_ARGS -m "$method" -p "$path"
"#;

/// How it stops the agent, but for the time that it waits.
const DEBIAN_STOP: &str = r#"
    exec start-stop-daemon -K -q --signal TERM -p "$HOME/pid" --name qemu-ga
"#;

/// How the unit of Red Hat starts the agent, from what `/etc/sysconfig/qemu-ga` sets.
const RED_HAT: &str = r#"
    . "$HOME/sysconfig"
    exec "$HOME/qemu-ga" --method=virtio-serial --path=/dev/virtio-ports/org.qemu.guest_agent.0 \
        ${FILTER_RPC_ARGS} -F"${FSFREEZE_HOOK_PATHNAME}" --dump-conf
"#;

/// How the units before that did.
const RED_HAT_BEFORE: &str = r#"
    . "$HOME/sysconfig"
    exec "$HOME/qemu-ga" --method=virtio-serial --path=/dev/virtio-ports/org.qemu.guest_agent.0 \
        --blacklist="${BLACKLIST_RPC}" -F"${FSFREEZE_HOOK_PATHNAME}" --dump-conf
"#;

/// A machine whose `/etc` and `/run` are one directory, with our agent in the place of the C one.
struct Machine(TempDir);

impl Machine {
    fn new() -> Self {
        let dir = TempDir::with_prefix("qapi-test-").expect("a temporary directory");
        let program = need::our_agent(env!("CARGO_BIN_EXE_agent-under-test"));
        symlink(program, dir.path().join("qemu-ga")).expect("a fresh link");
        Self(dir)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn place(&self) -> &str {
        self.0.path().to_str().expect("temporary paths are text")
    }

    fn file(&self, name: &str, content: &str) {
        let content = content.replace('%', self.place());
        fs::write(self.path(name), content).expect("a fresh file");
    }

    fn sh(&self, script: &str) -> Output {
        Command::new("sh")
            .args(["-euc", script])
            .env("HOME", self.place())
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .current_dir("/")
            .output()
            .expect("a shell")
    }

    fn pid(&self) -> Option<Pid> {
        let text = fs::read_to_string(self.path("pid")).ok()?;
        Pid::from_raw(text.trim().parse().ok()?)
    }

    /// Asks the daemon for a sign of life.
    fn ping(&self) {
        let mut wire = Wire::connect(&self.path("socket")).expect("a daemon");
        wire.send(b"{\"execute\": \"guest-ping\"}\n");
        assert_eq!(wire.line(), b"{\"return\": {}}\n");
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if let Some(pid) = self.pid() {
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

#[test]
fn the_init_script_of_debian_starts_and_stops_the_agent() {
    let Some(_) = need::tool("start-stop-daemon") else {
        return;
    };
    let machine = Machine::new();
    machine.file(
        "qemu-guest-agent",
        "# A comment.\nDAEMON_ARGS=\"-t % -f %/pid -v -l %/log\"\nTRANSPORT=unix-listen:%/socket\n",
    );
    let start = machine.sh(DEBIAN_START);
    assert!(start.status.success(), "{start:?}");
    machine.ping();
    let again = machine.sh(DEBIAN_START);
    assert_eq!(again.status.code(), Some(1), "it runs already: {again:?}");
    machine.ping();
    let daemon = machine.pid().expect("a pid file");
    let process = pidfd_open(daemon, PidfdFlags::empty()).expect("a process");
    let stop = machine.sh(DEBIAN_STOP);
    assert!(stop.status.success(), "{stop:?}");
    poll(&mut [PollFd::new(&process, PollFlags::IN)], None).expect("an end");
    for name in ["pid", "socket"] {
        assert!(!machine.path(name).exists(), "{name} is left");
    }
    let again = machine.sh(DEBIAN_STOP);
    assert_eq!(again.status.code(), Some(1), "it does not run: {again:?}");
}

/// The configuration that comes out of a script, with the lines that are wanted.
fn dumps(machine: &Machine, script: &str, lines: &[&str]) {
    let output = machine.sh(script);
    assert!(output.status.success(), "{output:?}");
    let dump = String::from_utf8(output.stdout).expect("text");
    for line in lines {
        assert!(dump.lines().any(|it| it == *line), "no {line} in {dump}");
    }
}

#[test]
fn the_settings_of_red_hat_mean_the_same() {
    let machine = Machine::new();
    machine.file(
        "sysconfig",
        "# A comment.\nFILTER_RPC_ARGS=\"--allow-rpcs=guest-ping,guest-sync --block-rpcs=guest-exec\"\n\
         FSFREEZE_HOOK_PATHNAME=/etc/qemu-ga/fsfreeze-hook\n",
    );
    let lines = [
        "method=virtio-serial",
        "path=/dev/virtio-ports/org.qemu.guest_agent.0",
        "allow-rpcs=guest-sync,guest-ping",
        "block-rpcs=guest-exec",
        "fsfreeze-hook=/etc/qemu-ga/fsfreeze-hook",
    ];
    dumps(&machine, RED_HAT, &lines);
    machine.file("sysconfig", "FILTER_RPC_ARGS=\nFSFREEZE_HOOK_PATHNAME=\n");
    let lines = [
        "allow-rpcs=",
        "block-rpcs=",
        "fsfreeze-hook=/etc/qemu/fsfreeze-hook",
    ];
    dumps(&machine, RED_HAT, &lines);
    machine.file(
        "sysconfig",
        "BLACKLIST_RPC=guest-exec,guest-exec-status\nFSFREEZE_HOOK_PATHNAME=/hook\n",
    );
    let lines = [
        "block-rpcs=guest-exec-status,guest-exec",
        "fsfreeze-hook=/hook",
    ];
    dumps(&machine, RED_HAT_BEFORE, &lines);
    machine.file(
        "sysconfig",
        "BLACKLIST_RPC=\nFSFREEZE_HOOK_PATHNAME=/hook\n",
    );
    dumps(&machine, RED_HAT_BEFORE, &["block-rpcs="]);
}

#[test]
fn a_configuration_file_makes_a_daemon() {
    let machine = Machine::new();
    machine.file(
        "qemu-ga.conf",
        "[general]\ndaemon=true\nlogfile=%/log\npidfile=%/pid\nmethod=unix-listen\npath=%/socket\nstatedir=%\n\
         verbose=true\n",
    );
    let output = machine.sh("QGA_CONF=$HOME/qemu-ga.conf exec \"$HOME/qemu-ga\"");
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty());
    machine.ping();
    assert!(machine.pid().is_some());
    let log = fs::read_to_string(machine.path("log")).expect("a log");
    assert!(log.contains(" started\n"), "{log}");
    // There is one client, who comes and goes: the daemon is still there.
    UnixStream::connect(machine.path("socket")).expect("a daemon");
    machine.ping();
}

/// A file that comes with the agent.
pub(crate) fn ours(name: &str) -> PathBuf {
    need::workspace().join("qga-server/dist").join(name)
}

#[test]
fn the_sample_configuration_shows_the_defaults() {
    let machine = Machine::new();
    machine.file("empty", "");
    let sample = fs::read_to_string(ours("qemu-ga.conf")).expect("our sample");
    machine.file("sample", &sample);
    let dump = |file: &str| {
        let output = machine.sh(&format!("exec \"$HOME/qemu-ga\" -D -c \"$HOME/{file}\""));
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("text")
    };
    assert_eq!(dump("sample"), dump("empty"));
    // What is commented out has to be understood as well.
    let more = sample.replace("\n#", "\n").replace("\n ", "\n# ");
    machine.file("more", &more);
    for line in [
        "logfile=/var/log/qemu-ga.log",
        "fsfreeze-hook=/etc/qemu/fsfreeze-hook",
        "policy-dir=/etc/qemu/qga-policy.d",
        "audit=off",
        "[channel second]",
    ] {
        assert!(dump("more").lines().any(|it| it == line), "no {line}");
    }
}

/// A hook that notes its name and what it hears, and ends with this status when it hears `freeze`.
fn hook(machine: &Machine, name: &str, status: i32) {
    let text = format!(
        "#!/bin/sh\necho \"${{0##*/}} $1\" >>%/heard\n[ \"$1\" = thaw ] || [ {status} = 0 ] || \
         {{ echo \"${{0##*/}}: not now\" >&2; exit {status}; }}\n"
    );
    machine.file(&format!("fsfreeze-hook.d/{name}"), &text);
    let path = machine.path("fsfreeze-hook.d").join(name);
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(path, mode).expect("a file of ours");
}

/// The directory of hooks, which nobody else can change whatever the umask.
fn make_directory(machine: &Machine) {
    let path = machine.path("fsfreeze-hook.d");
    fs::create_dir(&path).expect("a fresh directory");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(path, mode).expect("a directory of ours");
}

/// What our hook in `machine` says, which is nothing if it succeeds, and what its hooks hear: the same in each shell.
fn hear(machine: &Machine, word: &str) -> (String, String) {
    let results = ["dash", "bash --posix", "busybox sh"]
        .into_iter()
        .filter_map(|shell| {
            need::tool(shell.split(' ').next().expect("a name"))?;
            let _ = fs::remove_file(machine.path("heard"));
            let output = machine.sh(&format!("exec {shell} \"$HOME/fsfreeze-hook\" {word}"));
            let said = String::from_utf8(output.stderr).expect("text");
            assert_eq!(output.status.success(), said.is_empty(), "{said}");
            let said = said.replace(machine.place(), "%");
            let heard = fs::read_to_string(machine.path("heard")).unwrap_or_default();
            Some((said, heard.replace('\n', ",")))
        });
    let mut results: Vec<_> = results.collect();
    results.dedup();
    assert_eq!(results.len(), 1, "{results:?}");
    results.remove(0)
}

fn with_hook() -> Machine {
    let machine = Machine::new();
    let hook = fs::read_to_string(ours("fsfreeze-hook")).expect("our hook");
    fs::write(machine.path("fsfreeze-hook"), hook).expect("a fresh file");
    machine
}

#[test]
fn defect_18_the_hook_needs_no_more_than_a_plain_shell() {
    let machine = with_hook();
    assert_eq!(hear(&machine, "freeze"), (String::new(), String::new()));
    make_directory(&machine);
    assert_eq!(hear(&machine, "thaw"), (String::new(), String::new()));
    hook(&machine, "1 mysql", 0);
    hook(&machine, "2-postgres", 0);
    hook(&machine, "3-old.dpkg-old", 1);
    machine.file("fsfreeze-hook.d/README", "no program");
    let heard = "1 mysql freeze,2-postgres freeze,";
    assert_eq!(hear(&machine, "freeze"), (String::new(), heard.to_owned()));
    let heard = "2-postgres thaw,1 mysql thaw,";
    assert_eq!(hear(&machine, "thaw"), (String::new(), heard.to_owned()));
}

#[test]
fn a_program_that_others_could_change_fails_the_freeze() {
    let machine = with_hook();
    make_directory(&machine);
    hook(&machine, "1", 0);
    hook(&machine, "2", 0);
    let change = |name: &str, mode| {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
        fs::set_permissions(machine.path(name), mode).expect("a file of ours");
    };
    let told = |name: &str| format!("%/fsfreeze-hook.d/{name}: others could change it\n");
    for mode in [0o775, 0o757] {
        change("fsfreeze-hook.d/1", mode);
        assert_eq!(hear(&machine, "freeze"), (told("1"), String::new()));
        let heard = (told("1"), "2 thaw,".to_owned());
        assert_eq!(hear(&machine, "thaw"), heard);
    }
    change("fsfreeze-hook.d/1", 0o755);
    change("fsfreeze-hook.d", 0o777);
    let both = told("1") + &told("2");
    assert_eq!(hear(&machine, "freeze"), (both, String::new()));
    if need::root().is_some() {
        change("fsfreeze-hook.d", 0o755);
        let path = machine.path("fsfreeze-hook.d/2");
        std::os::unix::fs::chown(path, Some(65_534), None).expect("root may");
        assert_eq!(hear(&machine, "freeze"), (told("2"), String::new()));
    }
}

#[test]
fn defect_18_a_program_that_cannot_be_quieted_fails_the_freeze() {
    let machine = with_hook();
    make_directory(&machine);
    hook(&machine, "1", 0);
    hook(&machine, "2", 1);
    hook(&machine, "3", 0);
    let heard = "1 freeze,2 freeze,2 thaw,1 thaw,";
    let said = "2: not now\n%/fsfreeze-hook.d/2 freeze: status 1\n";
    assert_eq!(
        hear(&machine, "freeze"),
        (said.to_owned(), heard.to_owned())
    );
}

#[test]
fn the_rule_starts_the_unit() {
    let rule = fs::read_to_string(ours("60-qga-server.rules")).expect("our rule");
    assert!(rule.contains("ENV{SYSTEMD_WANTS}=\"qga-server.service\""));
    assert!(Path::new(&ours("qga-server.service")).exists());
}

#[test]
fn the_page_about_the_agent_names_every_option() {
    let page = fs::read_to_string(need::workspace().join("qga-server/README.md"));
    let page = page.expect("our page");
    let help = Machine::new().sh("exec \"$HOME/qemu-ga\" --help");
    let help = String::from_utf8(help.stdout).expect("text");
    let names = help.split_whitespace().filter_map(|word| {
        let name = word.strip_prefix("--")?;
        Some(name.split(['=', '[']).next().expect("a name"))
    });
    for name in names.filter(|name| !["help", "version"].contains(name)) {
        assert!(page.contains(&format!("`--{name}` |")), "no {name}");
    }
}
