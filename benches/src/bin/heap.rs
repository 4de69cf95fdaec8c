//! How many bytes of heap it takes to load and check a schema: `heap SCHEMA`.
//!
//! A program of its own, for counting takes time at each allocation, and other measurements are of time.

#![forbid(unsafe_code)]

use std::error::Error;
use std::io::{self, Write as _};

use peak_alloc::PeakAlloc;
use qapi_parser::{Dialect, Loader};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: heap SCHEMA")?;
    let dialect = match qapi_parser::load(&path) {
        Ok(_) => Dialect::Current,
        Err(_) => Dialect::Historical,
    };
    let mut loader = Loader::new();
    loader.dialect(dialect);
    let before = HEAP.current_usage();
    HEAP.reset_peak_usage();
    let schema = loader.load(&path);
    let needed = HEAP.peak_usage() - before;
    schema?;
    writeln!(io::stdout(), "{needed}")?;
    Ok(())
}
