//! Finding the end of a run of ordinary bytes.

/// The position of the first byte for which `special` holds.
///
/// Whole blocks are looked at without leaving the loop early, which the
/// compiler turns into vector instructions: the texts that pass through here
/// are mostly base64 of many megabytes without a single special byte.
pub(crate) fn find(bytes: &[u8], special: impl Fn(u8) -> bool) -> Option<usize> {
    const BLOCK: usize = 32;

    let mut start = 0;
    for block in bytes.chunks_exact(BLOCK) {
        if block.iter().fold(false, |any, &byte| any | special(byte)) {
            break;
        }
        start += BLOCK;
    }
    let rest = &bytes[start..];
    rest.iter()
        .position(|&byte| special(byte))
        .map(|offset| start + offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_special_byte_is_found_wherever_it_stands() {
        for length in 0..100 {
            assert_eq!(find(&vec![b'a'; length], |b| b == b'x'), None);
            for position in 0..length {
                let mut bytes = vec![b'a'; length];
                bytes[position..].fill(b'x');
                assert_eq!(find(&bytes, |b| b == b'x'), Some(position));
            }
        }
    }
}
