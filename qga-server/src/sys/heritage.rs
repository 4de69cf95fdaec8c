//! What programs have from the agent, beyond what is asked for: an environment, and how dear they
//! are to a kernel that is short of memory.
//!
//! Limits of resources and the mask of new files are those that the agent was started with, for
//! it changes neither, a daemon's mask excepted: they are the administrator's word on what runs here.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::sync::OnceLock;

use rustix::process::Pid;

/// Variables that whoever started the agent meant for it alone: its own, and those of systemd.
const FOR_THE_AGENT: &[&str] = &[
    "CACHE_DIRECTORY",
    "CONFIGURATION_DIRECTORY",
    "CREDENTIALS_DIRECTORY",
    "FDSTORE",
    "INVOCATION_ID",
    "JOURNAL_STREAM",
    "LISTEN_FDNAMES",
    "LISTEN_FDS",
    "LISTEN_PID",
    "LISTEN_PIDFDID",
    "LOGS_DIRECTORY",
    "MAINPID",
    "MANAGERPID",
    "MEMORY_PRESSURE_WATCH",
    "MEMORY_PRESSURE_WRITE",
    "NOTIFY_SOCKET",
    "QGA_CONF",
    "QGA_OS_RELEASE",
    "RUNTIME_DIRECTORY",
    "STATE_DIRECTORY",
    "SYSTEMD_EXEC_PID",
    "WATCHDOG_PID",
    "WATCHDOG_USEC",
];
/// Those that have a program or a shell run what it does not have itself.
const TREACHEROUS: &[&str] = &[
    "BASHOPTS",
    "BASH_ENV",
    "CDPATH",
    "ENV",
    "GCONV_PATH",
    "IFS",
    "PS4",
    "SHELLOPTS",
];
/// How the names of further ones begin.
const TREACHEROUS_BEGINNINGS: &[&str] = &["LD_", "BASH_FUNC_"];

/// The environment of a program that is not given one.
pub(super) fn environment() -> Vec<OsString> {
    env::vars_os()
        .filter(|(name, _)| is_for_programs(name))
        .map(|(mut entry, value)| {
            entry.push("=");
            entry.push(value);
            entry
        })
        .collect()
}

fn is_for_programs(name: &OsStr) -> bool {
    let name = name.as_bytes();
    let is_one_of = |list: &[&str]| list.iter().any(|other| other.as_bytes() == name);
    let begins = |beginning: &&str| name.starts_with(beginning.as_bytes());
    !is_one_of(FOR_THE_AGENT)
        && !is_one_of(TREACHEROUS)
        && !TREACHEROUS_BEGINNINGS.iter().any(begins)
}

/// Makes a program no dearer than any other, if the agent is: the kernel is to end that first.
pub(super) fn make_ordinary(pid: Pid) {
    static IS_DEAR: OnceLock<bool> = OnceLock::new();

    let is_dear = IS_DEAR.get_or_init(|| {
        let own = fs::read_to_string("/proc/self/oom_score_adj").unwrap_or_default();
        own.starts_with('-')
    });
    if *is_dear {
        // One that has ended already is no danger.
        let _ = fs::write(format!("/proc/{pid}/oom_score_adj"), "0");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_for_the_agent_or_changes_programs_is_left_out() {
        for name in ["NOTIFY_SOCKET", "QGA_CONF", "LD_PRELOAD", "BASH_ENV", "ENV"] {
            assert!(!is_for_programs(OsStr::new(name)), "{name}");
        }
        assert!(!is_for_programs(OsStr::new("BASH_FUNC_ls%%")));
        for name in [
            "PATH",
            "HOME",
            "LANG",
            "TZ",
            "http_proxy",
            "ENVIRONMENT",
            "",
        ] {
            assert!(is_for_programs(OsStr::new(name)), "{name}");
        }
    }
}
