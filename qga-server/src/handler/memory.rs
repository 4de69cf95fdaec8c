//! guest-get-memory-blocks, guest-get-memory-block-info: memory that can be plugged.

use qapi_runtime::Error;
use qga_types::{GuestMemoryBlock, GuestMemoryBlockInfo};

use crate::Agent;
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
