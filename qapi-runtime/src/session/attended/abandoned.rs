//! Commands that run on though their clients do not wait for them any more.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crate::error::Error;
use crate::lock::lock;

/// How many commands may be abandoned, over all clients. Each has a thread.
pub const MAX_ABANDONED: usize = 64;
/// How many of them may be the same command. One that hangs, such as on a disk that is gone, must
/// not use up what others may need.
pub const MAX_ABANDONED_ALIKE: usize = 4;

/// How much of a name is kept. A client chose it.
const LONGEST_NAME: usize = 80;

/// The names of the abandoned commands.
#[derive(Debug, Default)]
pub(super) struct Abandoned {
    names: Mutex<Vec<String>>,
    /// How many there are, to be asked before each command.
    count: AtomicUsize,
}

impl Abandoned {
    /// Whether one more `command` may be run.
    ///
    /// # Errors
    /// So many of them are running already for nobody.
    pub(super) fn check(&self, command: &str) -> Result<(), Error> {
        if self.count.load(Ordering::Relaxed) == 0 {
            return Ok(());
        }
        let names = lock(&self.names);
        let command = shortened(command);
        let alike = names.iter().filter(|name| *name == command).count();
        if alike >= MAX_ABANDONED_ALIKE {
            return Err(Error::generic(format!(
                "{alike} calls of {command} have not ended yet, and nobody waits for them any more"
            )));
        }
        if names.len() >= MAX_ABANDONED {
            let count = names.len();
            return Err(Error::generic(format!(
                "{count} commands have not ended yet, and nobody waits for them any more"
            )));
        }
        Ok(())
    }
}

/// The entry of one abandoned command. It goes when this is dropped.
#[derive(Debug)]
pub(super) struct Ticket {
    abandoned: Arc<Abandoned>,
    name: String,
}

impl Ticket {
    pub(super) fn new(abandoned: &Arc<Abandoned>, command: &str) -> Self {
        let name = shortened(command).to_owned();
        let mut names = lock(&abandoned.names);
        names.push(name.clone());
        abandoned.count.store(names.len(), Ordering::Relaxed);
        Self {
            abandoned: Arc::clone(abandoned),
            name,
        }
    }

    /// It is another command now.
    pub(super) fn rename(&mut self, command: &str) {
        *self = Self::new(&self.abandoned, command);
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut names = lock(&self.abandoned.names);
        if let Some(place) = names.iter().position(|name| *name == self.name) {
            names.swap_remove(place);
        }
        self.abandoned.count.store(names.len(), Ordering::Relaxed);
    }
}

/// As much of a name as is kept.
pub(super) fn shortened(command: &str) -> &str {
    let mut end = command.len().min(LONGEST_NAME);
    while !command.is_char_boundary(end) {
        end -= 1;
    }
    &command[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_command_does_not_use_up_what_others_need() {
        let abandoned = Arc::new(Abandoned::default());
        let mut tickets: Vec<_> = (0..MAX_ABANDONED_ALIKE)
            .map(|_| Ticket::new(&abandoned, "a"))
            .collect();
        let refusal = abandoned.check("a").expect_err("a refusal");
        assert_eq!(
            refusal.desc,
            "4 calls of a have not ended yet, and nobody waits for them any more"
        );
        assert_eq!(abandoned.check("b"), Ok(()));
        tickets.pop();
        assert_eq!(abandoned.check("a"), Ok(()));
    }

    #[test]
    fn there_is_an_end_for_all_commands_together() {
        let abandoned = Arc::new(Abandoned::default());
        let tickets: Vec<_> = (0..MAX_ABANDONED)
            .map(|number| Ticket::new(&abandoned, &number.to_string()))
            .collect();
        assert!(abandoned.check("a").is_err());
        drop(tickets);
        assert_eq!(abandoned.check("a"), Ok(()));
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        let name = "é".repeat(1000);
        assert_eq!(shortened(&name).len(), 80);
        assert_eq!(shortened(&name[..2]), "é");
    }
}
