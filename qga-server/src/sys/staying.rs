//! To stay alive and in memory, for a process on which others depend.
//!
//! What the kernel refuses is not missed: a process without the rights for it stays as well as it
//! can.

use rustix::mm::{MlockAllFlags, mlockall};

use super::Root;

/// By how much the process is chosen when memory has run out.
const CHOSEN: &str = "/proc/self/oom_score_adj";
/// What means that it never is.
const NEVER: &str = "-1000";

/// What was otherwise before.
#[derive(Debug)]
pub(crate) struct Stay {
    chosen: String,
}

/// Takes all memory of this process, that of later included, and is not chosen to be ended when
/// others need some.
pub(crate) fn stay() -> Stay {
    let root = Root::default();
    let _ = mlockall(MlockAllFlags::CURRENT | MlockAllFlags::FUTURE);
    let chosen = root.text(CHOSEN).unwrap_or_else(|_| "0".into());
    let _ = root.poke(CHOSEN, NEVER.as_bytes());
    Stay { chosen }
}

impl Stay {
    /// Is a process like others again, as are the programs that it starts from now on.
    pub(crate) fn end(self) {
        let _ = Root::default().poke(CHOSEN, self.chosen.trim().as_bytes());
    }
}
