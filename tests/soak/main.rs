//! A long life: very many requests of all kinds, of very many clients, leave memory and descriptors as they are.
//!
//! `QAPI_SOAK=1000000,10000` sets how many requests there are, and how many clients. Each request has to get its reply,
//! in order; a client may also leave without waiting for any.

mod client;
mod measure;
mod mix;
mod numbers;

use std::env;
use std::io::{self, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use qapi_tests::{Agent, Setup, need};

use crate::client::{Counts, Manner, be_client};
use crate::measure::{Sample, settled};
use crate::mix::Mix;
use crate::numbers::Numbers;

/// How many requests there are, and how many clients, where nobody says it.
const REQUESTS: u64 = 50_000;
const CLIENTS: u64 = 1_000;
/// How many clients ask at the same time.
const AT_ONCE: u64 = 4;
/// How many others are there all the time and say nothing.
const SILENT: usize = 32;
/// The part of it all that comes before the first measurement.
const WARM_UP: u64 = 10;
/// How much more memory there may be at the end, in bytes: what an allocator keeps here and there. A leak of a few bytes
/// for each request is more.
const TOLERANCE: usize = 1 << 20;

fn sizes() -> (u64, u64) {
    let Some(text) = env::var_os("QAPI_SOAK") else {
        return (REQUESTS, CLIENTS);
    };
    let text = text.into_string().expect("QAPI_SOAK is text");
    let sizes = text.split_once(',').and_then(|(requests, clients)| {
        Some((requests.trim().parse().ok()?, clients.trim().parse().ok()?))
    });
    sizes.expect("QAPI_SOAK is two numbers, such as 1000000,10000")
}

#[test]
fn memory_and_descriptors_stay_as_they_are() {
    let (requests, clients) = sizes();
    let mut setup = Setup::new(need::our_agent(env!("CARGO_BIN_EXE_agent-under-test")));
    setup.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    let agent = setup.start();
    let mix = Mix::new(&agent);
    let silent: Vec<_> = (0..SILENT).map(|_| agent.connect()).collect();
    let begin = Instant::now();
    live(&agent, &mix, (requests / WARM_UP, clients / WARM_UP), 1);
    let before = settled(&agent, SILENT);
    let counts = live(&agent, &mix, (requests, clients), 2);
    let after = settled(&agent, SILENT);
    tell(&counts, &before, &after, begin);
    drop(silent);
    assert!(
        counts.requests >= requests && counts.clients >= clients,
        "{counts:?}"
    );
    assert_eq!(after.descriptors, before.descriptors, "descriptors");
    assert_eq!(after.threads, before.threads, "threads");
    let growth = after.resident.saturating_sub(before.resident);
    assert!(growth <= TOLERANCE, "{growth} bytes more than before");
    // Nothing is left in the directory of its state but the counter.
    let files = agent.files();
    let state = files.keys().filter(|name| name.starts_with("state/"));
    assert_eq!(state.collect::<Vec<_>>(), ["state/qga.state"]);
}

/// So many requests by so many clients, at least.
fn live(agent: &Agent, mix: &Mix, (requests, clients): (u64, u64), seed: u64) -> Counts {
    let (next, asked) = (AtomicU64::new(0), AtomicU64::new(0));
    let each = requests.div_ceil(clients.max(1));
    thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE)
            .map(|worker| {
                let (next, asked) = (&next, &asked);
                scope.spawn(move || {
                    let mut numbers = Numbers::new(seed << 32 | worker);
                    let mut counts = Counts::default();
                    // Clients who leave ask for less than their share, and others come for the rest.
                    while next.fetch_add(1, Ordering::Relaxed) < clients
                        || asked.load(Ordering::Relaxed) < requests
                    {
                        let before = counts.requests;
                        let manner = Manner::any(&mut numbers);
                        be_client(agent, mix, &mut numbers, manner, each, &mut counts);
                        asked.fetch_add(counts.requests - before, Ordering::Relaxed);
                    }
                    counts
                })
            })
            .collect();
        let counts = workers.into_iter().map(|worker| worker.join());
        counts.map(|counts| counts.expect("its claims hold")).sum()
    })
}

fn tell(counts: &Counts, before: &Sample, after: &Sample, begin: Instant) {
    // Past the capture of the test runner; a terminal that is gone is no reason to fail.
    let _ = writeln!(
        io::stderr(),
        "{counts}\nbefore: {before}\nafter:  {after}\nin {} seconds",
        begin.elapsed().as_secs()
    );
}
