//! Freezing and thawing file systems, in the order of a [`plan`](plan()).

mod beneath;
mod plan;

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::{Duration, Instant};

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

impl AsFd for Target {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
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

/// Opens what can be opened of these file systems.
pub(crate) fn reachable(root: &Root, systems: &[FileSystem]) -> Vec<Target> {
    let targets = systems.iter().filter_map(|system| {
        Some(Target {
            point: system.point().to_owned(),
            file: system.open(root).ok()?,
        })
    });
    targets.collect()
}

/// Why file systems are not frozen. None of them stays so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unfrozen {
    /// One cannot be.
    Refused(Error),
    /// The caller did not want to go on.
    GivenUp,
}

/// Freezes file systems, as long as the caller wants to `go_on`. Returns how many it froze: some
/// cannot be frozen, and some are frozen already.
///
/// # Errors
/// One of them cannot be frozen for another reason. Then none of them stays so.
pub(crate) fn freeze(targets: &[Target], go_on: impl Fn() -> bool) -> Result<usize, Unfrozen> {
    let mut frozen: Vec<&Target> = Vec::new();
    for target in targets {
        let result = match go_on() {
            true => ioctl::freeze(&target.file),
            false => return Err(undo(&frozen, Unfrozen::GivenUp)),
        };
        match result {
            Ok(()) => frozen.push(target),
            Err(Errno::OPNOTSUPP | Errno::BUSY) => {}
            Err(errno) => {
                let op = format!("failed to freeze {}", target.point.display());
                let error = Unfrozen::Refused(Error::new(op, errno));
                return Err(undo(&frozen, error));
            }
        }
    }
    Ok(frozen.len())
}

fn undo(frozen: &[&Target], error: Unfrozen) -> Unfrozen {
    for target in frozen.iter().rev() {
        // There is nothing else to try, and a later thaw will try it again.
        let _ = ioctl::thaw(&target.file);
    }
    error
}

/// Thaws the file systems of these files, the last one first, and all at a time: one may wait for
/// another. Returns how many were frozen, as far as that is known after the time `patience`.
pub(crate) fn thaw_at_once(files: Vec<OwnedFd>, patience: Duration, stack: usize) -> usize {
    let (done, results) = mpsc::channel();
    for file in files.into_iter().rev() {
        let file = Arc::new(file);
        let thaw = |file: Arc<OwnedFd>, done: Sender<bool>| {
            move || {
                // Who waited may be gone.
                let _ = done.send(thaw_one(&file));
            }
        };
        let thread = thread::Builder::new().stack_size(stack);
        let started = thread.spawn(thaw(Arc::clone(&file), done.clone()));
        if started.is_err() {
            thaw(file, done.clone())();
        }
    }
    drop(done);
    let deadline = Instant::now() + patience;
    let next = || {
        let left = deadline.saturating_duration_since(Instant::now());
        results.recv_timeout(left).ok()
    };
    std::iter::from_fn(next)
        .filter(|was_frozen| *was_frozen)
        .count()
}

/// Thaws the file systems of a plan, whoever froze them and however often. Returns how many were
/// frozen.
///
/// It goes on whatever happens: each one that thaws is one less to hang on.
pub(crate) fn thaw(root: &Root, plan: &Plan) -> usize {
    let thawed = plan
        .systems()
        .iter()
        .rev()
        .filter(|system| system.open(root).is_ok_and(|file| thaw_one(&file)));
    thawed.count()
}

/// Thaws what has been opened for a freeze. Returns how many were frozen.
pub(crate) fn thaw_targets(targets: &[Target]) -> usize {
    let thawed = targets.iter().rev().filter(|target| thaw_one(&target.file));
    thawed.count()
}

/// Thaws a file system as often as it was frozen; says whether it was.
fn thaw_one(file: &OwnedFd) -> bool {
    let mut was_frozen = false;
    while ioctl::thaw(file).is_ok() {
        was_frozen = true;
    }
    was_frozen
}
