//! guest-fstrim: what is free in the file systems becomes free in the host's storage.

use qapi_runtime::Error;
use qga_types::{GuestFilesystemTrimResponse, GuestFilesystemTrimResult, GuestFstrimArgs};
use rustix::io::Errno;

use crate::Agent;
use crate::log::ACCOUNTING;
use crate::sys::Root;
use crate::sys::error::reason;
use crate::sys::ioctl::{self, TrimRange};
use crate::sys::mount::{self, FileSystem, Unreachable};

/// Trims each local file system, the last one mounted first.
pub(crate) fn fstrim(
    agent: &Agent,
    args: GuestFstrimArgs,
) -> Result<GuestFilesystemTrimResponse, Error> {
    log::info!(target: ACCOUNTING, "guest-fstrim called");
    let root = &agent.settings.root;
    let minimum = args.minimum.unwrap_or_default();
    let systems = mount::local(root)?;
    let results = systems.iter().rev().map(|system| {
        let result = GuestFilesystemTrimResult::new(system.point().to_string_lossy());
        match trim(root, system, minimum) {
            Ok(done) => result
                .minimum(done.minimum.cast_signed())
                .trimmed(done.length.cast_signed()),
            Err(error) => result.error(error),
        }
    });
    Ok(GuestFilesystemTrimResponse::new(
        results.collect::<Vec<_>>(),
    ))
}

fn trim(root: &Root, system: &FileSystem, minimum: i64) -> Result<TrimRange, String> {
    let file = system.open(root).map_err(|unreachable| {
        let errno = match unreachable {
            // No path leads to it.
            Unreachable::Hidden => Errno::NOENT,
            Unreachable::Closed(errno) => errno,
        };
        format!("failed to open: {}", reason(errno))
    })?;
    let mut range = TrimRange {
        start: 0,
        length: u64::MAX,
        // A negative number means what the kernel makes of its bits: more than there is.
        minimum: minimum.cast_unsigned(),
    };
    match ioctl::trim(file, &mut range) {
        Ok(()) => Ok(range),
        Err(Errno::NOTTY | Errno::OPNOTSUPP) => Err("trim not supported".to_owned()),
        Err(errno) => Err(format!("failed to trim: {}", reason(errno))),
    }
}
