//! Whether the time to load and check a schema grows with its size and no faster.
//!
//! Each round loads one copy of the schema ten times and then ten copies once. Both take about as long, so that whatever
//! else the machine does falls upon both alike, and each round has a ratio of its own: it would be 10 if nothing but
//! the size mattered. The ratio of the least times is told beside the median of those ratios; where they are far from
//! each other, the machine was busy.

use std::time::{Duration, Instant};

use qapi_parser::Loader;

mod shared;

/// How often both are loaded.
const ROUNDS: usize = 40;

/// How many copies the large schema has, and how often the small one is loaded in a round.
const COPIES: u32 = 10;

/// How long a round took for one copy, on average, and for all copies at once.
struct Round {
    one: Duration,
    many: Duration,
}

impl Round {
    fn ratio(&self) -> f64 {
        self.many.as_secs_f64() / self.one.as_secs_f64()
    }
}

fn main() {
    let (one, many) = (shared::copies(1), shared::copies(COPIES as usize));
    let round = || Round {
        one: (0..COPIES).map(|_| time(&one)).sum::<Duration>() / COPIES,
        many: time(&many),
    };
    // The first one warms up.
    let rounds: Vec<_> = (0..=ROUNDS).map(|_| round()).skip(1).collect();
    print(&rounds);
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
fn print(rounds: &[Round]) {
    let sorted = |value: fn(&Round) -> f64| {
        let mut values: Vec<_> = rounds.iter().map(value).collect();
        values.sort_unstable_by(f64::total_cmp);
        values
    };
    let one = sorted(|round| round.one.as_secs_f64() * 1e3);
    let many = sorted(|round| round.many.as_secs_f64() * 1e3);
    let ratios = sorted(Round::ratio);
    let middle = rounds.len() / 2;
    println!("linear       least     median");
    println!("1 copy       {:<9.2} {:.2} ms", one[0], one[middle]);
    println!("{COPIES} copies    {:<9.2} {:.2} ms", many[0], many[middle]);
    println!(
        "ratio        {:<9.2} {:.2}",
        many[0] / one[0],
        ratios[middle]
    );
}
