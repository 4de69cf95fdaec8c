//! A thread that leads a conversation.

use std::mem;
use std::sync::Arc;

use super::attendant::Presence;
use super::backlog::{Message, Offered};
use super::post::{Conversation, Post};
use super::{Connection, PATIENCE};
use crate::decoder::JsonError;
use crate::document::Document;
use crate::lock::lock;
use crate::reply::Reply;
use crate::request::Request;
use crate::service::Service;
use crate::session::blocking::{Failure, run};
use crate::session::receive;

/// Reads requests, runs them, and replies.
pub(super) struct Worker<C, S> {
    post: Arc<Post<C, S>>,
    service: S,
    reply: Reply,
    /// Replies that are ready, and go out together: never when a command that may take long runs,
    /// or when the thread waits for requests.
    held: Vec<u8>,
    /// The message at hand.
    document: Document,
    _presence: Presence,
}

impl<C, S> Worker<C, S>
where
    C: Connection + 'static,
    S: Service + Clone + Send + 'static,
{
    pub(super) fn new(post: Arc<Post<C, S>>, service: S, presence: Presence) -> Self {
        Self {
            post,
            service,
            reply: Reply::default(),
            held: Vec::new(),
            document: Document::default(),
            _presence: presence,
        }
    }

    /// Answers message after message, until the end or until somebody stands in.
    pub(super) fn attend(mut self) {
        while let Some((message, _)) = self.next_message() {
            if !self.answer(message) {
                return self.work_off();
            }
        }
    }

    /// Reads on for a thread that is busy, until that has retired or is not waited for any more.
    pub(super) fn stand_in_for(mut self, busy: &Post<C, S>) {
        let chunk_at_start = lock(&self.post.conversation.input).chunk();
        while let Some((message, chunk)) = self.next_message() {
            // What was sent along with the command that runs was sent by who waits for it.
            let is_late = chunk != chunk_at_start;
            let message = if is_late && message.is_ok() && self.synchronizes() {
                if !busy.backlog.wait(PATIENCE) {
                    self.displace(busy);
                }
                message
            } else {
                let message = message.map(|()| mem::take(&mut self.document));
                match busy.backlog.offer(message) {
                    Offered::Taken => continue,
                    Offered::Back(message) => self.pick_up(message),
                }
            };
            return match self.answer(message) {
                true => self.attend(),
                false => self.work_off(),
            };
        }
        busy.backlog
            .abandon(&self.post.conversation.shared.abandoned);
    }

    /// Does what the stand-in has left, and retires.
    fn work_off(mut self) {
        let post = Arc::clone(&self.post);
        while let Some(message) = post.backlog.next() {
            let message = self.pick_up(message);
            self.answer(message);
            // The stand-in may reply from the next message on.
            release(&self.post, &mut self.held);
        }
    }

    /// The next message, which is at hand then, and the number of the chunk it ended in.
    fn next_message(&mut self) -> Option<(Result<(), JsonError>, u64)> {
        let conversation = &self.post.conversation;
        let mut input = lock(&conversation.input);
        loop {
            if let Some(message) = input.next(&mut self.document) {
                return Some((message, input.chunk()));
            }
            release(&self.post, &mut self.held);
            let result = match input.read(&conversation.connection) {
                Ok(true) => continue,
                Ok(false) => Ok(()),
                Err(error) => Err(error),
            };
            conversation.end(result);
            return None;
        }
    }

    fn pick_up(&mut self, message: Message) -> Result<(), JsonError> {
        message.map(|document| self.document = document)
    }

    /// Whether the message at hand says that its sender waits for nothing before it.
    fn synchronizes(&self) -> bool {
        let commands = &self.post.conversation.shared.commands;
        Request::parse(self.document.root())
            .is_ok_and(|request| commands.synchronizes(request.execute))
    }

    /// Takes the word from a busy thread.
    fn displace(&mut self, busy: &Post<C, S>) {
        let noise = busy.backlog.take_noise();
        let conversation = &self.post.conversation;
        busy.backlog.abandon(&conversation.shared.abandoned);
        conversation.output.silence_before(self.post.number);
        for error in noise {
            self.answer(Err(error));
        }
    }

    /// Answers the message at hand. Says whether nobody has begun to stand in.
    fn answer(&mut self, message: Result<(), JsonError>) -> bool {
        let conversation = &*self.post.conversation;
        let (output, number) = (&conversation.output, self.post.number);
        let mut voice = output.voice(&conversation.connection, number, &mut self.held);
        let reply = &mut self.reply;
        let mut is_alone = true;
        let mut is_brief = true;
        let mut result = Ok(());
        if let Some(request) = receive(message.map(|()| &self.document), reply) {
            let shared = &conversation.shared;
            is_brief = shared.commands.is_brief(request.execute);
            let refusal = match is_brief {
                true => Ok(()),
                false => shared.abandoned.check(request.execute),
            };
            if let Err(error) = refusal {
                reply.begin();
                reply.fail(&error, request.id);
            } else if is_brief {
                result = run(request, reply, &mut self.service, &mut voice);
            } else {
                let _ = voice.release();
                self.post.begin(request.execute);
                result = run(request, reply, &mut self.service, &mut voice);
                is_alone = self.post.turn.end();
            }
        }
        match result {
            // A reply that was begun has to be ended.
            Ok(()) if is_brief && !reply.is_sent() => drop(voice.hold(reply.bytes())),
            Ok(()) => drop(voice.end(reply.bytes())),
            Err(Failure::Sink(_)) => {}
            Err(Failure::Reply(error)) if output.listens_to(number) => {
                output.fail(error);
                conversation.connection.hang_up();
            }
            Err(Failure::Reply(_)) => {}
        }
        reply.withdraw();
        is_alone
    }
}

/// Sends the replies that are held. What cannot be sent is known to the output.
fn release<C: Connection, S>(post: &Post<C, S>, held: &mut Vec<u8>) {
    let Conversation {
        output, connection, ..
    } = &*post.conversation;
    let _ = output.voice(connection, post.number, held).release();
}

/// Nobody has to wait for a thread that is gone.
impl<C, S> Drop for Worker<C, S> {
    fn drop(&mut self) {
        self.post.backlog.close();
    }
}
