//! What the kernel tells of a process.

use std::fs;
use std::path::Path;
use std::thread;

use qapi_tests::Agent;
use serde_json::Value;

/// The most memory that an agent has needed, in bytes.
pub(crate) fn peak(agent: &Agent) -> usize {
    kilobytes(agent, "VmHWM:") << 10
}

/// The memory that it has now, in bytes.
pub(crate) fn resident(agent: &Agent) -> usize {
    kilobytes(agent, "VmRSS:") << 10
}

fn kilobytes(agent: &Agent, name: &str) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", agent.process()));
    let status = status.expect("the agent is there");
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.unwrap_or_else(|| panic!("no {name} in {status}"))
}

/// Waits until a process is reaped.
pub(crate) fn gone(pid: &Value) {
    let path = format!("/proc/{}", pid.as_i64().expect("a number"));
    while Path::new(&path).exists() {
        thread::yield_now();
    }
}

/// How much time of a processor the agent has used, in the kernel's ticks.
pub(crate) fn ticks(agent: &Agent) -> u64 {
    let columns = columns(&format!("/proc/{}/stat", agent.process()));
    let number = |index: usize| columns[index].parse::<u64>().expect("a number");
    // The first column here is the third of the manual.
    number(11) + number(12)
}

/// Whether every thread of the agent sleeps.
pub(crate) fn sleeps(agent: &Agent) -> bool {
    let threads = fs::read_dir(format!("/proc/{}/task", agent.process()));
    let mut threads = threads.expect("the agent is there");
    threads.all(|thread| {
        let path = thread.expect("a directory entry").path().join("stat");
        // A thread that has ended meanwhile does nothing.
        !path.exists() || columns(&path.to_string_lossy())[0] == "S"
    })
}

/// What stands behind the name of a process, which may hold anything.
fn columns(path: &str) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap_or_else(|_| ") S".into());
    let (_, columns) = text.rsplit_once(')').expect("the name is in parentheses");
    columns.split_whitespace().map(str::to_owned).collect()
}
