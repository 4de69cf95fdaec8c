//! What can go wrong at a system call.

use std::fmt;

use rustix::io::Errno;

/// One thing that goes wrong at a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The kernel answers with an error.
    Error(Errno),
    /// One byte is read or written, and not all.
    Short,
    /// The agent is killed before the call.
    Kill,
}

impl Fault {
    /// Everything that can go wrong at the call with this name.
    pub(crate) fn all_at(call: &str) -> Vec<Self> {
        let (errors, has_count) = errors_at(call);
        let errors = errors.iter().copied().map(Self::Error);
        let short = has_count.then_some(Self::Short);
        errors.chain(short).chain([Self::Kill]).collect()
    }

    /// How the meddler is told.
    pub(crate) fn action(self) -> String {
        match self {
            Self::Error(errno) => errno.raw_os_error().to_string(),
            Self::Short => "short".into(),
            Self::Kill => "kill".into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(errno) => errno.fmt(f),
            Self::Short => f.write_str("one byte only"),
            Self::Kill => f.write_str("SIGKILL"),
        }
    }
}

/// The errors of a call, and whether it can do less than it was asked for.
fn errors_at(call: &str) -> (&'static [Errno], bool) {
    match call {
        "read" | "pread64" | "recvfrom" => (&[Errno::IO, Errno::INTR, Errno::AGAIN], true),
        "write" | "pwrite64" | "sendto" => {
            (&[Errno::NOSPC, Errno::IO, Errno::INTR, Errno::AGAIN], true)
        }
        "writev" => (&[Errno::NOSPC, Errno::IO, Errno::INTR], false),
        "open" | "openat" | "openat2" => {
            (&[Errno::MFILE, Errno::NOSPC, Errno::IO, Errno::INTR], false)
        }
        "fsync" | "fdatasync" => (&[Errno::IO, Errno::NOSPC, Errno::INTR], false),
        "fchmod" | "fchown" | "ftruncate" | "mkdirat" | "rename" | "renameat" | "unlink"
        | "unlinkat" => (&[Errno::NOSPC, Errno::IO], false),
        "clone" | "clone3" | "fork" | "vfork" => (&[Errno::NOMEM, Errno::AGAIN], false),
        "accept4" | "dup2" | "dup3" | "epoll_create1" | "eventfd2" | "fcntl" | "pidfd_open"
        | "pipe2" | "socket" | "socketpair" | "timerfd_create" => {
            (&[Errno::MFILE, Errno::NOMEM], false)
        }
        "execve" => (&[Errno::NOMEM, Errno::IO], false),
        "epoll_wait" | "flock" | "poll" | "ppoll" | "wait4" | "waitid" => (&[Errno::INTR], false),
        // Changes of the user that fail must never be passed over.
        "setfsgid" | "setfsuid" | "setgroups" | "setresgid" | "setresuid" => {
            (&[Errno::PERM, Errno::AGAIN], false)
        }
        "close" => (&[], false),
        _ => (&[Errno::IO], false),
    }
}
