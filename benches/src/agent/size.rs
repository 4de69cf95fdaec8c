//! How large the program is, with the libraries that it maps.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::PathBuf;

use qapi_tests::{Agent, Setup};

use crate::context::Context;
use crate::sample::Sample;
use crate::table::{Goal, Row};

pub(super) fn measure(context: &Context) -> Result<Row, Box<dyn Error>> {
    let programs = context.programs();
    let size = |program: &PathBuf| files(&Setup::new(program).start());
    let ours = size(&programs.ours)?;
    let peer = programs.peer.as_ref().map(size).transpose()?;
    Ok(Row {
        measure: "program and its libraries",
        unit: "MB",
        ours: Sample::of([ours]),
        peer: Sample::of(peer),
        goal: Goal::AtMost(3.0),
        limits: vec![],
    })
}

/// The sizes of all files that the agent runs code of, together, in millions of bytes.
fn files(agent: &Agent) -> Result<f64, Box<dyn Error>> {
    let maps = fs::read_to_string(format!("/proc/{}/maps", agent.process()))?;
    let mut bytes = 0;
    for file in executable(&maps) {
        bytes += fs::metadata(file)?.len();
    }
    Ok(bytes as f64 / 1e6)
}

/// The files that are mapped to be run.
fn executable(maps: &str) -> BTreeSet<&str> {
    let lines = maps.lines().filter_map(|line| {
        let mut columns = line.split_whitespace();
        let mode = columns.nth(1)?;
        let file = columns.nth(3)?;
        (mode.contains('x') && file.starts_with('/')).then_some(file)
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::executable;

    #[test]
    fn each_file_counts_once_and_data_not_at_all() {
        let maps = "\
            400000-401000 r-xp 00000000 08:01 11 /bin/agent\n\
            402000-403000 r-xp 00002000 08:01 11 /bin/agent\n\
            7f0000-7f1000 r--p 00000000 08:01 12 /etc/locale\n\
            7f2000-7f3000 rw-p 00000000 00:00 0 \n\
            7ff000-7ff100 r-xp 00000000 00:00 0 [vdso]\n";
        assert_eq!(Vec::from_iter(executable(maps)), ["/bin/agent"]);
    }
}
