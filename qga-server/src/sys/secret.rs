//! Keeping the memory of the agent to itself.

use rustix::process::{DumpableBehavior, geteuid, set_dumpable_behavior};

/// Has no image of the agent's memory written when it dies, and keeps other users out of it: it
/// may hold a password just then. Programs that the agent starts are as they always are.
///
/// A user who runs the agent may go on looking into it.
pub(crate) fn keep() {
    if geteuid().is_root() {
        // A kernel that refuses leaves it as it was.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
