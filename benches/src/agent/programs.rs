use std::path::{Path, PathBuf};
use std::{env, fmt};

use qapi_tests::{need, vm};

/// The agents that are compared.
#[derive(Debug)]
pub(crate) struct Programs {
    pub(super) ours: PathBuf,
    /// QEMU's, where it is installed.
    pub(super) peer: Option<PathBuf>,
    /// This program, which can serve as well.
    pub(super) bare: PathBuf,
}

impl Programs {
    /// Looks for both, and builds ours unless `QAPI_AGENT` names it.
    pub(crate) fn find() -> Self {
        let bare = env::current_exe().expect("a running program has a file");
        let ours = match env::var_os("QAPI_AGENT") {
            Some(named) => named.into(),
            None => built(&bare),
        };
        Self {
            ours,
            peer: need::c_agent(),
            bare,
        }
    }
}

/// Ours, built beside this program.
fn built(this: &Path) -> PathBuf {
    let scratch = this.parent().expect("a program is in a folder");
    vm::static_agent(scratch).expect("QAPI_AGENT names an agent where no static one can be built")
}

impl fmt::Display for Programs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.peer {
            Some(peer) => {
                let version = need::version(peer).unwrap_or_default();
                write!(f, "The peer of the agent is qemu-ga {version}")
            }
            None => write!(f, "The agent has no peer, for there is no qemu-ga 10"),
        }
    }
}
