//! The hooks for databases in `qga-server/dist/hooks`, tried on real servers.
//!
//! Each test has a world of its own: processes, mounts and a network that nobody else sees, so that a hook finds no
//! server but those of the test, and all of them end with it.

mod mysql;
mod postgresql;
mod redis;
mod snapshot;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use qapi_tests::need;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// Furnishes a world and stays its first process, who has to wait for all that have lost their parents.
const FIRST: &str = r#"
    mount -t tmpfs -o mode=755 run /run
    mount -t tmpfs -o mode=1777 data "$DATA"
    ! [ -d /etc/redis ] || mount -t tmpfs -o mode=755 redis /etc/redis
    ip link set lo up
    echo ready
    sleep 100000 &
    wait
"#;

const SERVERS: &str = include_str!("servers.sh");

/// Namespaces with a directory in memory, which all go when this is dropped.
struct World {
    outside: Child,
    first: Pid,
    data: TempDir,
}

impl World {
    /// One for servers that need these programs.
    fn new(programs: &[&str]) -> Option<Self> {
        need::apart()?;
        for name in ["nsenter", "runuser", "setsid"].iter().chain(programs) {
            need::tool(name)?;
        }
        let data = TempDir::with_prefix("qapi-test-").expect("a temporary directory");
        let mut outside = Command::new("unshare")
            .args(["--mount", "--pid", "--net", "--fork", "--kill-child"])
            .args(["--mount-proc", "--propagation", "private"])
            .args(["sh", "-euc", FIRST])
            .env("DATA", data.path())
            .stdout(Stdio::piped())
            // It complains of the way in which its child ends.
            .stderr(Stdio::null())
            .spawn()
            .expect("`unshare` is there");
        let mut line = String::new();
        let mut output = BufReader::new(outside.stdout.take().expect("a pipe"));
        output.read_line(&mut line).expect("a pipe of ours");
        assert_eq!(line, "ready\n");
        let children = format!("/proc/{0}/task/{0}/children", outside.id());
        let first = fs::read_to_string(children).expect("it has a child");
        let first = first.trim().parse().ok().and_then(Pid::from_raw);
        Some(Self {
            outside,
            first: first.expect("a number"),
            data,
        })
    }

    /// Runs a script in it, in which `$HOOKS` are our hooks.
    fn run(&self, script: &str) -> Output {
        let first = self.first.as_raw_nonzero().to_string();
        Command::new("nsenter")
            .args(["--target", &first, "--mount", "--pid", "--net"])
            .args(["sh", "-euc", &format!("{SERVERS}\n{script}")])
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .env("DATA", self.data.path())
            // The numbers of processes, by which servers name files there, are those of other worlds as well.
            .env("TMPDIR", self.data.path())
            .env("HOOKS", hooks())
            .current_dir("/")
            .output()
            .expect("`nsenter` is there")
    }

    /// Does the same, and gives what it prints. Nothing in it may fail.
    #[track_caller]
    fn sh(&self, script: &str) -> String {
        let output = self.run(script);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        String::from_utf8(output.stdout).expect("text")
    }

    /// Does the same with what has to fail, and gives the reason.
    #[track_caller]
    fn reason(&self, script: &str) -> String {
        let output = self.run(script);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(output.stdout.is_empty(), "{output:?}");
        let said = String::from_utf8(output.stderr).expect("text");
        said.replace(self.data.path().to_str().expect("text"), "DATA")
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // With the first process of a world end all others, and before it is waited for.
        let _ = kill_process(self.first, Signal::KILL);
        let _ = self.outside.wait();
    }
}

fn hooks() -> PathBuf {
    need::workspace().join("qga-server/dist/hooks")
}

const HOOKS: [&str; 3] = ["mysql", "postgresql", "redis"];

#[test]
fn hooks_are_programs_that_every_shell_can_read() {
    let mut found: Vec<_> = fs::read_dir(hooks())
        .expect("our hooks")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    found.sort();
    assert_eq!(found, HOOKS);
    for hook in HOOKS.map(|name| hooks().join(name)) {
        let mode = hook.metadata().expect("our hook").permissions().mode();
        assert_eq!(mode & 0o777, 0o755, "{}", hook.display());
        for (shell, arguments) in [
            ("dash", &["-n"][..]),
            ("bash", &["--posix", "-n"]),
            ("busybox", &["sh", "-n"]),
        ] {
            let Some(shell) = need::tool(shell) else {
                continue;
            };
            let output = Command::new(shell).args(arguments).arg(&hook).output();
            let output = output.expect("a shell");
            assert!(output.status.success(), "{output:?}");
            assert!(output.stderr.is_empty(), "{output:?}");
        }
    }
}

#[test]
fn a_hook_without_a_server_does_nothing() {
    let Some(world) = World::new(&[]) else {
        return;
    };
    for hook in HOOKS {
        let script = format!(
            "\"$HOOKS/{hook}\" freeze; \"$HOOKS/{hook}\" thaw; [ ! -e /run/qga-hook-{hook} ]"
        );
        let output = world.run(&script);
        assert!(output.status.success(), "{output:?}");
        assert!(output.stdout.is_empty() && output.stderr.is_empty());
        let output = world.run(&format!("\"$HOOKS/{hook}\" flush"));
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
}
