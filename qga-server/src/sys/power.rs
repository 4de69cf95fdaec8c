//! Ending the work of the machine.
//!
//! A tree of a test has only the programs that lie in it: nothing here touches the machine then.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

use rustix::process::{Pid, Signal, kill_process};
use rustix::system::{RebootCommand, reboot};

use super::{Error, Root, program, run};

/// What becomes of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    PowerOff,
    Halt,
    Reboot,
}

/// A machine that goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// A program was to do it, and did not.
    Program(run::Failure),
    /// It was to be done without a program.
    System(Error),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Program(failure) => failure.fmt(f),
            Self::System(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Failure {}

/// Who can do it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Way {
    /// A program for just this.
    Program(PathBuf),
    /// `shutdown`, with the letter that says what for.
    Shutdown(&'static str),
    /// `systemctl`, with the word that says what for.
    Systemctl(PathBuf, &'static str),
    /// The first process, which knows this signal.
    Init(Signal),
    /// Only the kernel itself.
    Kernel,
}

/// Has the machine shut down: by a program, else by the first process, else at once.
///
/// Returns when it has been asked for, which is some time before it happens.
///
/// # Errors
/// Nobody does it.
pub(crate) fn shut_down(root: &Root, end: End) -> Result<(), Failure> {
    match way(root, end) {
        Way::Program(path) => ask(path, &[]),
        Way::Shutdown(letter) => {
            let words = ["-h", letter, "+0", "hypervisor initiated shutdown"].map(OsStr::new);
            ask(root.path(SHUTDOWN), &words)
        }
        Way::Systemctl(path, word) => ask(path, &[OsStr::new(word)]),
        _ if !root.is_machine() => Err(Failure::System(Error::at(
            "open",
            SHUTDOWN,
            rustix::io::Errno::NOENT,
        ))),
        Way::Init(signal) => kill_process(Pid::INIT, signal)
            .map_err(|errno| Failure::System(Error::new("failed to tell init", errno))),
        Way::Kernel => {
            rustix::fs::sync();
            reboot(command(end))
                .map_err(|errno| Failure::System(Error::new("failed to shut down", errno)))
        }
    }
}

/// Who would do it, in words.
pub(crate) fn describe(root: &Root, end: End) -> String {
    match way(root, end) {
        Way::Program(_) => "by a program for it".into(),
        Way::Shutdown(_) => format!("by {SHUTDOWN}"),
        Way::Systemctl(..) => "by systemctl".into(),
        Way::Init(_) => "by the first process".into(),
        Way::Kernel => "by the kernel alone: programs are not asked to end".into(),
    }
}

/// Has a program do it. One that is asked to end meanwhile has succeeded: the first process has
/// heard of it, and now ends all others, that program among them.
fn ask(program: PathBuf, words: &[&OsStr]) -> Result<(), Failure> {
    match run::run(program, words, None, "shutdown") {
        Err(failure) if failure.was_terminated() => Ok(()),
        result => result.map_err(Failure::Program),
    }
}

const SHUTDOWN: &str = "/sbin/shutdown";

/// The C agent knows `/sbin` only; distributions without it have the programs in `PATH`.
fn way(root: &Root, end: End) -> Way {
    let (name, letter) = match end {
        End::PowerOff => ("poweroff", "-P"),
        End::Halt => ("halt", "-H"),
        End::Reboot => ("reboot", "-r"),
    };
    let usual = Path::new("/sbin").join(name);
    if program::is_executable(root, &usual) {
        return Way::Program(root.path(usual));
    }
    if program::is_executable(root, SHUTDOWN) {
        return Way::Shutdown(letter);
    }
    if let Some(path) = program::find(root, name) {
        return Way::Program(path);
    }
    if let Some(path) = program::find(root, "systemctl") {
        return Way::Systemctl(path, name);
    }
    init_signal(root, end).map_or(Way::Kernel, Way::Init)
}

/// The signal that the first process takes for this, if it is one that is known.
///
/// Others may take the same signal for something else, and an unknown one would not do it. The
/// shell of busybox is the same program as its init process, so its name for itself counts, too.
fn init_signal(root: &Root, end: End) -> Option<Signal> {
    let program = std::fs::read_link(root.path("/proc/1/exe")).ok()?;
    let words = root.text("/proc/1/cmdline").ok()?;
    let name = words.split('\0').next()?.rsplit('/').next()?;
    let is_init = program.file_name()? == "busybox" && ["init", "linuxrc"].contains(&name);
    is_init.then_some(match end {
        End::Halt => Signal::USR1,
        End::PowerOff => Signal::USR2,
        End::Reboot => Signal::TERM,
    })
}

fn command(end: End) -> RebootCommand {
    match end {
        End::PowerOff => RebootCommand::PowerOff,
        End::Halt => RebootCommand::Halt,
        End::Reboot => RebootCommand::Restart,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::sys::program::tests::Tree;

    #[test]
    fn the_program_for_it_comes_first() {
        let tree = Tree::new();
        for program in ["shutdown", "poweroff", "halt", "reboot"] {
            tree.program(&format!("/sbin/{program}"), 0);
        }
        for end in [End::PowerOff, End::Halt, End::Reboot] {
            assert_eq!(shut_down(&tree.root, end), Ok(()));
        }
        assert_eq!(tree.log(SHUTDOWN), "poweroff\nhalt\nreboot\n");
    }

    #[test]
    fn shutdown_is_told_what_for() {
        let tree = Tree::new();
        tree.program(SHUTDOWN, 0);
        for end in [End::PowerOff, End::Halt, End::Reboot] {
            assert_eq!(shut_down(&tree.root, end), Ok(()));
        }
        assert_eq!(
            tree.log(SHUTDOWN),
            "shutdown -h -P +0 hypervisor initiated shutdown\n\
             shutdown -h -H +0 hypervisor initiated shutdown\n\
             shutdown -h -r +0 hypervisor initiated shutdown\n"
        );
    }

    #[test]
    fn programs_elsewhere_are_found() {
        let tree = Tree::new();
        tree.program_in_path("reboot", 0);
        assert_eq!(shut_down(&tree.root, End::Reboot), Ok(()));
        tree.program_in_path("systemctl", 0);
        assert_eq!(shut_down(&tree.root, End::PowerOff), Ok(()));
        assert_eq!(tree.log_in_path(), "reboot\nsystemctl poweroff\n");
    }

    #[test]
    fn a_program_that_fails_is_told_of() {
        let tree = Tree::new();
        tree.program("/sbin/poweroff", 1);
        let told = shut_down(&tree.root, End::PowerOff).map_err(|failure| failure.to_string());
        assert_eq!(
            told,
            Err("child process has failed to shutdown: exit status 1".into())
        );
    }

    #[test]
    fn a_program_that_goes_down_with_the_machine_has_succeeded() {
        const KILLED_BY: i32 = 128;
        let tree = Tree::new();
        tree.program("/sbin/poweroff", KILLED_BY + Signal::TERM.as_raw());
        assert_eq!(shut_down(&tree.root, End::PowerOff), Ok(()));
        tree.program("/sbin/halt", KILLED_BY + Signal::KILL.as_raw());
        let told = shut_down(&tree.root, End::Halt).map_err(|failure| failure.to_string());
        assert_eq!(told, Err("child process has terminated abnormally".into()));
    }

    #[test]
    fn without_programs_the_first_process_is_told() {
        let tree = Tree::new();
        let ways = || [End::PowerOff, End::Halt, End::Reboot].map(|end| way(&tree.root, end));
        assert_eq!(ways(), [Way::Kernel, Way::Kernel, Way::Kernel]);
        let kernel = [Way::Kernel, Way::Kernel, Way::Kernel];
        let signals = [Signal::USR2, Signal::USR1, Signal::TERM].map(Way::Init);
        for (program, words, expected) in [
            ("/usr/bin/other", "/sbin/init\0", &kernel),
            ("/bin/busybox", "/bin/sh\0/init\0", &kernel),
            ("/bin/busybox", "", &kernel),
            ("/bin/busybox", "/sbin/init\0", &signals),
            ("/bin/busybox", "init", &signals),
        ] {
            tree.file("/proc/1/cmdline", words);
            let link = tree.root.path("/proc/1/exe");
            // There is none the first time.
            let _ = fs::remove_file(&link);
            symlink(program, &link).expect("a fresh link");
            assert_eq!(&ways(), expected, "{program} {words}");
        }
    }

    #[test]
    fn trees_of_tests_do_not_shut_the_machine_down() {
        let tree = Tree::new();
        let told = shut_down(&tree.root, End::Halt).map_err(|failure| failure.to_string());
        assert_eq!(
            told,
            Err("open(\"/sbin/shutdown\"): No such file or directory".into())
        );
    }
}
