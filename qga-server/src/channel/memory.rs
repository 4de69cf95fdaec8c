//! A channel without an operating system: clients whose bytes are known beforehand.

use std::collections::VecDeque;
use std::io::{self, Cursor, Read};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use super::{Channel, Connection};
use crate::lock::lock;

/// Clients that come one after the other, each with all it has to say.
#[derive(Debug)]
pub struct Memory {
    clients: VecDeque<Vec<u8>>,
    answers: Answers,
    /// Hangs up when the present client is served to its end.
    left: Option<Receiver<()>>,
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
                left: None,
            },
            answers,
        )
    }
}

impl Answers {
    /// The bytes that went to each client so far.
    pub fn get(&self) -> Vec<Vec<u8>> {
        lock(&self.0).clone()
    }
}

impl Channel for Memory {
    fn next_client(&mut self) -> io::Result<Option<Box<dyn Connection>>> {
        if let Some(left) = self.left.take() {
            // Nothing is ever sent.
            let _ = left.recv();
        }
        let Some(bytes) = self.clients.pop_front() else {
            return Ok(None);
        };
        let (leaves, left) = channel();
        self.left = Some(left);
        let mut answers = lock(&self.answers.0);
        answers.push(Vec::new());
        Ok(Some(Box::new(Client {
            input: Mutex::new(Cursor::new(bytes)),
            answers: self.answers.clone(),
            number: answers.len() - 1,
            _leaves: leaves,
        })))
    }
}

struct Client {
    input: Mutex<Cursor<Vec<u8>>>,
    answers: Answers,
    number: usize,
    _leaves: Sender<()>,
}

impl Connection for Client {
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        lock(&self.input).read(buffer)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        lock(&self.answers.0)[self.number].extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn hang_up(&self) {
        let mut input = lock(&self.input);
        let end = input.get_ref().len() as u64;
        input.set_position(end);
    }
}
