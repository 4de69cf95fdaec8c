//! How cost grows with the size of the input.
//!
//! Each round does the work ten times on one and then once on ten of them. Both take about as long, so that whatever else
//! the machine does falls upon both alike, and each round has a ratio of its own: ten, if nothing but the size matters.

use std::error::Error;

use crate::sample::{Sample, time};

/// How many times larger the larger input is.
pub(crate) const TIMES: usize = 10;

/// What it is counted in; a ratio, although there is no peer.
pub(crate) const UNIT: &str = "times";

/// How many times as long the work takes on `many` than on `one`.
pub(crate) fn measure<Input>(
    rounds: usize,
    one: &Input,
    many: &Input,
    work: impl Fn(&Input) -> Result<(), Box<dyn Error>>,
) -> Result<Option<Sample>, Box<dyn Error>> {
    work(one)?;
    let mut ratios = Vec::new();
    for _ in 0..rounds {
        let (small, done) = time(|| (0..TIMES).try_for_each(|_| work(one)));
        done?;
        let (large, done) = time(|| work(many));
        done?;
        ratios.push(large / small * TIMES as f64);
    }
    Ok(Sample::of(ratios))
}
