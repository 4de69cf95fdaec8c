//! Any schema that loads: Rust is made of it or a reason is told why not, and all Rust is the same for the same schema.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qapi_codegen::Config;
use qapi_parser::{Dialect, Loader, MemoryReader};

fuzz_target!(|bytes: &[u8]| {
    for dialect in [Dialect::Current, Dialect::Historical] {
        let files = MemoryReader::from_iter([("root.json", bytes)]);
        let mut loader = Loader::new();
        loader.dialect(dialect).reader(Box::new(files));
        let Ok(schema) = loader.load("root.json") else {
            continue;
        };
        let mut config = Config::new();
        config.dialect(dialect);
        // What is made has been read as Rust when it comes here, for it is formatted.
        match (config.expand(&schema), config.expand(&schema)) {
            (Ok(first), Ok(second)) => assert_eq!(first, second),
            (Err(error), _) | (_, Err(error)) => assert!(!error.to_string().is_empty()),
        }
    }
});
