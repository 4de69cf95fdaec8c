//! What is shown in the end.

use std::fmt;

use crate::growth;
use crate::sample::Sample;

/// How many columns there are.
const COLUMNS: usize = 7;

/// One line: a measure on both sides, and what it should be.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) measure: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) ours: Option<Sample>,
    pub(crate) peer: Option<Sample>,
    pub(crate) goal: Goal,
    /// What no program can undercut.
    pub(crate) limits: Vec<Limit>,
}

/// The same work with nothing around it.
#[derive(Debug)]
pub(crate) struct Limit {
    what: &'static str,
    sample: Option<Sample>,
}

impl Limit {
    pub(crate) fn new(what: &'static str, sample: Option<Sample>) -> Self {
        Self { what, sample }
    }
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
    /// At least so many times the peer's.
    TimesPeer(f64),
}

/// What is said of a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Reached,
    Missed,
    /// Missed, and the limit misses it as well.
    OutOfReach,
}

impl Row {
    /// Ours as a part of the peer's, by medians and by the best of each; what ten times the input costs needs no peer.
    pub(crate) fn ratios(&self) -> Option<[f64; 2]> {
        let ours = self.ours.as_ref()?;
        if self.unit == growth::UNIT {
            return Some([ours.median(), ours.least()]);
        }
        let peer = self.peer.as_ref()?;
        let ratio = |ours: f64, peer: f64| if ours == 0.0 { 0.0 } else { ours / peer };
        let best = ratio(self.best(ours), self.best(peer));
        Some([ratio(ours.median(), peer.median()), best])
    }

    /// Ours as a part of the peer's.
    fn ratio(&self) -> Option<f64> {
        self.peer.as_ref()?;
        self.ratios().map(|[ratio, _]| ratio)
    }

    /// Whether the goal is reached, if there is one and it can be said.
    fn verdict(&self) -> Option<Verdict> {
        let goal = match self.goal {
            Goal::None => return None,
            Goal::AtMost(most) => most,
            Goal::OfPeer(part) | Goal::TimesPeer(part) => part * self.peer.as_ref()?.median(),
        };
        let reaches = |value: f64| match self.is_speed() {
            true => value >= goal,
            false => value <= goal,
        };
        let mut limits = self.limits.iter().filter_map(|it| it.sample.as_ref());
        Some(if reaches(self.ours.as_ref()?.median()) {
            Verdict::Reached
        } else if limits.all(|limit| reaches(self.best(limit))) {
            Verdict::Missed
        } else {
            Verdict::OutOfReach
        })
    }

    /// Whether the goal, if there is one, is reached, or missed by no more than this factor.
    pub(crate) fn is_near_goal(&self, slack: f64) -> bool {
        let Some(ours) = &self.ours else {
            return false;
        };
        match self.goal {
            Goal::None => false,
            Goal::AtMost(limit) => self.best(ours) <= limit * slack,
            Goal::OfPeer(part) => self.any_ratio(|ratio| ratio <= part * slack),
            Goal::TimesPeer(factor) => self.any_ratio(|ratio| ratio * slack >= factor),
        }
    }

    /// Whether this is so by medians or by the best of each.
    fn any_ratio(&self, holds: impl Fn(f64) -> bool) -> bool {
        self.peer.is_some() && self.ratios().is_some_and(|it| it.into_iter().any(holds))
    }

    /// Whether the measure is one of speed, so that more of it is better.
    pub(crate) fn is_speed(&self) -> bool {
        matches!(self.goal, Goal::TimesPeer(_))
    }

    /// The least disturbed value.
    fn best(&self, sample: &Sample) -> f64 {
        match self.is_speed() {
            true => sample.greatest(),
            false => sample.least(),
        }
    }

    /// The median and the best value, if they differ.
    fn cell(&self, sample: Option<&Sample>) -> String {
        let Some(sample) = sample else {
            return "-".to_owned();
        };
        let (best, median) = (number(self.best(sample)), number(sample.median()));
        if best == median {
            median
        } else {
            format!("{median} (best {best})")
        }
    }

    fn limit(&self) -> String {
        let limits = self.limits.iter().filter_map(|limit| {
            let best = number(self.best(limit.sample.as_ref()?));
            Some(format!("{best} {}", limit.what))
        });
        limits.collect::<Vec<_>>().join(", ")
    }

    fn cells(&self) -> [String; COLUMNS] {
        let goal = match self.goal {
            Goal::None => String::new(),
            Goal::AtMost(limit) => format!("≤ {}", number(limit)),
            Goal::OfPeer(part) => format!("≤ {part:.2} of the peer"),
            Goal::TimesPeer(factor) => format!("≥ {factor} times the peer"),
        };
        let verdict = match self.verdict() {
            None => "",
            Some(Verdict::Reached) => "reached",
            Some(Verdict::Missed) => "MISSED",
            Some(Verdict::OutOfReach) => "OUT OF REACH",
        };
        [
            format!("{}, {}", self.measure, self.unit),
            self.cell(self.ours.as_ref()),
            self.cell(self.peer.as_ref()),
            self.ratio()
                .map(|ratio| format!("{ratio:.2}"))
                .unwrap_or_default(),
            goal,
            verdict.to_owned(),
            self.limit(),
        ]
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

/// Rows in columns, each with its name.
#[derive(Debug, Default)]
pub(crate) struct Table(Vec<(&'static str, Row)>);

impl Table {
    /// What stands above the columns.
    const HEAD: [&str; COLUMNS] = [
        "median", "ours", "peer", "ratio", "goal", "verdict", "limit",
    ];

    /// One row more.
    pub(crate) fn push(&mut self, name: &'static str, row: Row) {
        self.0.push((name, row));
    }

    /// The rows with such names as a table of Markdown, the names before them.
    pub(crate) fn markdown(&self, is_wanted: impl Fn(&str) -> bool) -> String {
        let mut text = format!("| row | {} |\n", Self::HEAD.join(" | "));
        text += &"| --- ".repeat(COLUMNS + 1);
        text += "|\n";
        for (name, row) in self.0.iter().filter(|(name, _)| is_wanted(name)) {
            text += &format!("| `{name}` | {} |\n", row.cells().join(" | "));
        }
        text
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = vec![Self::HEAD.map(str::to_owned)];
        lines.extend(self.0.iter().map(|(_, row)| row.cells()));
        let width = |column: usize| {
            lines
                .iter()
                .map(|cells| cells[column].chars().count())
                .max()
        };
        let widths: [usize; COLUMNS] = std::array::from_fn(|column| width(column).unwrap_or(0));
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
            limits: vec![],
        }
    }

    #[test]
    fn a_goal_needs_what_it_is_compared_with() {
        let verdict = |peer, goal| row(1.0, peer, goal).verdict();
        assert_eq!(verdict(None, Goal::OfPeer(0.5)), None);
        assert_eq!(
            verdict(Some(2.0), Goal::OfPeer(0.5)),
            Some(Verdict::Reached)
        );
        assert_eq!(
            verdict(Some(2.0), Goal::TimesPeer(2.0)),
            Some(Verdict::Missed)
        );
        assert_eq!(verdict(None, Goal::AtMost(0.9)), Some(Verdict::Missed));
        assert_eq!(verdict(Some(2.0), Goal::None), None);
    }

    #[test]
    fn what_the_limit_misses_is_out_of_reach() {
        let verdict = |ours, limit, goal| {
            let mut row = row(ours, Some(2.0), goal);
            row.limits = vec![Limit::new("limit", Sample::of([limit]))];
            row.verdict()
        };
        let part = Goal::OfPeer(0.5);
        assert_eq!(verdict(1.2, 0.9, part), Some(Verdict::Missed));
        assert_eq!(verdict(1.2, 1.1, part), Some(Verdict::OutOfReach));
        assert_eq!(verdict(1.0, 1.1, part), Some(Verdict::Reached));
        let times = Goal::TimesPeer(4.0);
        assert_eq!(verdict(7.0, 9.0, times), Some(Verdict::Missed));
        assert_eq!(verdict(7.0, 7.5, times), Some(Verdict::OutOfReach));
    }

    #[test]
    fn columns_are_aligned() {
        let mut table = Table::default();
        table.push("a/time", row(1.0, None, Goal::AtMost(120.0)));
        assert_eq!(
            table.to_string(),
            "median   | ours | peer | ratio | goal  | verdict | limit\n\
             time, ms | 1.00 | -    |       | ≤ 120 | reached |\n"
        );
        assert_eq!(
            table.markdown(|_| true),
            "| row | median | ours | peer | ratio | goal | verdict | limit |\n\
             | --- | --- | --- | --- | --- | --- | --- | --- |\n\
             | `a/time` | time, ms | 1.00 | - |  | ≤ 120 | reached |  |\n"
        );
    }
}
