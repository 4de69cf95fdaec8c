//! Putting the machine to sleep.

use std::ffi::OsStr;
use std::fmt;
use std::path::PathBuf;

use rustix::io::Errno;

use super::{Error, Root, program, run};

/// Where the kernel lists its ways to sleep, and is told one.
const STATE: &str = "/sys/power/state";

/// How the machine sleeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sleep {
    /// Memory goes to disk, the power goes off.
    Disk,
    /// Memory stays powered.
    Ram,
    /// Both, in case the power fails.
    Hybrid,
}

/// A machine that stays awake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Nobody here can do it.
    Unsupported,
    /// A program said it could, and did not.
    Program(run::Failure),
    /// The kernel said it could, and did not.
    Kernel(Errno),
}

/// The texts of the C agent, which tells nothing of programs, though.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported => {
                f.write_str("the requested suspend mode is not supported by the guest")
            }
            Self::Program(failure) => failure.fmt(f),
            Self::Kernel(errno) => {
                let op = format!("suspend: cannot write to '{STATE}'");
                Error::new(op, *errno).fmt(f)
            }
        }
    }
}

impl std::error::Error for Failure {}

/// Sleeps: by systemd, else by pm-utils, else by the kernel alone. Returns when it is over.
///
/// # Errors
/// Nobody can do it; else the failure of the last who said so.
pub(crate) fn sleep(root: &Root, how: Sleep) -> Result<(), Failure> {
    let mut result = Err(Failure::Unsupported);
    for step in [systemd, pm_utils, kernel] {
        match step(root, how) {
            Ok(()) => return Ok(()),
            // It says nothing about those who have been asked before.
            Err(Failure::Unsupported) => {}
            Err(failure) => result = Err(failure),
        }
    }
    result
}

/// Who would be the first to try, if anybody can. Nothing sleeps.
pub(crate) fn who_can(root: &Root, how: Sleep) -> Option<&'static str> {
    // Its program answers where it does not run, too, and fails when it is told to do it.
    let is_there = root.path("/run/systemd/system").is_dir();
    if is_there && systemd_can(root, how).is_some() {
        return Some("systemd");
    }
    if pm_utils_can(root, how) {
        return Some("pm-utils");
    }
    kernel_can(root, how).map(|_| "the kernel")
}

fn systemd(root: &Root, how: Sleep) -> Result<(), Failure> {
    let (program, verb) = systemd_can(root, how).ok_or(Failure::Unsupported)?;
    run::run(program, &[OsStr::new(verb)], None, "suspend").map_err(Failure::Program)
}

/// The program to ask, and the word for it.
fn systemd_can(root: &Root, how: Sleep) -> Option<(PathBuf, &'static str)> {
    let (unit, verb) = match how {
        Sleep::Disk => ("systemd-hibernate", "hibernate"),
        Sleep::Ram => ("systemd-suspend", "suspend"),
        Sleep::Hybrid => ("systemd-hybrid-sleep", "hybrid-sleep"),
    };
    let program = program::find(root, "systemctl")?;
    let words = ["status", unit].map(OsStr::new);
    // A unit that can be started has one of these; one that runs already cannot, and one that is
    // not there has a higher one.
    match run::run(&program, &words, None, "suspend").map_err(|failure| failure.status()) {
        Err(Some(1..=3)) => Some((program, verb)),
        _ => None,
    }
}

fn pm_utils(root: &Root, how: Sleep) -> Result<(), Failure> {
    if !pm_utils_can(root, how) {
        return Err(Failure::Unsupported);
    }
    let name = match how {
        Sleep::Disk => "pm-hibernate",
        Sleep::Ram => "pm-suspend",
        Sleep::Hybrid => "pm-suspend-hybrid",
    };
    run::run(program::named(root, name), &[], None, "suspend").map_err(Failure::Program)
}

fn pm_utils_can(root: &Root, how: Sleep) -> bool {
    let question = match how {
        Sleep::Disk => "--hibernate",
        Sleep::Ram => "--suspend",
        Sleep::Hybrid => "--suspend-hybrid",
    };
    let asked = program::find(root, "pm-is-supported");
    asked.is_some_and(|asked| run::run(asked, &[OsStr::new(question)], None, "suspend").is_ok())
}

fn kernel(root: &Root, how: Sleep) -> Result<(), Failure> {
    let word = kernel_can(root, how).ok_or(Failure::Unsupported)?;
    root.poke(STATE, word.as_bytes()).map_err(Failure::Kernel)
}

/// What the kernel is told for it.
fn kernel_can(root: &Root, how: Sleep) -> Option<&'static str> {
    let word = match how {
        Sleep::Disk => "disk",
        Sleep::Ram => "mem",
        Sleep::Hybrid => return None,
    };
    let known = root.text(STATE).unwrap_or_default();
    known
        .split_whitespace()
        .any(|each| each == word)
        .then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::program::tests::Tree;

    fn told(tree: &Tree, how: Sleep) -> Result<(), String> {
        sleep(&tree.root, how).map_err(|failure| failure.to_string())
    }

    const UNSUPPORTED: &str = "the requested suspend mode is not supported by the guest";

    #[test]
    fn systemd_is_asked_before_it_is_told() {
        let tree = Tree::new();
        tree.program_in_path("systemctl", 3);
        // The stand-in ends every call with the status that means support, and so fails at last.
        let failed = "child process has failed to suspend: exit status 3";
        for how in [Sleep::Disk, Sleep::Ram, Sleep::Hybrid] {
            assert_eq!(told(&tree, how), Err(failed.into()));
        }
        assert_eq!(
            tree.log_in_path(),
            "systemctl status systemd-hibernate\nsystemctl hibernate\n\
             systemctl status systemd-suspend\nsystemctl suspend\n\
             systemctl status systemd-hybrid-sleep\nsystemctl hybrid-sleep\n"
        );
    }

    #[test]
    fn units_that_are_not_there_are_not_started() {
        for status in [0, 4] {
            let tree = Tree::new();
            tree.program_in_path("systemctl", status);
            assert_eq!(told(&tree, Sleep::Ram), Err(UNSUPPORTED.into()));
            assert_eq!(tree.log_in_path(), "systemctl status systemd-suspend\n");
        }
    }

    #[test]
    fn pm_utils_are_asked_before_they_are_told() {
        let tree = Tree::new();
        tree.program_in_path("pm-is-supported", 0);
        tree.program_in_path("pm-suspend-hybrid", 0);
        assert_eq!(told(&tree, Sleep::Hybrid), Ok(()));
        assert_eq!(
            tree.log_in_path(),
            "pm-is-supported --suspend-hybrid\npm-suspend-hybrid\n"
        );
        let tree = Tree::new();
        tree.program_in_path("pm-is-supported", 1);
        tree.program_in_path("pm-suspend", 0);
        assert_eq!(told(&tree, Sleep::Ram), Err(UNSUPPORTED.into()));
        assert_eq!(tree.log_in_path(), "pm-is-supported --suspend\n");
    }

    #[test]
    fn the_kernel_is_told_a_word_that_it_knows() {
        let tree = Tree::new();
        for how in [Sleep::Disk, Sleep::Ram, Sleep::Hybrid] {
            assert_eq!(told(&tree, how), Err(UNSUPPORTED.into()));
        }
        for (how, word) in [(Sleep::Disk, "disk"), (Sleep::Ram, "mem ")] {
            tree.file(STATE, "freeze mem disk\n");
            assert_eq!(told(&tree, how), Ok(()));
            let written = tree.root.text(STATE).expect("a file of ours");
            assert!(written.starts_with(word.trim()), "{written}");
        }
        tree.file(STATE, "freeze mem\n");
        assert_eq!(told(&tree, Sleep::Disk), Err(UNSUPPORTED.into()));
        assert_eq!(told(&tree, Sleep::Hybrid), Err(UNSUPPORTED.into()));
    }

    #[test]
    fn a_step_that_fails_is_followed_by_the_next() {
        let tree = Tree::new();
        tree.program_in_path("systemctl", 1);
        tree.file(STATE, "mem\n");
        assert_eq!(told(&tree, Sleep::Ram), Ok(()));
        assert_eq!(
            told(&tree, Sleep::Disk),
            Err("child process has failed to suspend: exit status 1".into())
        );
    }
}
