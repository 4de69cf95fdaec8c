//! What is shown in the end.

use std::fmt;

use crate::sample::Sample;

/// One line: a measure on both sides, and what it should be.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) measure: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) ours: Option<Sample>,
    pub(crate) peer: Option<Sample>,
    pub(crate) goal: Goal,
}

/// What a measure should be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    /// Nothing in particular.
    None,
    /// At most this.
    AtMost(f64),
    /// At most this part of the peer's.
    OfPeer(f64),
}

impl Row {
    /// Ours as a part of the peer's, by medians.
    fn ratio(&self) -> Option<f64> {
        Some(self.ours.as_ref()?.median() / self.peer.as_ref()?.median())
    }

    /// Whether the goal is reached, if there is one and it can be said.
    fn verdict(&self) -> Option<bool> {
        match self.goal {
            Goal::None => None,
            Goal::AtMost(limit) => Some(self.ours.as_ref()?.median() <= limit),
            Goal::OfPeer(part) => Some(self.ratio()? <= part),
        }
    }

    fn cells(&self) -> [String; 6] {
        let goal = match self.goal {
            Goal::None => String::new(),
            Goal::AtMost(limit) => format!("≤ {}", number(limit)),
            Goal::OfPeer(part) => format!("≤ {part:.2} of the peer"),
        };
        let verdict = match self.verdict() {
            None => "",
            Some(true) => "reached",
            Some(false) => "MISSED",
        };
        [
            format!("{}, {}", self.measure, self.unit),
            cell(self.ours.as_ref()),
            cell(self.peer.as_ref()),
            self.ratio()
                .map(|ratio| format!("{ratio:.2}"))
                .unwrap_or_default(),
            goal,
            verdict.to_owned(),
        ]
    }
}

/// The least value and the median, if they differ.
fn cell(sample: Option<&Sample>) -> String {
    let Some(sample) = sample else {
        return "-".to_owned();
    };
    let (least, median) = (number(sample.least()), number(sample.median()));
    if least == median {
        median
    } else {
        format!("{median} (least {least})")
    }
}

/// Three digits at least, without noise behind them.
fn number(value: f64) -> String {
    match value {
        value if value < 10.0 => format!("{value:.2}"),
        value if value < 100.0 => format!("{value:.1}"),
        value => format!("{value:.0}"),
    }
}

/// Rows in columns.
#[derive(Debug)]
pub(crate) struct Table(pub(crate) Vec<Row>);

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["median", "ours", "peer", "ratio", "goal", "verdict"].map(str::to_owned);
        let mut lines = vec![head];
        lines.extend(self.0.iter().map(Row::cells));
        let width = |column: usize| {
            lines
                .iter()
                .map(|cells| cells[column].chars().count())
                .max()
        };
        let widths: [usize; 6] = std::array::from_fn(|column| width(column).unwrap_or(0));
        for cells in &lines {
            let padded = cells
                .iter()
                .zip(widths)
                .map(|(cell, width)| format!("{cell:width$}"));
            let line = padded.collect::<Vec<_>>().join(" | ");
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(ours: f64, peer: Option<f64>, goal: Goal) -> Row {
        Row {
            measure: "time",
            unit: "ms",
            ours: Sample::of([ours]),
            peer: peer.and_then(|peer| Sample::of([peer])),
            goal,
        }
    }

    #[test]
    fn a_goal_needs_what_it_is_compared_with() {
        assert_eq!(row(1.0, None, Goal::OfPeer(0.5)).verdict(), None);
        assert_eq!(row(1.0, Some(2.0), Goal::OfPeer(0.5)).verdict(), Some(true));
        assert_eq!(row(1.0, None, Goal::AtMost(0.9)).verdict(), Some(false));
        assert_eq!(row(1.0, Some(2.0), Goal::None).verdict(), None);
    }

    #[test]
    fn columns_are_aligned() {
        let table = Table(vec![row(1.0, None, Goal::AtMost(120.0))]);
        assert_eq!(
            table.to_string(),
            "median   | ours | peer | ratio | goal  | verdict\n\
             time, ms | 1.00 | -    |       | ≤ 120 | reached\n"
        );
    }
}
