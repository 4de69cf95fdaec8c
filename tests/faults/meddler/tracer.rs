//! Who stops a program at each system call.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use nix::errno::Errno;
use nix::libc::{self, PTRACE_SYSCALL_INFO_ENTRY};
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use crate::{calls, tell};

/// How many calls are told of: who listens may do so only at the end, and a pipe has little room.
const MOST_TOLD: usize = 1000;

/// What is done to one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// It is not carried out, and this error is its result.
    Fail(i32),
    /// It gets no more than one byte to read or write.
    Short,
    /// The process ends before it.
    Kill,
}

/// Where the counting begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    Now,
    /// With the first call of this number, which may come behind the execution of another program.
    WithCall(u64),
}

/// Which call is meddled with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) call: String,
    /// Which one of this name, counted from one.
    pub(crate) at: usize,
}

/// A thread that is traced.
#[derive(Clone, Copy, Debug)]
struct Thread {
    /// The process that is killed for it.
    process: Pid,
    /// What to put right when its call is over.
    change: Option<Change>,
    /// It executes another program, with which nobody meddles.
    is_other: bool,
}

/// What was done to a call.
#[derive(Clone, Copy, Debug)]
enum Change {
    Failed(i32),
    Shortened { count: u64 },
}

/// All threads that are traced.
pub(crate) struct Tracer {
    threads: BTreeMap<Pid, Thread>,
    start: Start,
    /// What it executes. Its children may execute the same.
    program: Option<PathBuf>,
    /// How many calls there were, and how many of the target's name.
    count: usize,
    candidates: usize,
}

impl Tracer {
    /// Takes hold of every thread of a process.
    pub(crate) fn seize(pid: Pid, start: Start) -> nix::Result<Self> {
        let options = Options::PTRACE_O_TRACESYSGOOD
            | Options::PTRACE_O_TRACECLONE
            | Options::PTRACE_O_TRACEFORK
            | Options::PTRACE_O_TRACEVFORK
            | Options::PTRACE_O_TRACEEXEC;
        let tasks = fs::read_dir(format!("/proc/{pid}/task")).map_err(|_| Errno::ESRCH)?;
        let mut tracer = Self {
            threads: BTreeMap::new(),
            start,
            program: program(pid),
            count: 0,
            candidates: 0,
        };
        for task in tasks.flatten() {
            let number = task.file_name().to_str().and_then(|name| name.parse().ok());
            let thread = Pid::from_raw(number.ok_or(Errno::ESRCH)?);
            match ptrace::seize(thread, options) {
                // That of the last client may come to its end just now.
                Err(Errno::ESRCH) if thread != pid => continue,
                result => result?,
            }
            // From here on it stops at each call.
            unless_gone(ptrace::interrupt(thread))?;
            tracer.add(thread, pid, false);
        }
        Ok(tracer)
    }

    fn add(&mut self, thread: Pid, process: Pid, is_other: bool) {
        let fresh = Thread {
            process,
            change: None,
            is_other,
        };
        // A thread may be met before its beginning is told of.
        let thread = self.threads.entry(thread).or_insert(fresh);
        thread.process = process;
    }

    /// Lets the program run to its end, and does `action` to one of its calls.
    pub(crate) fn meddle(&mut self, target: &Target, action: Action) -> nix::Result<()> {
        loop {
            let status = match waitpid(None, Some(WaitPidFlag::__WALL)) {
                Err(Errno::ECHILD) => return Ok(()),
                Err(Errno::EINTR) => continue,
                status => status?,
            };
            let (pid, signal) = match status {
                WaitStatus::Exited(pid, _) | WaitStatus::Signaled(pid, ..) => {
                    self.threads.remove(&pid);
                    continue;
                }
                WaitStatus::PtraceSyscall(pid) => {
                    // Who was killed meanwhile has no registers any more.
                    unless_gone(self.at_call(pid, target, action))?;
                    (pid, None)
                }
                WaitStatus::PtraceEvent(pid, _, event) => {
                    unless_gone(self.at_event(pid, event))?;
                    (pid, None)
                }
                WaitStatus::Stopped(pid, signal) => (pid, Some(signal)),
                WaitStatus::Continued(_) | WaitStatus::StillAlive => continue,
            };
            let is_other = self.threads.get(&pid).is_some_and(|thread| thread.is_other);
            unless_gone(match is_other {
                true => ptrace::detach(pid, signal),
                false => ptrace::syscall(pid, signal),
            })?;
        }
    }

    /// Something other than a call: a thread or process more, or another program in it.
    fn at_event(&mut self, pid: Pid, event: i32) -> nix::Result<()> {
        let process = self.threads.get(&pid).map_or(pid, |thread| thread.process);
        match event {
            libc::PTRACE_EVENT_CLONE | libc::PTRACE_EVENT_VFORK => {
                // What borrows the memory of the agent is a part of it.
                self.add(new_pid(pid)?, process, false);
            }
            libc::PTRACE_EVENT_FORK => {
                let child = new_pid(pid)?;
                self.add(child, child, false);
            }
            libc::PTRACE_EVENT_EXEC => match self.threads.get_mut(&pid) {
                Some(thread) if thread.process != pid && program(pid) == self.program => {
                    thread.process = pid;
                }
                // The agent itself, which is waited for.
                Some(thread)
                    if matches!(self.start, Start::WithCall(_)) && thread.process == pid => {}
                Some(thread) => thread.is_other = true,
                None => {}
            },
            _ => {}
        }
        Ok(())
    }

    /// The beginning or the end of a call.
    fn at_call(&mut self, pid: Pid, target: &Target, action: Action) -> nix::Result<()> {
        let is_entry = ptrace::syscall_info(pid)?.op == PTRACE_SYSCALL_INFO_ENTRY;
        let mut registers = ptrace::getregs(pid)?;
        let known = self.threads.get(&pid).map(|thread| thread.process);
        let process = known.unwrap_or_else(|| process_of(pid));
        self.add(pid, process, false);
        if !is_entry {
            let change = self
                .threads
                .get_mut(&pid)
                .and_then(|thread| thread.change.take());
            match change {
                Some(Change::Failed(error)) => registers.rax = i64::from(-error).cast_unsigned(),
                Some(Change::Shortened { count }) => registers.rdx = count,
                None => return Ok(()),
            }
            return ptrace::setregs(pid, registers);
        }
        match self.start {
            Start::WithCall(number) if number == registers.orig_rax => self.start = Start::Now,
            Start::WithCall(_) => return Ok(()),
            Start::Now => {}
        }
        let Some(name) = calls::name(registers.orig_rax) else {
            return Ok(());
        };
        self.count += 1;
        if self.count <= MOST_TOLD {
            tell(&format!("call {name}"));
        }
        self.candidates += usize::from(name == target.call);
        if name != target.call || self.candidates != target.at {
            return Ok(());
        }
        let change = match action {
            Action::Fail(error) => {
                // No call has this number, so the kernel does nothing.
                registers.orig_rax = u64::MAX;
                Change::Failed(error)
            }
            Action::Short if calls::has_count(name) && registers.rdx > 1 => {
                let count = std::mem::replace(&mut registers.rdx, 1);
                Change::Shortened { count }
            }
            Action::Short => return Ok(()),
            Action::Kill => {
                tell(&format!("hit {process}"));
                return kill(process, Signal::SIGKILL);
            }
        };
        tell(&format!("hit {process}"));
        if let Some(thread) = self.threads.get_mut(&pid) {
            thread.change = Some(change);
        }
        ptrace::setregs(pid, registers)
    }
}

fn program(pid: Pid) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{pid}/exe")).ok()
}

/// The process that a thread belongs to whose beginning was not told of yet.
fn process_of(thread: Pid) -> Pid {
    let status = fs::read_to_string(format!("/proc/{thread}/status")).unwrap_or_default();
    let number = status.lines().find_map(|line| line.strip_prefix("Tgid:"));
    let number = number.and_then(|number| number.trim().parse().ok());
    number.map_or(thread, Pid::from_raw)
}

fn new_pid(pid: Pid) -> nix::Result<Pid> {
    let number = ptrace::getevent(pid)?;
    i32::try_from(number)
        .map(Pid::from_raw)
        .map_err(|_| Errno::ESRCH)
}

/// A thread may end at any moment; the kernel tells of it next.
fn unless_gone(result: nix::Result<()>) -> nix::Result<()> {
    match result {
        Err(Errno::ESRCH) => Ok(()),
        other => other,
    }
}
