//! The blocks in sysfs that memory is plugged and switched off by.

use rustix::io::Errno;

use super::directory::Directory;
use super::error::if_there;
use super::{Error, Root, numbered, text};

const DIRECTORY: &str = "/sys/devices/system/memory/";

/// One block of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) index: u64,
    pub(crate) online: bool,
    /// Whether the kernel believes that it could move everything elsewhere.
    pub(crate) can_offline: bool,
    /// Whether it has a switch at all.
    pub(crate) has_switch: bool,
}

/// Every block, in the order of the kernel's directory; none on a machine that cannot plug memory.
///
/// # Errors
/// The directory cannot be listed, or a block not be read.
pub(crate) fn list(root: &Root) -> Result<Option<Vec<Block>>, Error> {
    let all = match Directory::open(root, DIRECTORY) {
        Ok(all) => all,
        Err(Errno::NOENT) => return Ok(None),
        Err(errno) => return Err(Error::at("open", DIRECTORY, errno)),
    };
    let indices = numbered::list(&all, "memory");
    let indices = indices.map_err(|errno| Error::at("open", DIRECTORY, errno))?;
    let mut blocks = Vec::with_capacity(indices.len());
    for index in indices {
        // One that is not there was unplugged a moment ago.
        blocks.extend(if_there(read_in(&all, index))?);
    }
    Ok(Some(blocks))
}

/// One block. Where it has no switch, it is in use and stays so.
///
/// # Errors
/// It is not there, or cannot be read.
pub(crate) fn read(root: &Root, index: u64) -> Result<Block, Error> {
    let all = Directory::open(root, DIRECTORY)
        .map_err(|errno| Error::at("open", directory(index), errno))?;
    read_in(&all, index)
}

/// One of the blocks in the directory of all.
fn read_in(all: &Directory, index: u64) -> Result<Block, Error> {
    let state = attribute(all, index, "state")?;
    if state.is_none() {
        all.check(format!("memory{index}"))
            .map_err(|errno| Error::at("open", directory(index), errno))?;
    }
    let removable = match state {
        Some(_) => attribute(all, index, "removable")?,
        None => None,
    };
    Ok(Block {
        index,
        has_switch: state.is_some(),
        online: state.is_none_or(|state| state.starts_with("online")),
        can_offline: removable.is_some_and(|text| !text.is_empty() && !text.starts_with('0')),
    })
}

/// Switches a block on or off.
///
/// # Errors
/// It has no switch, or the kernel refuses: what lies there cannot always be moved.
pub(crate) fn switch(root: &Root, index: u64, online: bool) -> Result<(), Error> {
    let path = format!("{}state", directory(index));
    root.poke(&path, if online { b"online" } else { b"offline" })
        .map_err(|errno| Error::at("pwrite", path, errno))
}

/// Whether this machine can plug memory.
pub(crate) fn exist(root: &Root) -> bool {
    root.path(DIRECTORY).is_dir()
}

/// The size of a block in bytes.
///
/// # Errors
/// This machine cannot plug memory.
pub(crate) fn block_size(root: &Root) -> Result<u64, Error> {
    rustix::fs::stat(root.path(DIRECTORY)).map_err(|errno| Error::at("open", DIRECTORY, errno))?;
    root.text(format!("{DIRECTORY}block_size_bytes"))
        .map(|text| parse_size(&text))
        .map_err(|error| Error::new("open sysfs file \"block_size_bytes\"", error.errno))
}

/// A hexadecimal number; what is none counts as zero.
pub(crate) fn parse_size(text: &str) -> u64 {
    u64::from_str_radix(text.trim(), 16).unwrap_or(0)
}

/// What a file of a block says, if there is such a file.
fn attribute(all: &Directory, index: u64, name: &str) -> Result<Option<String>, Error> {
    let value = all
        .attribute(format!("memory{index}/{name}"))
        .map_err(|errno| Error::new(format!("open sysfs file \"{name}\""), errno));
    if_there(value.map(text))
}

fn directory(index: u64) -> String {
    format!("{DIRECTORY}memory{index}/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::program::tests::Tree;

    #[test]
    fn sizes_are_hexadecimal() {
        assert_eq!(parse_size("8000000\n"), 128 << 20);
        assert_eq!(parse_size("zz\n"), 0);
        assert_eq!(parse_size(""), 0);
    }

    /// A machine with these files.
    fn machine(files: &[(&str, &str)]) -> Tree {
        let tree = Tree::new();
        for (name, text) in files {
            tree.file(&format!("{DIRECTORY}{name}"), text);
        }
        tree
    }

    #[test]
    fn blocks_tell_their_state() {
        let tree = machine(&[
            ("block_size_bytes", "8000000\n"),
            ("memory0/state", "online\n"),
            ("memory0/removable", "1\n"),
            ("memory1/state", "offline\n"),
            ("memory1/removable", "0\n"),
            ("memory2/state", "going-offline\n"),
            ("memory3/uevent", ""),
        ]);
        let mut blocks = list(&tree.root).expect("a machine").expect("with blocks");
        blocks.sort_by_key(|block| block.index);
        let told: Vec<(u64, bool, bool)> = blocks
            .iter()
            .map(|block| (block.index, block.online, block.can_offline))
            .collect();
        assert_eq!(
            told,
            [
                (0, true, true),
                (1, false, false),
                (2, false, false),
                (3, true, false)
            ]
        );
        assert_eq!(block_size(&tree.root), Ok(128 << 20));
    }

    #[test]
    fn machines_that_cannot_plug_memory_say_so() {
        let tree = machine(&[]);
        assert_eq!(list(&tree.root), Ok(None));
        let told = block_size(&tree.root).map_err(|error| error.to_string());
        assert_eq!(
            told,
            Err("open(\"/sys/devices/system/memory/\"): No such file or directory".into())
        );
        let tree = machine(&[("memory1/state", "online\n")]);
        let told = block_size(&tree.root).map_err(|error| error.to_string());
        assert_eq!(
            told,
            Err("open sysfs file \"block_size_bytes\": No such file or directory".into())
        );
    }
}
