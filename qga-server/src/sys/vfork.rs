//! A new process that executes a program at once.
//!
//! `posix_spawn` does the same with some seventy system calls more, of which each signal takes one,
//! and a mapping for a stack: for a small program, a tenth of all its life.

use std::ffi::{CStr, CString, c_char, c_int};
use std::os::fd::{BorrowedFd, RawFd};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI32, Ordering};
use std::{mem, ptr};

use nix::libc;
use nix::sched::{CloneFlags, clone};
use nix::sys::signal::{SigSet, SigmaskHow};
use nix::unistd::{dup2_stderr, dup2_stdin, dup2_stdout};
use rustix::io::Errno;
use rustix::process::{Pid, WaitOptions, setpgid, setsid, waitpid};

use super::error::from_nix;
use super::spawn::open_descriptors;

/// The stack of the new process until it executes the program: some calls of system calls.
const STACK_SIZE: usize = 16 << 10;

/// A program, and what its process is to have from the beginning.
#[derive(Debug)]
pub(super) struct Program<'a> {
    pub(super) path: CString,
    /// With its name in front.
    pub(super) arguments: Vec<CString>,
    pub(super) environment: Vec<CString>,
    /// The standard streams. Their numbers are other ones in this process, for the standard library
    /// sees to it that those three are open from its start.
    pub(super) streams: [BorrowedFd<'a>; 3],
    /// Whether it gets a session of its own, and not only a group of processes.
    pub(super) new_session: bool,
}

impl Program<'_> {
    /// Executes the program in a new process: with these streams and nothing else that is open, and
    /// with no signal blocked or ignored. Whether it can be executed is known on return.
    pub(super) fn execute(&self) -> Result<Pid, Errno> {
        let left_open = (!closes_ranges()).then(open_descriptors).transpose()?;
        self.execute_without(left_open.as_deref())
    }

    /// Does that by closing these descriptors, or all but the streams.
    #[expect(
        unsafe_code,
        reason = "it shares the memory of this process for a moment"
    )]
    fn execute_without(&self, left_open: Option<&[RawFd]>) -> Result<Pid, Errno> {
        let (arguments, environment) = (pointers(&self.arguments), pointers(&self.environment));
        let ignored = ignored_signals();
        let failure = AtomicI32::new(0);
        let become_program = || {
            let errno = match self.prepare(ignored, left_open) {
                Ok(()) => execve(&self.path, &arguments, &environment),
                Err(errno) => errno,
            };
            failure.store(errno.raw_os_error(), Ordering::Relaxed);
            0
        };

        let mut stack = vec![0; STACK_SIZE];
        let flags = CloneFlags::CLONE_VM | CloneFlags::CLONE_VFORK;
        let end = Some(libc::SIGCHLD);
        // A handler of this process must not run in the new one.
        let mask = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK);
        let mask = mask.map_err(from_nix)?;
        // SAFETY: this thread is suspended until the new process has executed the program or has
        // ended. Up to there, that process does nothing but system calls: it takes no lock and no
        // memory, and does not unwind, for no step can panic. It writes to its stack, which is
        // larger than these steps need, to `failure`, and to the `errno` of this thread. All it
        // reads was made before.
        let started = unsafe { clone(Box::new(become_program), &mut stack, flags, end) };
        // It was valid before.
        let _ = mask.thread_set_mask();
        let pid = started.map_err(from_nix)?.as_raw();
        let pid = Pid::from_raw(pid).ok_or(Errno::CHILD)?;
        match failure.into_inner() {
            0 => Ok(pid),
            errno => {
                reap(pid);
                Err(Errno::from_raw_os_error(errno))
            }
        }
    }

    /// In the new process: makes it what it is to be.
    #[expect(
        unsafe_code,
        reason = "descriptors of a copied table have only numbers"
    )]
    fn prepare(&self, ignored: &[c_int], left_open: Option<&[RawFd]>) -> Result<(), Errno> {
        match self.new_session {
            true => drop(setsid()?),
            false => setpgid(None, None)?,
        }
        for signal in ignored {
            heed(*signal)?;
        }
        let [input, output, errors] = self.streams;
        dup2_stdin(input).map_err(from_nix)?;
        dup2_stdout(output).map_err(from_nix)?;
        dup2_stderr(errors).map_err(from_nix)?;
        let Some(left_open) = left_open else {
            close_range(libc::STDERR_FILENO.unsigned_abs() + 1)?;
            return unblock_signals();
        };
        for number in left_open {
            // SAFETY: the table of descriptors is this process's own, and nothing uses it after
            // this but the program, which does not know of the number.
            unsafe { libc::close(*number) };
        }
        unblock_signals()
    }
}

fn unblock_signals() -> Result<(), Errno> {
    SigSet::empty().thread_set_mask().map_err(from_nix)
}

/// Comes back only if the program cannot be executed.
#[expect(unsafe_code, reason = "it takes lists of pointers")]
fn execve(path: &CStr, arguments: &[*const c_char], environment: &[*const c_char]) -> Errno {
    // SAFETY: both lists are of strings with an end, and have an end themselves.
    unsafe { libc::execve(path.as_ptr(), arguments.as_ptr(), environment.as_ptr()) };
    from_nix(nix::Error::last())
}

/// The list as the kernel wants it.
fn pointers(strings: &[CString]) -> Vec<*const c_char> {
    let pointers = strings.iter().map(|string| string.as_ptr());
    pointers.chain([ptr::null()]).collect()
}

/// Has the kernel do with a signal what it does by default.
#[expect(unsafe_code, reason = "no crate has a safe function for it")]
fn heed(signal: c_int) -> Result<(), Errno> {
    // SAFETY: zeros mean the default, no flags and no signals; nothing is called then.
    let status = unsafe {
        let default: libc::sigaction = mem::zeroed();
        libc::sigaction(signal, &default, ptr::null_mut())
    };
    nix::Error::result(status).map(drop).map_err(from_nix)
}

/// The signals that this process ignores: SIGPIPE, and what whoever started the agent ignored.
/// Nothing changes that later.
#[expect(unsafe_code, reason = "no crate has a safe function for it")]
fn ignored_signals() -> &'static [c_int] {
    static IGNORED: OnceLock<Vec<c_int>> = OnceLock::new();

    let is_ignored = |signal: &c_int| {
        // SAFETY: nothing is changed; what is zero is filled in, unless there is no such signal.
        let (status, action) = unsafe {
            let mut action: libc::sigaction = mem::zeroed();
            let status = libc::sigaction(*signal, ptr::null(), &mut action);
            (status, action)
        };
        status == 0 && action.sa_sigaction == libc::SIG_IGN
    };
    IGNORED.get_or_init(|| (1..=libc::SIGRTMAX()).filter(is_ignored).collect())
}

/// Whether the kernel closes many descriptors at once: Linux 5.9 does, if no filter forbids it.
fn closes_ranges() -> bool {
    static CLOSES: OnceLock<bool> = OnceLock::new();

    // There is none with that number.
    *CLOSES.get_or_init(|| close_range(libc::c_uint::MAX).is_ok())
}

/// Closes all descriptors from a number on.
#[expect(unsafe_code, reason = "no crate has a safe function for it")]
fn close_range(first: libc::c_uint) -> Result<(), Errno> {
    // SAFETY: it is called for numbers that cannot be open, and in a process that is about to
    // execute a program, and shares no descriptor with this one.
    let status = unsafe { libc::syscall(libc::SYS_close_range, first, libc::c_uint::MAX, 0) };
    nix::Error::result(status).map(drop).map_err(from_nix)
}

/// Takes the end of a process that has executed nothing.
fn reap(pid: Pid) {
    while matches!(waitpid(Some(pid), WaitOptions::empty()), Err(Errno::INTR)) {}
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::fd::AsFd;

    use super::*;

    fn text(text: &str) -> CString {
        CString::new(text).expect("a text")
    }

    /// The shell with a script, and streams that lead nowhere.
    fn shell<'a>(null: &'a File, script: &str) -> Program<'a> {
        Program {
            path: text("/bin/sh"),
            arguments: ["sh", "-c", script].map(text).into(),
            environment: vec![text("WORD=given")],
            streams: [null.as_fd(); 3],
            new_session: false,
        }
    }

    fn null() -> File {
        File::open("/dev/null").expect("a device")
    }

    fn status(started: Result<Pid, Errno>) -> Option<i32> {
        let pid = started.expect("a program");
        let (_, status) = waitpid(Some(pid), WaitOptions::empty()).ok()??;
        status.exit_status()
    }

    #[test]
    fn a_program_has_what_it_is_given() {
        let null = null();
        let given = shell(&null, "test $WORD = given && exit 7");
        assert_eq!(status(given.execute()), Some(7));
        let script = "read -r _ _ _ _ group session _ </proc/$$/stat
                      test $group = $$ && exit $((session == $$))";
        let mut leader = shell(&null, script);
        assert_eq!(status(leader.execute()), Some(0));
        leader.new_session = true;
        assert_eq!(status(leader.execute()), Some(1));
    }

    #[test]
    fn what_cannot_be_executed_leaves_no_process() {
        let null = null();
        for (path, reason) in [("/absent", Errno::NOENT), ("/dev", Errno::ACCESS)] {
            let mut program = shell(&null, "");
            program.path = text(path);
            assert_eq!(program.execute(), Err(reason), "{path}");
        }
    }

    #[test]
    fn descriptors_are_closed_with_and_without_a_call_for_all() {
        let null = null();
        // A number that no other test uses, left open for children as a careless parent would.
        let leak = rustix::io::fcntl_dupfd_cloexec(&null, 600).expect("a descriptor");
        rustix::io::fcntl_setfd(&leak, rustix::io::FdFlags::empty()).expect("a descriptor");
        let program = shell(&null, "test -e /proc/$$/fd/600");
        let left_open = open_descriptors().expect("a list");
        assert_eq!(status(program.execute_without(Some(&[]))), Some(0));
        assert_eq!(status(program.execute_without(Some(&left_open))), Some(1));
        assert_eq!(status(program.execute_without(None)), Some(1));
    }

    #[test]
    fn signals_that_are_ignored_here_are_not_in_programs() {
        let null = null();
        assert!(ignored_signals().contains(&libc::SIGPIPE));
        let program = shell(&null, "kill -PIPE $$; exit 3");
        assert_eq!(status(program.execute()), None);
    }
}
