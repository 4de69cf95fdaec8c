//! Whether the time to load and check a schema grows with its size and no faster.
//!
//! Loads of one copy and of ten copies take turns, so that whatever else the machine does falls upon both alike. The
//! ratio of the minima is that of a quiet machine; where the medians say something else, the machine was busy.

use std::time::{Duration, Instant};

use qapi_parser::Loader;

mod shared;

/// How often the large schema is loaded.
const ROUNDS: usize = 40;

/// How many copies the large schema has, and how often the small one is loaded for each time that the large one is.
const COPIES: u32 = 10;

fn main() {
    let (one, many) = (shared::copies(1), shared::copies(COPIES as usize));
    let (mut one_times, mut many_times) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        one_times.extend((0..COPIES).map(|_| time(&one)));
        many_times.push(time(&many));
    }
    print(&mut one_times, &mut many_times);
}

/// How long a load takes; to drop the schema is not part of it.
fn time(loader: &Loader) -> Duration {
    let start = Instant::now();
    let schema = loader.load("root.json");
    let took = start.elapsed();
    schema.unwrap_or_else(|report| panic!("{report}"));
    took
}

#[expect(clippy::print_stdout, reason = "a benchmark has no other way to tell")]
fn print(one: &mut [Duration], many: &mut [Duration]) {
    println!("linear    1 copy        {COPIES} copies     ratio");
    one.sort_unstable();
    many.sort_unstable();
    for (what, one, many) in [
        ("fastest", one[0], many[0]),
        ("median", one[one.len() / 2], many[many.len() / 2]),
    ] {
        let ratio = many.as_secs_f64() / one.as_secs_f64();
        println!("{what:<9} {one:<13.3?} {many:<13.3?} {ratio:.2}");
    }
}
