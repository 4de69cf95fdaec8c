//! What is in the files that are read and written.

use std::path::Path;
use std::{fs, io};

/// Bytes without a pattern, the same each time.
pub(super) fn bytes(size: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = || {
        // Marsaglia's xorshift.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_ne_bytes()
    };
    let mut noise: Vec<u8> = (0..size.div_ceil(8)).flat_map(|_| next()).collect();
    noise.truncate(size);
    noise
}

/// A file of such bytes.
pub(super) fn write(path: &Path, size: usize) -> io::Result<()> {
    fs::write(path, bytes(size))
}
