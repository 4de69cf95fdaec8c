//! Who is asked in a round, one after another.

use std::error::Error;
use std::time::Instant;

use qapi_tests::{Agent, Setup};

use super::bare::Bare;
use super::line::Line;
use super::programs::Programs;
use crate::sample::Sample;

/// One that is asked: an agent, or the bare server.
#[derive(Debug)]
pub(super) struct Side {
    pub(super) agent: Agent,
    pub(super) line: Line,
}

impl Side {
    /// Starts what is set up, and connects to it.
    pub(super) fn start(setup: &Setup) -> Result<Self, Box<dyn Error>> {
        let agent = setup.start();
        let line = Line::connect(&agent.socket())?;
        Ok(Self { agent, line })
    }
}

/// What was measured of each.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) ours: Option<Sample>,
    pub(super) peer: Option<Sample>,
    pub(super) bare: Option<Sample>,
}

/// Those who take turns.
#[derive(Debug)]
pub(super) struct Turns {
    ours: Side,
    peer: Option<Side>,
    bare: Option<Side>,
}

impl Turns {
    /// Starts both agents and the bare server.
    pub(super) fn start(programs: &Programs) -> Result<Self, Box<dyn Error>> {
        let mut turns = Self::of_agents(programs)?;
        turns.bare = Some(Side::start(&Bare::setup(&programs.bare))?);
        Ok(turns)
    }

    /// Starts both agents, for what the bare server cannot do.
    pub(super) fn of_agents(programs: &Programs) -> Result<Self, Box<dyn Error>> {
        let peer = programs.peer.as_ref();
        Ok(Self {
            ours: Side::start(&Setup::new(&programs.ours))?,
            peer: peer.map(|it| Side::start(&Setup::new(it))).transpose()?,
            bare: None,
        })
    }

    /// Everybody.
    pub(super) fn sides(&mut self) -> impl Iterator<Item = &mut Side> {
        let others = [self.peer.as_mut(), self.bare.as_mut()];
        std::iter::once(&mut self.ours).chain(others.into_iter().flatten())
    }

    /// Takes a value of each in each round; the first round, which warms up, does not count.
    pub(super) fn measure(
        &mut self,
        rounds: usize,
        mut value: impl FnMut(&mut Side) -> Result<f64, Box<dyn Error>>,
    ) -> Result<Measured, Box<dyn Error>> {
        let mut values: [Vec<f64>; 3] = Default::default();
        for round in 0..=rounds {
            let sides = [Some(&mut self.ours), self.peer.as_mut(), self.bare.as_mut()];
            for (side, values) in sides.into_iter().zip(&mut values) {
                let Some(side) = side else { continue };
                let value = value(side)?;
                if round > 0 {
                    values.push(value);
                }
            }
        }
        let [ours, peer, bare] = values.map(Sample::of);
        Ok(Measured { ours, peer, bare })
    }
}

/// How many microseconds this takes.
pub(super) fn microseconds(
    work: impl FnOnce() -> Result<(), Box<dyn Error>>,
) -> Result<f64, Box<dyn Error>> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed().as_secs_f64() * 1e6)
}
