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

/// The position of the first byte that does not stand for itself in a string
/// of JSON between two of `quote`: that, a backslash, or one that may not be there.
///
/// Eight bytes are looked at as one number, because most strings are short.
pub(crate) fn find_special(bytes: &[u8], quote: u8) -> Option<usize> {
    const WORD: usize = size_of::<u64>();

    let (words, rest) = bytes.as_chunks::<WORD>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let marks = below(word ^ repeat(quote), 1)
            | below(word ^ repeat(b'\\'), 1)
            | below(word, 0x20)
            | below(!word, 2);
        if marks != 0 {
            return Some(index * WORD + marks.trailing_zeros() as usize / 8);
        }
    }
    let is_special = |&byte: &u8| byte == quote || byte == b'\\' || !(0x20..0xFE).contains(&byte);
    let position = rest.iter().position(is_special)?;
    Some(words.len() * WORD + position)
}

/// Marks the bytes of `word` that are less than `limit`, at most 128. Marks
/// above the lowest one may be wrong.
const fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(repeat(limit)) & !word & repeat(0x80)
}

const fn repeat(byte: u8) -> u64 {
    u64::from_le_bytes([byte; size_of::<u64>()])
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

    #[test]
    fn every_special_byte_is_found_among_any_others() {
        let is_special = |byte: u8| [b'"', b'\\', 0xFE, 0xFF].contains(&byte) || byte < 0x20;
        for position in 0..20 {
            for byte in 0..=u8::MAX {
                for around in [b' ', b'\'', b']', 0x7F, 0x80, 0xFD] {
                    let mut bytes = vec![around; 20];
                    bytes[position] = byte;
                    let expected = is_special(byte).then_some(position);
                    assert_eq!(find_special(&bytes, b'"'), expected, "{byte} in {around}");
                }
            }
        }
        assert_eq!(find_special(b"aaaaaaaaaaaaaa'\\\"", b'\''), Some(14));
        assert_eq!(find_special(b"\"\\'\x01aaaa", b'"'), Some(0));
    }
}
