//! The same thing measured several times.

use std::time::{Duration, Instant};

/// Values of one measurement, sorted; at least one.
#[derive(Debug, Clone)]
pub(crate) struct Sample(Vec<f64>);

impl Sample {
    /// A sample of these values, or none of no values.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        (!values.is_empty()).then_some(Self(values))
    }

    pub(crate) fn least(&self) -> f64 {
        self.0[0]
    }

    pub(crate) fn greatest(&self) -> f64 {
        self.0[self.0.len() - 1]
    }

    /// The usual one.
    pub(crate) fn median(&self) -> f64 {
        self.0[self.0.len() / 2]
    }
}

/// What `work` makes, and how many milliseconds it takes to make it.
pub(crate) fn time<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let result = work();
    (milliseconds(start.elapsed()), result)
}

/// A duration as it is shown.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_no_outlier() {
        let sample = Sample::of([3.0, 900.0, 1.0]).expect("there are values");
        let shown = (sample.least(), sample.median());
        assert_eq!(shown, (1.0, 3.0));
        assert!(Sample::of([]).is_none());
    }
}
