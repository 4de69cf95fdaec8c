//! Any bytes as a schema: it loads or ends in a report, in either dialect.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qapi_parser::{Dialect, Loader, MemoryReader};

fuzz_target!(|bytes: &[u8]| {
    for dialect in [Dialect::Current, Dialect::Historical] {
        // The file may include itself, and a good one.
        let files = MemoryReader::from_iter([
            ("root.json", bytes),
            ("sub.json", b"{ 'enum': 'Sub', 'data': [] }"),
        ]);
        let loaded = Loader::new()
            .dialect(dialect)
            .reader(Box::new(files))
            .load("root.json");
        match loaded {
            Ok(schema) => drop(schema.describe()),
            Err(error) => assert!(error.to_string().starts_with("error: ")),
        }
    }
});
