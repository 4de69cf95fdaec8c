//! What an agent has: memory, descriptors, threads.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use qapi_tests::{Agent, PATIENCE};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    /// In bytes.
    pub(crate) resident: usize,
    /// The same without what is only read from the program's file.
    pub(crate) anonymous: usize,
    pub(crate) descriptors: usize,
    pub(crate) threads: usize,
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (resident, anonymous) = (self.resident >> 10, self.anonymous >> 10);
        let (descriptors, threads) = (self.descriptors, self.threads);
        write!(
            f,
            "{resident} kB resident, {anonymous} kB of them its own; {descriptors} descriptors, {threads} threads"
        )
    }
}

/// What the agent has when it has `clients` and nothing to do.
///
/// # Panics
/// It goes on doing something for nobody.
pub(crate) fn settled(agent: &Agent, clients: usize) -> Sample {
    let directory = PathBuf::from(format!("/proc/{}", agent.process()));
    let begin = Instant::now();
    // Who has left is served to the end, and what was started is reaped.
    loop {
        let (for_clients, children) = at_work(&directory);
        if for_clients == clients && children == 0 {
            break;
        }
        assert!(
            begin.elapsed() < PATIENCE,
            "{for_clients} threads for {clients} clients, {children} children"
        );
        thread::yield_now();
    }
    let rollup = fs::read_to_string(directory.join("smaps_rollup")).expect("the agent is there");
    Sample {
        resident: kilobytes(&rollup, "Rss:") << 10,
        anonymous: kilobytes(&rollup, "Anonymous:") << 10,
        descriptors: names(&directory.join("fd")).len(),
        threads: names(&directory.join("task")).len(),
    }
}

/// How many threads it has for clients, and how many children, with the thread that looks after them.
fn at_work(directory: &Path) -> (usize, usize) {
    let tasks = names(&directory.join("task"));
    // A thread may have ended meanwhile.
    let read = |task: &PathBuf, name| fs::read_to_string(task.join(name)).unwrap_or_default();
    let named = |name: &str| {
        let tasks = tasks.iter();
        tasks.filter(|task| read(task, "comm") == name).count()
    };
    let children = tasks
        .iter()
        .map(|task| read(task, "children").split_whitespace().count());
    // A thread stays for a moment after the last of them.
    let busy = children.sum::<usize>() + named("guest-exec\n");
    (named("client\n"), busy)
}

fn names(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("the agent is there");
    entries.flatten().map(|entry| entry.path()).collect()
}

fn kilobytes(text: &str, name: &str) -> usize {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.unwrap_or_else(|| panic!("no {name} in {text}"))
}
