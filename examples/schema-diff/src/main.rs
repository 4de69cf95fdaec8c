//! Prints the release notes of the greenhouse, or those of any two schemas: `cargo run -p schema-diff -- OLD NEW`.

#![expect(clippy::print_stdout, reason = "showing is what it is for")]

use std::env;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<_> = env::args().skip(1).collect();
    let (old, new) = match given.as_slice() {
        [] => (
            concat!(env!("CARGO_MANIFEST_DIR"), "/greenhouse/1.0.json"),
            concat!(env!("CARGO_MANIFEST_DIR"), "/greenhouse/1.1.json"),
        ),
        [old, new] => (old.as_str(), new.as_str()),
        _ => return Err("usage: cargo run -p schema-diff -- [OLD NEW]".into()),
    };
    let diff = qapi_diff::diff(&qapi_parser::load(old)?, &qapi_parser::load(new)?);
    print!("{}", schema_diff::notes(&diff));
    Ok(())
}
