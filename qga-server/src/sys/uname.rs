//! What the kernel says about itself.

use std::ffi::CStr;

/// The names of the running kernel, machine and host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Uname {
    /// The host name, whole: unlike `gethostname` with a fixed buffer, 64 bytes are fine.
    pub(crate) host: String,
    /// The release, for example `6.1.0-13-amd64`.
    pub(crate) release: String,
    /// The build of that release.
    pub(crate) version: String,
    /// The hardware name, for example `x86_64`.
    pub(crate) machine: String,
}

/// Asks the kernel. Not cached: the host name can change while the agent runs.
pub(crate) fn read() -> Uname {
    let uname = rustix::system::uname();
    let text = |field: &CStr| field.to_string_lossy().into_owned();
    Uname {
        host: text(uname.nodename()),
        release: text(uname.release()),
        version: text(uname.version()),
        machine: text(uname.machine()),
    }
}
