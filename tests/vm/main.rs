//! What the agent does to a whole machine, in a virtual one.
//!
//! Each machine boots in some seconds, so claims that do not get into each other's way share one.

mod program;

use qapi_tests::vm::Setup;

/// A machine to be, if it can be had here.
fn setup() -> Option<Setup> {
    Setup::new(env!("CARGO_TARGET_TMPDIR"))
}
