//! One conversation, and the places of those who lead it.

use std::io;
use std::sync::{Arc, Mutex};
use std::thread;

use super::Connection;
use super::attendant::Shared;
use super::backlog::Backlog;
use super::input::Input;
use super::output::Output;
use super::turn::Turn;
use super::upload_slot::UploadSlot;
use super::watch::Watched;
use super::worker::Worker;
use crate::lock::lock;
use crate::service::Service;

/// Is told how a conversation has ended.
pub(super) type Ended = Box<dyn FnOnce(io::Result<()>) + Send>;

/// What all threads of one client share.
pub(super) struct Conversation<C, S> {
    pub(super) connection: C,
    pub(super) shared: Arc<Shared>,
    pub(super) input: Mutex<Input>,
    pub(super) output: Output,
    /// The handle that each thread has a clone of.
    service: Mutex<S>,
    ended: Mutex<Option<Ended>>,
}

impl<C, S> Conversation<C, S> {
    pub(super) fn new(connection: C, service: S, shared: Arc<Shared>, ended: Ended) -> Self {
        Self {
            connection,
            shared,
            input: Mutex::new(Input::new()),
            output: Output::default(),
            service: Mutex::new(service),
            ended: Mutex::new(Some(ended)),
        }
    }

    /// There will be no requests any more.
    pub(super) fn end(&self, result: io::Result<()>) {
        let sent = self.output.take_failure().map_or(Ok(()), Err);
        if let Some(ended) = lock(&self.ended).take() {
            ended(result.and(sent));
        }
    }
}

impl<C, S> Drop for Conversation<C, S> {
    fn drop(&mut self) {
        self.end(Err(io::Error::other("no thread reads any more")));
    }
}

/// The place of a thread that reads requests and runs them, until there is a stand-in.
pub(super) struct Post<C, S> {
    pub(super) conversation: Arc<Conversation<C, S>>,
    /// How many threads had this client before.
    pub(super) number: u64,
    pub(super) turn: Turn,
    /// What the stand-in leaves to do.
    pub(super) backlog: Backlog,
    /// What takes an argument of the request that is being read.
    pub(super) upload: UploadSlot,
}

impl<C, S> Post<C, S>
where
    C: Connection + 'static,
    S: Service + Clone + Send + 'static,
{
    /// A place that the watch knows.
    fn new(conversation: Arc<Conversation<C, S>>, number: u64) -> Arc<Self> {
        let post = Arc::new(Self {
            conversation,
            number,
            turn: Turn::default(),
            backlog: Backlog::default(),
            upload: UploadSlot::default(),
        });
        let watched: Arc<dyn Watched> = Arc::<Self>::clone(&post);
        post.conversation.shared.watch.add(Arc::downgrade(&watched));
        post
    }

    /// Starts the first thread of a conversation, or ends it if there is none to be had.
    pub(super) fn open(conversation: Arc<Conversation<C, S>>) {
        let worker = Self::worker(Arc::clone(&conversation), 0);
        if let Err(error) = start_thread(move || worker.attend()) {
            conversation.end(Err(error));
        }
    }

    fn worker(conversation: Arc<Conversation<C, S>>, number: u64) -> Worker<C, S> {
        let presence = conversation.shared.presence();
        let service = lock(&conversation.service).clone();
        Worker::new(Self::new(conversation, number), service, presence)
    }

    /// A command begins that may take long.
    pub(super) fn begin(&self, command: &str) {
        self.backlog.name(command);
        self.go_on();
    }

    /// The command that was begun last has something to do again.
    pub(super) fn go_on(&self) {
        self.turn.begin();
        self.conversation.shared.watch.set_alarm();
    }
}

impl<C, S> Watched for Post<C, S>
where
    C: Connection + 'static,
    S: Service + Clone + Send + 'static,
{
    fn turn(&self) -> &Turn {
        &self.turn
    }

    fn start_stand_in(self: Arc<Self>, number: u64) -> io::Result<()> {
        start_thread(move || {
            if self.turn.take_over(number) {
                let conversation = Arc::clone(&self.conversation);
                Self::worker(conversation, self.number + 1).stand_in_for(&self);
            }
        })
    }
}

fn start_thread(run: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let thread = thread::Builder::new().name("client".to_owned());
    thread.spawn(run).map(|_| ())
}
