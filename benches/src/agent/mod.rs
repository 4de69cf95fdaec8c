//! The guest agent beside that of QEMU.
//!
//! Both run side by side at sockets of their own and are asked in turns, one round after another. A third server that
//! looks at nothing, [`bare`], is asked the same questions in the same rounds: what it takes is what the kernel and the
//! client take, which no agent can undercut.

pub(crate) mod bare;
mod exec;
mod file;
mod idle;
mod limit;
mod line;
mod load;
mod memory;
mod noise;
mod ping;
mod process;
pub(crate) mod programs;
mod query;
mod size;
mod start;
mod turns;

use crate::measure::Measure;

/// A thousand bytes twice, as the limits of the protocol count them.
const KIB: usize = 1 << 10;

/// A million of them.
const MIB: usize = 1 << 20;

/// The rows of the table, in its order.
pub(crate) const MEASURES: &[Measure] = &[
    Measure::quick("agent/ping", ping::one),
    Measure::quick("agent/pings-in-one-write", ping::many),
    Measure::quick("agent/file-read-64k", |cx| {
        file::read(cx, "guest-file-read, 64 KiB", 64 * KIB)
    }),
    Measure::quick("agent/file-read-1m", |cx| {
        file::read(cx, "guest-file-read, 1 MiB", MIB)
    }),
    Measure::quick("agent/file-read-48m", |cx| {
        file::read(cx, "guest-file-read, 48 MiB", 48 * MIB)
    }),
    Measure::quick("agent/file-write-64k", |cx| {
        file::write(cx, "guest-file-write, 64 KiB", 64 * KIB)
    }),
    Measure::quick("agent/file-write-1m", |cx| {
        file::write(cx, "guest-file-write, 1 MiB", MIB)
    }),
    Measure::quick("agent/file-write-16m", |cx| {
        file::write(cx, "guest-file-write, 16 MiB", 16 * MIB)
    }),
    Measure::quick("agent/memory-peak", memory::peak),
    Measure::quick("agent/memory-kept", memory::kept),
    Measure::quick("agent/memory-output", memory::output),
    Measure::quick("agent/memory-idle", memory::idle),
    Measure::quick("agent/size", size::measure),
    Measure::quick("agent/start", start::measure),
    Measure::quick("agent/exec", exec::measure),
    Measure::quick("agent/guest-info", |cx| {
        query::measure(cx, "guest-info", None)
    }),
    Measure::quick("agent/guest-get-fsinfo", |cx| {
        query::measure(cx, "guest-get-fsinfo", None)
    }),
    Measure::quick("agent/guest-get-disks", |cx| {
        query::measure(cx, "guest-get-disks", None)
    }),
    Measure::quick("agent/guest-network-get-interfaces", |cx| {
        query::measure(cx, "guest-network-get-interfaces", None)
    }),
    Measure::quick("agent/guest-get-osinfo", |cx| {
        query::measure(cx, "guest-get-osinfo", Some("/etc/os-release"))
    }),
    Measure::quick("agent/guest-get-vcpus", |cx| {
        query::measure(cx, "guest-get-vcpus", None)
    }),
    Measure::quick("agent/now-and-then", query::now_and_then),
    Measure::slow("agent/idle", idle::alone),
    Measure::quick("agent/idle-with-client", idle::with_client),
    Measure::slow(
        "agent/load-slow-command-same-client",
        load::slow_command_of_same_client,
    ),
    Measure::slow(
        "agent/load-slow-command-other-client",
        load::slow_command_of_other_client,
    ),
    Measure::slow("agent/load-large-read", load::large_read),
    Measure::slow("agent/load-execs", load::execs),
];

/// What the rows mean.
pub(crate) const NOTES: &str = "\
agent        ours: the optimized, stripped and static program, or the one that QAPI_AGENT names. peer: QEMU's agent. Each
             value is a median of rounds in which the agents take turns; beside it stands the best one. limit: the
             same questions put to a server that looks at nothing, where no other limit is named.
file         bytes of the file, in millions per second, read and written from beginning to end in such pieces; the file
             is in the page cache. base64: one pass over the same bytes, in memory.
memory       a fresh agent reads 48 MiB at once and writes 16 MiB at once four times: the largest resident set; what it
             has more of a second later than before. output: a fresh agent runs one program. idle: after one ping.
start        from the start of the program to its reply to a ping by a client that tries to connect all the time.
exec         guest-exec of /bin/true, then guest-exec-status again and again without pause until it has exited.
             limit: a server that looks at nothing and starts the program, and waits for its end when it is asked; the
             client by itself. The start of the program is most of it, above all in a virtual machine in which the
             instruction CPUID takes its time: each start of a program that links the C library has some forty.
now-and-then a call 20 ms after the one before it, when processors sleep and caches are cold: what a host that asks each
             minute meets.
idle         wake-ups (voluntary and other switches of context) of all threads.
load         the longest time to a reply while ... the other client's ping is sent all the time, one after another; the
             same client's guest-sync is sent once the command runs. The C agent serves one client at a time.";
