//! A channel without an operating system: clients whose bytes are known beforehand.

use std::collections::VecDeque;
use std::io::{self, Cursor, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Channel, Connection};

/// Clients that come one after the other, each with all it has to say.
#[derive(Debug)]
pub struct Memory {
    clients: VecDeque<Vec<u8>>,
    answers: Answers,
}

/// What each client of a [`Memory`] channel was answered.
#[derive(Clone, Debug, Default)]
pub struct Answers(Arc<Mutex<Vec<Vec<u8>>>>);

impl Memory {
    /// A channel with these clients, and the place where their answers will be found.
    pub fn new(clients: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> (Self, Answers) {
        let answers = Answers::default();
        let clients = clients.into_iter().map(Into::into).collect();
        (
            Self {
                clients,
                answers: answers.clone(),
            },
            answers,
        )
    }
}

impl Answers {
    /// The bytes that went to each client so far.
    pub fn get(&self) -> Vec<Vec<u8>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Channel for Memory {
    fn next_client(&mut self) -> io::Result<Option<Box<dyn Connection>>> {
        let Some(bytes) = self.clients.pop_front() else {
            return Ok(None);
        };
        let mut answers = self
            .answers
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        answers.push(Vec::new());
        let number = answers.len() - 1;
        let client = Client {
            input: Cursor::new(bytes),
            answers: self.answers.clone(),
            number,
        };
        Ok(Some(Box::new(client)))
    }
}

struct Client {
    input: Cursor<Vec<u8>>,
    answers: Answers,
    number: usize,
}

impl Read for Client {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.input.read(buffer)
    }
}

impl Write for Client {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut answers = self
            .answers
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        answers[self.number].extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
