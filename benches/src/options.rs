use lexopt::{Arg, ValueExt as _};

use crate::measure::Measure;
use crate::rows;

pub(crate) const USAGE: &str = "\
usage: cargo run --release -p qapi-benches -- [OPTION]... [WORD]...

Words choose the rows in whose names all of them occur.

  --rounds NUMBER  measures each thing so often at least, instead of 5 times
  --list           prints the names of the rows
  --markdown       prints the table as the documents have it
  --documents      puts it into them
  --quick          measures the quick half and fails if a ratio is lost
  --record         measures the quick half and notes the ratios
  --help           prints this";

/// What the command is told to do.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) task: Task,
    pub(crate) rounds: usize,
    words: Vec<String>,
}

/// What is done with the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// The options are printed.
    Help,
    /// Their names are printed.
    List,
    /// They are measured and printed.
    Show,
    /// The same, as the documents have it.
    Markdown,
    /// They are measured and put into the documents.
    Documents,
    /// The ratios are compared with those on record.
    Quick,
    /// The ratios are put on record.
    Record,
}

impl Options {
    /// What the command line says.
    pub(crate) fn of_command_line() -> Result<Self, lexopt::Error> {
        let mut arguments = lexopt::Parser::from_env();
        let mut task = Task::Show;
        let mut rounds = None;
        let mut words = Vec::new();
        while let Some(argument) = arguments.next()? {
            match argument {
                Arg::Value(word) => words.push(word.string()?),
                Arg::Long("rounds") => rounds = Some(arguments.value()?.parse()?),
                Arg::Long("help") => task = Task::Help,
                Arg::Long("list") => task = Task::List,
                Arg::Long("markdown") => task = Task::Markdown,
                Arg::Long("documents") => task = Task::Documents,
                Arg::Long("quick") => task = Task::Quick,
                Arg::Long("record") => task = Task::Record,
                _ => return Err(format!("{}\n{USAGE}", argument.unexpected()).into()),
            }
        }
        let usual = match task {
            Task::Quick | Task::Record => 3,
            _ => 5,
        };
        match rounds.unwrap_or(usual) {
            0 => Err(USAGE.into()),
            rounds => Ok(Self {
                task,
                rounds,
                words,
            }),
        }
    }

    /// The rows that are meant.
    pub(crate) fn measures(&self) -> Result<Vec<&'static Measure>, lexopt::Error> {
        let is_quick = matches!(self.task, Task::Quick | Task::Record);
        let has_words = |name: &str| self.words.iter().all(|word| name.contains(word));
        let chosen = rows::all().filter(|it| has_words(it.name) && (it.is_quick || !is_quick));
        let chosen: Vec<_> = chosen.collect();
        if chosen.is_empty() {
            return Err("no row has such a name; --list shows all".into());
        }
        if self.task == Task::Documents && !self.words.is_empty() {
            return Err("the documents have all rows".into());
        }
        Ok(chosen)
    }
}
