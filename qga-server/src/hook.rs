//! The program that hears of freezes and thaws, so that others can bring their files in order.
//!
//! It runs as root whenever the host wants it, so it has to be what the administrator has put
//! there. It has a limit of time, for others wait for it: the host for a freeze, and everybody on
//! this machine if it stops their programs and does not come to its end.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;

use crate::log::ACCOUNTING;
use crate::sys::replaceable::{self, Replaceable};
use crate::sys::run::{self, Failure};
use crate::sys::spawn;

/// What it hears of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// File systems are about to be frozen.
    Freeze,
    /// They are thawed.
    Thaw,
}

impl Event {
    fn word(self) -> &'static str {
        match self {
            Self::Freeze => "freeze",
            Self::Thaw => "thaw",
        }
    }
}

/// Why a hook has not done its work. `Display` is what the host reads.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum HookError {
    /// It is not run at all.
    #[error("fsfreeze hook '{hook}' is refused: {why}", hook = .0.display(), why = .1)]
    Refused(PathBuf, Replaceable),
    /// It fails, or cannot be started.
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl HookError {
    /// Whether it may have begun its work.
    pub(crate) fn was_started(&self) -> bool {
        match self {
            Self::Refused(..) => false,
            Self::Failed(failure) => failure.was_started(),
        }
    }
}

/// Tells the hook of an event and waits for it. What it says goes to the log.
///
/// # Errors
/// Others than root could change it, it cannot be started, or fails, or takes too long.
pub(crate) fn run(hook: &Path, event: Event, limit: Option<Duration>) -> Result<(), HookError> {
    let word = event.word();
    log::info!(target: ACCOUNTING, "executing fsfreeze hook with arg '{word}'");
    check(hook)?;
    let arguments = [OsStr::new(word)];
    let said = run::run_within(limit, hook, &arguments, None, "execute fsfreeze hook")?;
    for line in said.lines() {
        log::info!(target: ACCOUNTING, "fsfreeze hook with arg '{word}' says: {line}");
    }
    Ok(())
}

/// Whether only root can change the hook.
///
/// One that is not there is left to the start, which tells of it as hosts know it.
fn check(hook: &Path) -> Result<(), HookError> {
    let found = match hook.as_os_str().as_bytes().contains(&b'/') {
        true => Ok(hook.to_owned()),
        false => spawn::find(hook.as_os_str()),
    };
    match found.as_deref().map(replaceable::check) {
        Ok(Err(replaceable @ (Replaceable::Owner(..) | Replaceable::Writable(..)))) => {
            Err(HookError::Refused(hook.to_owned(), replaceable))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use tempfile::{TempDir, tempdir};

    use super::*;

    /// A hook with this mode in a directory with that mode.
    fn hook(mode: u32, directory: u32, script: &str) -> (TempDir, PathBuf) {
        let dir = tempdir().expect("a directory");
        let hook = dir.path().join("hook");
        fs::write(&hook, format!("#!/bin/sh\n{script}\n")).expect("a file");
        fs::set_permissions(&hook, Permissions::from_mode(mode)).expect("permissions");
        fs::set_permissions(dir.path(), Permissions::from_mode(directory)).expect("permissions");
        (dir, hook)
    }

    fn told(hook: &Path) -> String {
        let limit = Some(Duration::from_millis(300));
        let error = run(hook, Event::Freeze, limit).expect_err("a refusal");
        error
            .to_string()
            .replace(&hook.display().to_string(), "HOOK")
    }

    #[test]
    fn a_hook_that_others_can_write_is_not_run() {
        for (mode, directory, about) in [
            (0o722, 0o755, "HOOK can be written by others (mode 0722)"),
            (0o755, 0o777, "DIR can be written by others (mode 0777)"),
            (0o755, 0o1777, "DIR can be written by others (mode 1777)"),
        ] {
            let (dir, hook) = hook(mode, directory, "exit 1");
            let told = told(&hook).replace(&dir.path().display().to_string(), "DIR");
            assert_eq!(told, format!("fsfreeze hook 'HOOK' is refused: {about}"));
        }
    }

    #[test]
    fn a_hook_has_a_limit_of_time() {
        let (_dir, hook) = hook(0o700, 0o700, "sleep 30");
        let late =
            "child process has failed to execute fsfreeze hook: it did not end within 0 seconds";
        assert_eq!(told(&hook), late);
    }

    #[test]
    fn a_hook_that_is_not_there_is_told_as_ever() {
        let absent = Path::new("/nonexistent/hook");
        let told = "child process has failed to execute fsfreeze hook: failed to exec 'HOOK': \
                    No such file or directory\n";
        assert_eq!(super::tests::told(absent), told);
        let error = run(absent, Event::Thaw, None).expect_err("a refusal");
        assert!(!error.was_started());
    }
}
