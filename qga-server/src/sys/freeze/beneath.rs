//! Which file systems lie on others: in the image file behind a loop device, or with one between.
//!
//! To freeze a file system means to write what it has in memory, so it has to come before the one
//! that its image lies on, and be thawed after it. What sysfs does not show is not known, and the
//! order of mounting counts then: what lies on another one was mostly mounted later.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use crate::sys::block::Block;
use crate::sys::mount::{Device, FileSystem, Mount};
use crate::sys::{Root, ioctl};

/// How many overlays and devices may lie on each other; more would be a circle.
const MAX_DEPTH: usize = 16;
/// What the kernel appends to the path of a file that has lost its name.
const DELETED: &[u8] = b" (deleted)";

/// For each of `systems` the indices of those that it lies on.
pub(super) fn beneath(root: &Root, mounts: &[Mount], systems: &[FileSystem]) -> Vec<Vec<usize>> {
    let search = Search {
        root,
        mounts,
        systems,
    };
    systems
        .iter()
        .map(|system| search.beneath(system.device))
        .collect()
}

/// Which of `systems` holds what is written below `path`, through overlays.
pub(super) fn holder(path: &Path, mounts: &[Mount], systems: &[FileSystem]) -> Option<usize> {
    let mut path = path.to_owned();
    for _ in 0..MAX_DEPTH {
        // Of two at one place, the later one is seen.
        let mount = mounts
            .iter()
            .filter(|mount| path.starts_with(&mount.point))
            .max_by_key(|mount| mount.point.components().count())?;
        if let Some(found) = systems.iter().position(|system| system.is_at(&mount.point)) {
            return Some(found);
        }
        path = mount.upper_directory()?;
    }
    None
}

struct Search<'a> {
    root: &'a Root,
    mounts: &'a [Mount],
    systems: &'a [FileSystem],
}

impl Search<'_> {
    fn beneath(&self, device: Device) -> Vec<usize> {
        let mut found = Vec::new();
        if let Ok(Some(block)) = Block::numbered(self.root, device) {
            self.follow(&block, 0, &mut found);
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn follow(&self, block: &Block, depth: usize, found: &mut Vec<usize>) {
        if depth > MAX_DEPTH {
            return;
        }
        if let Some(file) = image(self.root, block) {
            let by_number = self.holder_by_number(block);
            found.extend(by_number.or_else(|| holder(&file, self.mounts, self.systems)));
        }
        // What is not shown is not known.
        for slave in block.slaves(self.root).ok().flatten().unwrap_or_default() {
            self.follow(&slave, depth + 1, found);
        }
    }
}

impl Search<'_> {
    /// Which file system the image of a loop device is in, by the number of that one. Unlike the
    /// path of the image, it is right whatever is mounted where; but some, such as btrfs, have
    /// numbers of their own.
    fn holder_by_number(&self, block: &Block) -> Option<usize> {
        if !self.root.is_machine() {
            // A tree that stands in for a machine has no devices.
            return None;
        }
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let node = block.node(self.root)?;
        let node = rustix::fs::open(node, flags, Mode::empty()).ok()?;
        let number = ioctl::image_device(&node).ok()?;
        let device = Device {
            major: rustix::fs::major(number),
            minor: rustix::fs::minor(number),
        };
        let mut systems = self.systems.iter();
        systems.position(|system| system.device == device)
    }
}

/// The file that a loop device, or the one that this is a partition of, is made from.
fn image(root: &Root, block: &Block) -> Option<PathBuf> {
    let mut path = block.image(root)?;
    if path.last() == Some(&b'\n') {
        path.pop();
    }
    if path.ends_with(DELETED) {
        path.truncate(path.len() - DELETED.len());
    }
    Some(OsString::from_vec(path).into())
}
