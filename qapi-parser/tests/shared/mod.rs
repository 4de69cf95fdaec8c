//! Where the collected schemas of QEMU's releases are, on machines that have them.

use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The folder with the collection: `$QAPI_SHARED`, or `shared` beside the workspace.
///
/// Says aloud that the caller skips where there is none, and fails if this is CI.
pub(crate) fn shared(what: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let shared = std::env::var_os("QAPI_SHARED").map_or(beside, PathBuf::from);
    let path = shared.join(what);
    if path.exists() {
        return Some(path);
    }
    assert!(
        std::env::var_os("CI").is_none_or(|ci| ci != "true"),
        "{} is missing",
        path.display()
    );
    // Written past the capture of the test runner, which would swallow it where the test passes.
    let _ = writeln!(
        std::io::stderr(),
        "skipped: needs {} (set QAPI_SHARED)",
        path.display()
    );
    None
}
