//! guest-get-memory-blocks, guest-set-memory-blocks, guest-get-memory-block-info: memory that can
//! be plugged.

use qapi_runtime::Error;
use qga_types::{
    GuestMemoryBlock, GuestMemoryBlockInfo, GuestMemoryBlockResponse, GuestMemoryBlockResponseType,
    GuestSetMemoryBlocksArgs,
};
use rustix::io::Errno;

use crate::Agent;
use crate::sys::Root;
use crate::sys::memory_blocks::{self, Block};

/// Every block; none where the kernel knows no blocks.
pub(crate) fn get_memory_blocks(agent: &Agent) -> Result<Vec<GuestMemoryBlock>, Error> {
    match memory_blocks::list(&agent.settings.root)? {
        None => Ok(Vec::new()),
        Some(blocks) if blocks.is_empty() => {
            Err(Error::generic("guest reported zero memory blocks!"))
        }
        Some(blocks) => Ok(blocks.into_iter().map(answer).collect()),
    }
}

fn answer(block: Block) -> GuestMemoryBlock {
    GuestMemoryBlock::new(block.index, block.online).can_offline(block.can_offline)
}

/// The size of each of them.
pub(crate) fn get_memory_block_info(agent: &Agent) -> Result<GuestMemoryBlockInfo, Error> {
    memory_blocks::block_size(&agent.settings.root)
        .map(GuestMemoryBlockInfo::new)
        .map_err(Error::from)
}

/// Switches each block, and tells for each what came of it.
pub(crate) fn set_memory_blocks(
    agent: &Agent,
    args: GuestSetMemoryBlocksArgs,
) -> Result<Vec<GuestMemoryBlockResponse>, Error> {
    let root = &agent.settings.root;
    let blocks = args.mem_blks.iter();
    Ok(blocks.map(|wanted| respond(root, wanted)).collect())
}

fn respond(root: &Root, wanted: &GuestMemoryBlock) -> GuestMemoryBlockResponse {
    let (response, errno) = match set(root, wanted) {
        Ok(()) => (GuestMemoryBlockResponseType::Success, None),
        Err((response, errno)) => (response, Some(errno)),
    };
    let mut answer = GuestMemoryBlockResponse::new(wanted.phys_index, response);
    answer.error_code = errno.map(|errno| errno.raw_os_error().into());
    answer
}

fn set(
    root: &Root,
    wanted: &GuestMemoryBlock,
) -> Result<(), (GuestMemoryBlockResponseType, Errno)> {
    use GuestMemoryBlockResponseType::{NotFound, OperationFailed, OperationNotSupported};

    if !memory_blocks::exist(root) {
        return Err((OperationNotSupported, Errno::NOENT));
    }
    let block =
        memory_blocks::read(root, wanted.phys_index).map_err(|error| match error.errno {
            Errno::NOENT => (NotFound, Errno::NOENT),
            errno => (OperationFailed, errno),
        })?;
    if block.online == wanted.online {
        return Ok(());
    }
    if !block.has_switch {
        return Err((OperationNotSupported, Errno::NOENT));
    }
    memory_blocks::switch(root, wanted.phys_index, wanted.online)
        .map_err(|error| (OperationFailed, error.errno))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn every_block_is_answered_for_itself() {
        let dir = tempfile::tempdir().expect("a directory");
        let root = Root::new(dir.path());
        let path = |name: &str| root.path("/sys/devices/system/memory").join(name);
        let set = |index, online| {
            let answer = respond(&root, &GuestMemoryBlock::new(index, online));
            (answer.response.as_str().to_owned(), answer.error_code)
        };
        let told = |response: &str, errno| (response.to_owned(), errno);

        assert_eq!(set(1, true), told("operation-not-supported", Some(2)));
        for block in ["memory1", "memory2"] {
            fs::create_dir_all(path(block)).expect("a fresh directory");
        }
        fs::write(path("memory1/state"), "online\n").expect("a fresh file");
        assert_eq!(set(1, true), told("success", None));
        assert_eq!(set(1, false), told("success", None));
        assert_eq!(
            fs::read(path("memory1/state")).expect("a file of ours"),
            b"offline"
        );
        assert_eq!(set(2, true), told("success", None));
        assert_eq!(set(2, false), told("operation-not-supported", Some(2)));
        assert_eq!(set(7, true), told("not-found", Some(2)));
        assert_eq!(set(u64::MAX, true), told("not-found", Some(2)));
    }
}
