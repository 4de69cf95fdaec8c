//! What one source of configuration says.

use std::path::PathBuf;

/// Options as they were given, unchecked; what was not given is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fragment {
    /// Whether to go to the background.
    pub(crate) daemon: Option<bool>,
    /// How the host reaches the agent.
    pub(crate) method: Option<String>,
    /// The socket or device.
    pub(crate) path: Option<PathBuf>,
    /// Where log lines go instead of standard error.
    pub(crate) log_file: Option<PathBuf>,
    /// Where a daemon tells its process.
    pub(crate) pid_file: Option<PathBuf>,
    /// What to run before freezing and after thawing.
    pub(crate) fsfreeze_hook: Option<PathBuf>,
    /// How long that may take, in seconds.
    pub(crate) hook_timeout: Option<String>,
    /// How long file systems may be frozen, in seconds.
    pub(crate) freeze_timeout: Option<String>,
    /// Where state is kept between runs.
    pub(crate) state_dir: Option<PathBuf>,
    /// Whether to log everything.
    pub(crate) verbose: Option<bool>,
    /// Whether to open the channel again after it is lost.
    pub(crate) retry_path: Option<bool>,
    /// Commands that may not be used.
    pub(crate) block_rpcs: Vec<String>,
    /// The only commands that may be used, if there are any here.
    pub(crate) allow_rpcs: Vec<String>,
    /// Where the rules of the administrator are.
    pub(crate) policy_dir: Option<PathBuf>,
    /// Where records of what hosts do are kept.
    pub(crate) audit: Option<String>,
    /// Further ways to the agent.
    pub(crate) channels: Vec<ChannelFragment>,
}

/// What is said about a channel besides the usual one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ChannelFragment {
    /// What the administrator calls it.
    pub(crate) name: String,
    /// How the host reaches the agent.
    pub(crate) method: Option<String>,
    /// The socket or device.
    pub(crate) path: Option<PathBuf>,
}

impl Fragment {
    /// What `self` says, and where that is nothing what `base` says. Lists are joined.
    pub(crate) fn over(self, base: Self) -> Self {
        Self {
            daemon: self.daemon.or(base.daemon),
            method: self.method.or(base.method),
            path: self.path.or(base.path),
            log_file: self.log_file.or(base.log_file),
            pid_file: self.pid_file.or(base.pid_file),
            fsfreeze_hook: self.fsfreeze_hook.or(base.fsfreeze_hook),
            hook_timeout: self.hook_timeout.or(base.hook_timeout),
            freeze_timeout: self.freeze_timeout.or(base.freeze_timeout),
            state_dir: self.state_dir.or(base.state_dir),
            verbose: self.verbose.or(base.verbose),
            retry_path: self.retry_path.or(base.retry_path),
            policy_dir: self.policy_dir.or(base.policy_dir),
            audit: self.audit.or(base.audit),
            block_rpcs: [base.block_rpcs, self.block_rpcs].concat(),
            allow_rpcs: [base.allow_rpcs, self.allow_rpcs].concat(),
            channels: [base.channels, self.channels].concat(),
        }
    }
}

/// The names in a list that is separated by commas, and nothing is cut off from them.
///
/// They come from last to first: that order shows in what `--dump-conf` prints.
pub(crate) fn command_list(text: &str) -> impl Iterator<Item = String> {
    let names = (!text.is_empty()).then(|| text.rsplit(','));
    names.into_iter().flatten().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_split_at_commas_only() {
        let names = |text| command_list(text).collect::<Vec<_>>();
        assert!(names("").is_empty());
        assert_eq!(names(","), ["", ""]);
        assert_eq!(names("a, b;c"), [" b;c", "a"]);
    }

    #[test]
    fn the_upper_fragment_counts_more_and_lists_are_joined() {
        let upper = Fragment {
            method: Some("upper".into()),
            block_rpcs: vec!["upper".into()],
            ..Fragment::default()
        };
        let base = Fragment {
            method: Some("base".into()),
            verbose: Some(true),
            block_rpcs: vec!["base".into()],
            ..Fragment::default()
        };
        let merged = upper.over(base);
        assert_eq!(merged.method.as_deref(), Some("upper"));
        assert_eq!(merged.verbose, Some(true));
        assert_eq!(merged.block_rpcs, ["base", "upper"]);
    }
}
