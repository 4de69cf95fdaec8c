//! The ratios that were reached, and whether they still are.
//!
//! A time says little about another machine, but what is asked in turns is disturbed alike, so that the ratio holds.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use crate::rows;
use crate::schema;
use crate::table::Row;

/// How much worse a ratio may be than the recorded one, or than its goal.
const SLACK: f64 = 4.0 / 3.0;

/// What is no difference at all, where a ratio is next to nothing.
const NOISE: f64 = 0.02;

/// What stands above the ratios.
const HEAD: &str = "\
# What ours takes as a part of what the peer takes, or what ten times the input costs: the worst that the quick half found
# on quiet and on busy machines, for a peer that waits in vain for a processor to wake up makes any ratio look good.
# `cargo run --release -p qapi-benches -- --record [WORD]...` renews it, or the rows that are named.
";

/// Ratios by the name of the row.
#[derive(Debug, PartialEq)]
pub(crate) struct Record(Vec<(String, f64)>);

impl Record {
    /// What stands in the file of this package.
    pub(crate) fn read() -> Result<Self, Box<dyn Error>> {
        Self::parse(&fs::read_to_string(path())?)
    }

    /// Takes its place.
    pub(crate) fn write(&self) -> Result<(), Box<dyn Error>> {
        Ok(fs::write(path(), self.print())?)
    }

    fn parse(text: &str) -> Result<Self, Box<dyn Error>> {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let ratios = lines.map(|line| {
            let (name, ratio) = line.split_once(' ').ok_or_else(|| line.to_owned())?;
            Ok((name.to_owned(), ratio.trim().parse()?))
        });
        Ok(Self(ratios.collect::<Result<_, Box<dyn Error>>>()?))
    }

    /// In the order of the table.
    fn print(&self) -> String {
        let mut text = HEAD.to_owned();
        for measure in rows::all() {
            if let Some(ratio) = self.get(measure.name) {
                let written = writeln!(text, "{} {ratio:.3}", measure.name);
                written.expect("a String takes everything");
            }
        }
        text
    }

    /// The ratio of a row.
    pub(crate) fn get(&self, name: &str) -> Option<f64> {
        let found = self.0.iter().find(|(it, _)| it == name);
        found.map(|(_, ratio)| *ratio)
    }

    /// Notes the ratio of a row.
    pub(crate) fn set(&mut self, name: &str, ratio: f64) {
        self.0.retain(|(it, _)| it != name);
        self.0.push((name.to_owned(), ratio));
    }
}

/// Whether a row is worse than this by more than a third, whichever way one looks at its rounds, and than its goal, too.
pub(crate) fn is_lost(row: &Row, recorded: f64) -> bool {
    if row.is_near_goal(SLACK) {
        return false;
    }
    let is_worse = |ratio: f64| match row.is_speed() {
        true => ratio * SLACK < recorded,
        false => ratio > (recorded * SLACK).max(recorded + NOISE),
    };
    row.ratios().is_some_and(|it| it.into_iter().all(is_worse))
}

fn path() -> PathBuf {
    schema::workspace().join("benches/ratios.txt")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::Sample;
    use crate::table::Goal;

    fn row(ours: &[f64], peer: &[f64], goal: Goal) -> Row {
        Row {
            measure: "time",
            unit: "ms",
            ours: Sample::of(ours.iter().copied()),
            peer: Sample::of(peer.iter().copied()),
            goal,
            limits: vec![],
        }
    }

    #[test]
    fn a_ratio_is_lost_when_it_is_worse_by_more_than_a_third() {
        let lost = |ratio, goal| is_lost(&row(&[ratio], &[1.0], goal), 0.6);
        assert!(!lost(0.79, Goal::OfPeer(0.1)));
        assert!(lost(0.81, Goal::OfPeer(0.1)));
        assert!(!lost(0.1, Goal::AtMost(0.01)));
        assert!(lost(0.81, Goal::AtMost(0.01)));
        assert!(!lost(0.46, Goal::TimesPeer(4.0)));
        assert!(lost(0.44, Goal::TimesPeer(4.0)));
        assert!(!lost(9.0, Goal::TimesPeer(40.0)));
    }

    #[test]
    fn a_goal_that_is_missed_by_less_than_a_third_is_not_lost() {
        let lost = |ratio, goal| is_lost(&row(&[ratio], &[1.0], goal), 0.1);
        assert!(!lost(0.92, Goal::OfPeer(0.7)));
        assert!(lost(0.94, Goal::OfPeer(0.7)));
        assert!(!lost(2.6, Goal::AtMost(2.0)));
        assert!(lost(2.7, Goal::AtMost(2.0)));
        let lost = |ratio| is_lost(&row(&[ratio], &[1.0], Goal::TimesPeer(8.0)), 28.0);
        assert!(!lost(6.1));
        assert!(lost(5.9));
    }

    #[test]
    fn a_median_alone_is_no_loss() {
        let disturbed = row(&[0.6, 5.0, 7.0], &[1.0, 1.0, 1.0], Goal::None);
        assert!(!is_lost(&disturbed, 0.6));
        let slow = row(&[0.9, 0.9, 1.0], &[1.0, 1.0, 1.0], Goal::None);
        assert!(is_lost(&slow, 0.6));
    }

    #[test]
    fn next_to_nothing_may_double() {
        let kept = |ours| is_lost(&row(&[ours], &[20.0], Goal::None), 0.004);
        assert!(!kept(0.2));
        assert!(kept(0.6));
        let woken = |ours| is_lost(&row(&[ours], &[0.0], Goal::AtMost(0.0)), 0.0);
        assert!(!woken(0.0));
        assert!(woken(6.0));
    }

    #[test]
    fn growth_is_a_ratio_without_a_peer() {
        let mut row = row(&[14.0], &[], Goal::None);
        assert!(!is_lost(&row, 10.0));
        row.unit = crate::growth::UNIT;
        assert!(is_lost(&row, 10.0));
    }

    #[test]
    fn the_file_holds_the_rows_of_the_quick_half() {
        let record = Record::read().expect("the file is in the package");
        let names: Vec<_> = record.0.iter().map(|(name, _)| &**name).collect();
        let quick: Vec<_> = rows::all()
            .filter(|it| it.is_quick)
            .map(|it| it.name)
            .collect();
        assert_eq!(names, quick);
        assert_eq!(Record::parse(&record.print()).expect("it is one"), record);
    }
}
