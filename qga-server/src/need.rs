//! What a unit test needs and a machine may lack.

use std::env;
use std::io::{self, Write as _};

/// To be root. Who gets `None` has been told so on the terminal, past the capture of the test
/// runner.
///
/// # Panics
/// It is not so and `CI=true`.
pub(crate) fn root() -> Option<()> {
    if rustix::process::geteuid().is_root() {
        return Some(());
    }
    let in_ci = env::var_os("CI").is_some_and(|ci| ci == "true");
    assert!(
        !in_ci,
        "needs root, and nothing may be skipped where CI=true"
    );
    // A terminal that is gone is no reason to fail.
    let _ = writeln!(io::stderr(), "skipped: needs root");
    None
}
