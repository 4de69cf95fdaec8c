//! Freezing and thawing file systems, in the order of a [`plan`](plan()).

mod beneath;
mod plan;

use std::os::fd::OwnedFd;
use std::path::PathBuf;

use rustix::io::Errno;

use super::mount::{FileSystem, Unreachable};
use super::{Error, Root, ioctl};

pub(crate) use plan::{Plan, plan};

/// A file system that can be frozen: a file in it is open.
#[derive(Debug)]
pub(crate) struct Target {
    point: PathBuf,
    file: OwnedFd,
}

/// Opens file systems in the order in which they will be frozen; this has to be over before the first
/// of them is.
///
/// One that is hidden under others is left out: no path leads to it, and to fail would mean that
/// nothing on such a machine can ever be frozen.
///
/// # Errors
/// One of them cannot be opened.
pub(crate) fn targets<'a>(
    root: &Root,
    systems: impl IntoIterator<Item = &'a FileSystem>,
) -> Result<Vec<Target>, Error> {
    let mut targets = Vec::new();
    for system in systems {
        let point = system.point();
        match system.open(root) {
            Ok(file) => targets.push(Target {
                point: point.to_owned(),
                file,
            }),
            Err(Unreachable::Hidden) => {
                log::warn!("{} is hidden and will not be frozen", point.display());
            }
            Err(Unreachable::Closed(errno)) => {
                let op = format!("failed to open {}", point.display());
                return Err(Error::new(op, errno));
            }
        }
    }
    Ok(targets)
}

/// Freezes file systems. Returns how many it froze: some cannot be frozen, and some are frozen
/// already.
///
/// # Errors
/// One of them cannot be frozen for another reason. Then none of them stays so.
pub(crate) fn freeze(targets: &[Target]) -> Result<usize, Error> {
    let mut frozen: Vec<&Target> = Vec::new();
    for target in targets {
        match ioctl::freeze(&target.file) {
            Ok(()) => frozen.push(target),
            Err(Errno::OPNOTSUPP | Errno::BUSY) => {}
            Err(errno) => {
                for target in frozen.iter().rev() {
                    // There is nothing else to try, and a later thaw will try it again.
                    let _ = ioctl::thaw(&target.file);
                }
                let op = format!("failed to freeze {}", target.point.display());
                return Err(Error::new(op, errno));
            }
        }
    }
    Ok(frozen.len())
}

/// Thaws the file systems of a plan, whoever froze them and however often. Returns how many were
/// frozen.
///
/// It goes on whatever happens: each one that thaws is one less to hang on.
pub(crate) fn thaw(root: &Root, plan: &Plan) -> usize {
    let thawed = plan.systems().iter().rev().filter(|system| {
        let Ok(file) = system.open(root) else {
            return false;
        };
        let mut times = 0;
        while ioctl::thaw(&file).is_ok() {
            times += 1;
        }
        times > 0
    });
    thawed.count()
}
