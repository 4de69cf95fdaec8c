//! What measurements share.

use std::cell::OnceCell;
use std::error::Error;

use crate::agent::programs::Programs;
use crate::codegen::both::Both;
use crate::codegen::check::Checks;
use crate::codegen::scratch::Scratch;

/// The programs of both sides and what is long in the making, made when a measurement needs it.
#[derive(Debug)]
pub(crate) struct Context {
    /// How often each thing is measured at least; what takes no time is measured more often.
    pub(crate) rounds: usize,
    programs: OnceCell<Programs>,
    scratch: OnceCell<Scratch>,
    both: OnceCell<Both>,
    checks: OnceCell<Checks>,
}

impl Context {
    pub(crate) fn new(rounds: usize) -> Self {
        Self {
            rounds,
            programs: OnceCell::new(),
            scratch: OnceCell::new(),
            both: OnceCell::new(),
            checks: OnceCell::new(),
        }
    }

    /// What was compared, a line for each group that has been measured.
    pub(crate) fn sides(&self) -> Vec<String> {
        let agents = self.programs.get().map(ToString::to_string);
        let code = self.scratch.get().map(ToString::to_string);
        [agents, code].into_iter().flatten().collect()
    }

    /// The agents.
    pub(crate) fn programs(&self) -> &Programs {
        self.programs.get_or_init(Programs::find)
    }

    /// The workspace in which generated code is compiled.
    pub(crate) fn scratch(&self) -> Result<&Scratch, Box<dyn Error>> {
        once(&self.scratch, Scratch::prepare)
    }

    /// What the program says that is made of it.
    pub(crate) fn both(&self) -> Result<&Both, Box<dyn Error>> {
        once(&self.both, || Both::measure(self.scratch()?, self.rounds))
    }

    /// What the compiler needed there.
    pub(crate) fn checks(&self) -> Result<&Checks, Box<dyn Error>> {
        once(&self.checks, || {
            Checks::measure(self.scratch()?, self.rounds)
        })
    }
}

/// What the cell holds, or what is put there now.
fn once<T>(
    cell: &OnceCell<T>,
    make: impl FnOnce() -> Result<T, Box<dyn Error>>,
) -> Result<&T, Box<dyn Error>> {
    if cell.get().is_none() {
        let made = make()?;
        return Ok(cell.get_or_init(|| made));
    }
    Ok(cell.get().expect("it was looked at above"))
}
