//! Any two schemas, with a line `%%` between them: one is not different from itself, and the way back has as many findings.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qapi_diff::diff;
use qapi_parser::{Checked, Loader, MemoryReader, Schema};

const BETWEEN: &[u8] = b"\n%%\n";

fuzz_target!(|bytes: &[u8]| {
    let Some(end) = bytes
        .windows(BETWEEN.len())
        .position(|part| part == BETWEEN)
    else {
        return;
    };
    let (Some(old), Some(new)) = (load(&bytes[..end]), load(&bytes[end + BETWEEN.len()..])) else {
        return;
    };
    for schema in [&old, &new] {
        assert!(diff(schema, schema).findings.is_empty());
    }
    let (there, back) = (diff(&old, &new), diff(&new, &old));
    assert_eq!(there.findings.len(), back.findings.len());
});

fn load(text: &[u8]) -> Option<Checked<Schema>> {
    let files = MemoryReader::from_iter([("root.json", text)]);
    Loader::new().reader(Box::new(files)).load("root.json").ok()
}
