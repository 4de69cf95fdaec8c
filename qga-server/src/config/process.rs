//! How the process runs, whatever the agent in it does.

use std::path::{Path, PathBuf, absolute};

use super::Fragment;
use super::settings::DEFAULT_PID_FILE;

/// What the process is told about itself, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Process {
    /// Whether to log everything, or failures only.
    pub(crate) verbose: bool,
    /// Where log lines go instead of standard error.
    pub(crate) log_file: Option<PathBuf>,
    /// The file in which a daemon tells its number; none for a process that stays in the
    /// foreground.
    pub(crate) daemon: Option<PathBuf>,
}

impl Process {
    /// Takes from the options what concerns the process.
    pub(crate) fn new(fragment: &Fragment) -> Self {
        let pid_file = || {
            let given = fragment.pid_file.as_deref();
            from_here(given.unwrap_or_else(|| Path::new(DEFAULT_PID_FILE)))
        };
        Self {
            verbose: fragment.verbose.unwrap_or(false),
            log_file: fragment.log_file.as_deref().map(from_here),
            daemon: (fragment.daemon == Some(true)).then(pid_file),
        }
    }
}

/// The path as it is meant where the agent is started: a daemon goes elsewhere.
pub(super) fn from_here(path: &Path) -> PathBuf {
    // Without a working directory nothing is meant by a relative path, and its use will tell.
    absolute(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_daemon_has_a_pid_file() {
        let mut fragment = Fragment {
            pid_file: Some("/p".into()),
            ..Fragment::default()
        };
        assert_eq!(Process::new(&fragment).daemon, None);
        fragment.daemon = Some(true);
        assert_eq!(Process::new(&fragment).daemon, Some("/p".into()));
        fragment.pid_file = None;
        let default = Some(DEFAULT_PID_FILE.into());
        assert_eq!(Process::new(&fragment).daemon, default);
    }

    #[test]
    fn paths_mean_the_directory_where_the_agent_is_started() {
        let fragment = Fragment {
            log_file: Some("log".into()),
            ..Fragment::default()
        };
        let here = std::env::current_dir().expect("a directory");
        assert_eq!(Process::new(&fragment).log_file, Some(here.join("log")));
    }
}
