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

/// How much was copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) length: usize,
    pub(crate) is_ascii: bool,
}

/// Copies the bytes that stand for themselves in a string of JSON between two
/// of `quote`, up to that, a backslash, or one that may not be there.
///
/// Most strings are short. So the first bytes are looked at and copied as
/// numbers, eight at a time.
#[inline]
pub(crate) fn copy_plain(bytes: &[u8], quote: u8, to: &mut Vec<u8>) -> Run {
    /// So many words are a long string.
    const LONG: usize = 8;

    let start = to.len();
    let mut seen = 0;
    let (words, _) = bytes.as_chunks();
    for bytes in &words[..words.len().min(LONG)] {
        let word = u64::from_le_bytes(*bytes);
        let marks = marks(word, quote);
        to.extend_from_slice(bytes);
        if marks != 0 {
            let plain = marks.trailing_zeros() as usize / 8;
            to.truncate(to.len() - bytes.len() + plain);
            // What comes behind does not count.
            seen |= word & ((1 << (plain * 8)) - 1);
            return Run {
                length: to.len() - start,
                is_ascii: seen & repeat(0x80) == 0,
            };
        }
        seen |= word;
    }
    let copied = to.len() - start;
    let rest = copy_long(&bytes[copied..], quote, to);
    Run {
        length: copied + rest.length,
        is_ascii: seen & repeat(0x80) == 0 && rest.is_ascii,
    }
}

/// The same for what is left of a long string, or of the input.
#[cold]
fn copy_long(bytes: &[u8], quote: u8, to: &mut Vec<u8>) -> Run {
    /// So many words are looked at together, and only the last such block again.
    const BLOCK: usize = 4;

    let (words, _) = bytes.as_chunks();
    let (blocks, _) = words.as_chunks::<BLOCK>();
    let (mut seen, mut length) = (0, 0);
    for block in blocks {
        let (mut any_mark, mut any_bit) = (0, 0);
        for word in block.map(u64::from_le_bytes) {
            any_mark |= marks(word, quote);
            any_bit |= word;
        }
        if any_mark != 0 {
            break;
        }
        seen |= any_bit;
        length += block.as_flattened().len();
    }
    let is_special = |byte| (byte == quote) | (byte == b'\\') | !(0x20..0xFE).contains(&byte);
    let rest = &bytes[length..];
    let rest = &rest[..find(rest, is_special).unwrap_or(rest.len())];
    length += rest.len();
    to.extend_from_slice(&bytes[..length]);
    Run {
        length,
        is_ascii: seen & repeat(0x80) == 0 && rest.is_ascii(),
    }
}

/// Marks the bytes of `word` that do not stand for themselves between two of `quote`. Marks above
/// the lowest one may be wrong.
const fn marks(word: u64, quote: u8) -> u64 {
    below(word ^ repeat(quote), 1)
        | below(word ^ repeat(b'\\'), 1)
        | below(word, 0x20)
        | below(!word, 2)
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
    fn every_special_byte_ends_a_run_short_or_long() {
        let is_special = |byte: u8| [b'"', b'\\', 0xFE, 0xFF].contains(&byte) || byte < 0x20;
        for position in (0..20).chain(60..70).chain(100..140) {
            for byte in 0..=u8::MAX {
                for around in [b' ', b'\'', b']', 0x7F, 0x80, 0xFD] {
                    let mut bytes = vec![around; 150];
                    bytes[position] = byte;
                    let length = if is_special(byte) { position } else { 150 };
                    let mut copy = Vec::new();
                    let run = copy_plain(&bytes, b'"', &mut copy);
                    assert_eq!(copy, &bytes[..length], "{byte} in {around}");
                    let is_ascii = copy.is_ascii();
                    assert_eq!(run, Run { length, is_ascii });
                }
            }
        }
    }
}
