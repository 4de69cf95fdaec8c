//! The text that the bytes of a schema file are.

/// The text of a file with `\n` at the end of each line, and the place and value
/// of the first byte that is no UTF-8.
pub(super) fn decode(bytes: Vec<u8>) -> (String, Option<(usize, u8)>) {
    let (text, bad) = match String::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            let byte = error.as_bytes()[offset];
            (
                String::from_utf8_lossy(error.as_bytes()).into_owned(),
                Some((offset, byte)),
            )
        }
    };
    if !text.contains('\r') {
        return (text, bad);
    }
    let pairs_before = |offset: usize| text[..offset].matches("\r\n").count();
    let bad = bad.map(|(offset, byte)| (offset - pairs_before(offset), byte));
    (text.replace("\r\n", "\n").replace('\r', "\n"), bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newlines_become_one_kind() {
        assert_eq!(
            decode(b"a\r\nb\rc\n".to_vec()),
            ("a\nb\nc\n".to_owned(), None)
        );
        let (text, bad) = decode(b"a\r\nb\xff".to_vec());
        assert_eq!((text.as_str(), bad), ("a\nb\u{fffd}", Some((3, 0xff))));
    }
}
