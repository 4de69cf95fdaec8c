//! A thread that leads a conversation.

use std::any::Any;
use std::mem;
use std::sync::Arc;

use super::attendant::Presence;
use super::backlog::{Message, Offered};
use super::input::Input;
use super::post::{Conversation, Post};
use super::{Connection, PATIENCE, UPLOAD_PATIENCE};
use crate::decoder::{JsonError, Step};
use crate::document::Document;
use crate::lock::lock;
use crate::reply::Reply;
use crate::request::Request;
use crate::service::Service;
use crate::session::blocking::{Failure, refuse, run};
use crate::session::receive;
use crate::upload::{Ongoing, Opening};

/// What a thread that reads comes to.
enum Next {
    /// A message, or why it is none, and the number of the chunk it ended in.
    Message(Result<(), JsonError>, u64),
    /// Nothing has to be done first any more.
    Free,
    /// Somebody else reads on.
    Taken,
    /// Nothing comes any more.
    End,
}

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
    /// A piece of an argument that is uploaded.
    piece: Vec<u8>,
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
            piece: Vec::new(),
            _presence: presence,
        }
    }

    /// Answers message after message, until the end or until somebody stands in.
    pub(super) fn attend(mut self) {
        loop {
            let is_alone = match self.next_message() {
                Next::Message(message, _) => self.answer(message),
                Next::Free => true,
                Next::Taken => false,
                Next::End => return self.post.upload.close(),
            };
            if !is_alone {
                return self.work_off();
            }
        }
    }

    /// Reads on for a thread that is busy, until that has retired or is not waited for any more.
    pub(super) fn stand_in_for(mut self, busy: &Post<C, S>) {
        // A disk may be slow. A while later what comes is collected in memory, so that the client
        // can make itself heard behind it.
        if busy.upload.is_lent() && busy.backlog.wait(UPLOAD_PATIENCE) {
            let upload = busy.upload.take();
            if !upload.is_none() {
                lock(&self.post.conversation.input).begin_upload();
                self.post.upload.put(upload);
            }
            return self.attend();
        }
        let chunk_at_start = lock(&self.post.conversation.input).chunk();
        loop {
            let (message, chunk) = match self.next_message_behind(busy) {
                Next::Message(message, chunk) => (message, chunk),
                Next::Free => return self.attend(),
                Next::Taken => return self.work_off(),
                Next::End => break,
            };
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
                    Offered::Back(message) => {
                        self.post.upload.put(busy.upload.take());
                        self.pick_up(message)
                    }
                }
            };
            return match self.answer(message) {
                true => self.attend(),
                false => self.work_off(),
            };
        }
        busy.upload.close();
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

    /// The next message, which is at hand then. What is uploaded goes its way meanwhile.
    fn next_message(&mut self) -> Next {
        let uploads = self.service.uploads();
        let post = Arc::clone(&self.post);
        loop {
            let mut input = lock(&post.conversation.input);
            let is_alone = match self.next_step(&mut input, !uploads.is_empty()) {
                None => return Next::End,
                Some(Step::Message(message)) => return Next::Message(message, input.chunk()),
                Some(Step::Long(document)) => {
                    drop(input);
                    Opening::find(&document, uploads).is_none_or(|opening| self.open(&opening))
                }
                Some(Step::Piece) => {
                    input.take_piece(&mut self.piece);
                    drop(input);
                    self.pass_on()
                }
            };
            if !is_alone {
                return Next::Taken;
            }
        }
    }

    /// The same, where another request may have to be done first, and nothing is uploaded then.
    fn next_message_behind(&mut self, busy: &Post<C, S>) -> Next {
        let uploads = self.service.uploads();
        let post = Arc::clone(&self.post);
        loop {
            let mut input = lock(&post.conversation.input);
            let stops = !uploads.is_empty() && !input.is_uploading();
            match self.next_step(&mut input, stops) {
                Some(Step::Message(message)) => return Next::Message(message, input.chunk()),
                Some(Step::Long(document)) => {
                    drop(input);
                    if busy.backlog.wait(PATIENCE)
                        && let Some(opening) = Opening::find(&document, uploads)
                    {
                        return match self.open(&opening) {
                            true => Next::Free,
                            false => Next::Taken,
                        };
                    }
                }
                Some(Step::Piece) | None => return Next::End,
            }
        }
    }

    /// Reads up to the end of a message, or else to a stop. There is none at the end of all.
    fn next_step(&mut self, input: &mut Input, stops: bool) -> Option<Step> {
        let conversation = &self.post.conversation;
        loop {
            let step = input.step(&mut self.document, stops);
            if step.is_some() {
                return step;
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

    /// Asks the service for an upload. Says whether nobody has begun to stand in.
    fn open(&mut self, opening: &Opening<'_>) -> bool {
        let conversation = &self.post.conversation;
        let abandoned = &conversation.shared.abandoned;
        if abandoned.check(opening.command()).is_err() {
            return true;
        }
        release(&self.post, &mut self.held);
        self.post.upload.lend();
        self.post.begin(opening.command());
        let upload = Ongoing::open(&mut self.service, opening);
        let is_upload = !upload.is_none();
        self.post.upload.put(upload);
        let is_alone = self.post.turn.end();
        if is_alone && is_upload {
            lock(&conversation.input).begin_upload();
        }
        is_alone
    }

    /// Gives a piece to the upload. Says whether nobody has begun to stand in.
    fn pass_on(&mut self) -> bool {
        let mut upload = self.post.upload.lend();
        self.post.go_on();
        upload.receive(&self.piece);
        self.post.upload.put(upload);
        self.post.turn.end()
    }

    /// Gives the last piece to the upload, which the message at hand gets back. Says too whether
    /// nobody has begun to stand in.
    fn end_upload(&mut self) -> (bool, Result<(), Box<dyn Any + Send>>) {
        let upload = self.post.upload.take();
        if upload.is_none() && self.document.received.is_none() {
            return (true, Ok(()));
        }
        self.piece = Vec::new();
        self.post.go_on();
        let ended = upload.finish(&mut self.document);
        (self.post.turn.end(), ended)
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
        let (mut is_alone, uploaded) = self.end_upload();
        let conversation = &*self.post.conversation;
        let (output, number) = (&conversation.output, self.post.number);
        let mut voice = output.voice(&conversation.connection, number, &mut self.held);
        let reply = &mut self.reply;
        let mut is_brief = true;
        let mut result = Ok(());
        // Otherwise it belongs to a message that comes later.
        let is_at_hand = message.is_ok();
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
            } else if let Err(panic) = uploaded {
                refuse(panic, &request, reply);
            } else if is_brief {
                result = run(request, reply, &mut self.service, &mut voice);
            } else {
                let _ = voice.release();
                self.post.begin(request.execute);
                result = run(request, reply, &mut self.service, &mut voice);
                is_alone &= self.post.turn.end();
            }
        }
        // Who is told of a mistake finds everything undone.
        if let Some(upload) = self.document.take_upload() {
            self.post.go_on();
            drop(upload);
            is_alone &= self.post.turn.end();
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
        if is_at_hand {
            self.document.forget();
        }
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
