//! Any text as base64: it is checked, read at once and read in pieces with one outcome, and any bytes come back.

#![no_main]

use std::io::Read as _;

use libfuzzer_sys::fuzz_target;
use qapi_runtime::Base64Text;

fuzz_target!(|bytes: &[u8]| {
    let encoded = Base64Text::from(bytes).to_string();
    assert_eq!(Base64Text::encoded(encoded).to_vec().as_deref(), Ok(bytes));

    // The first byte says how much is read at a time.
    let Some((&step, text)) = bytes.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let text = Base64Text::encoded(text);
    let whole = text.to_vec();
    assert_eq!(
        text.check(),
        whole.as_ref().map(Vec::len).map_err(|error| *error)
    );
    let mut reader = text.reader();
    let mut piece = vec![0; usize::from(step).max(1)];
    let mut read = Vec::new();
    let outcome = loop {
        match reader.read(&mut piece) {
            Ok(0) => break Ok(read),
            Ok(length) => read.extend_from_slice(&piece[..length]),
            Err(error) => break Err(error),
        }
    };
    assert_eq!(outcome.ok(), whole.ok());
});
