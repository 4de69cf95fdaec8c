//! Forgetting what a client has sent.
//!
//! A message may carry a password. Whoever gets hold of the memory of a process, or of what it is
//! swapped out to, should not find it there long after. So what holds a message is written over
//! when the message is done with: the bytes that were read, the text of the document, and what was
//! decoded from base64. A long message, which is a file and no password, only makes room.

use zeroize::Zeroize;

/// The longest that is written over, in bytes; and the room that a text begins with, so that what
/// is shorter never moves and leaves nothing behind.
pub(crate) const MOST: usize = 4096;

/// Writes over `bytes`, unless they are many.
pub(crate) fn wipe(bytes: &mut [u8]) {
    if bytes.len() <= MOST {
        bytes.zeroize();
    }
}
