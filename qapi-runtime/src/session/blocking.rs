//! Sessions over streams that block.

use std::any::Any;
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{CHUNK, Ended, LARGE_CHUNK, Session, finish, panicked, receive};
use crate::decoder::{JsonError, Step};
use crate::document::Document;
use crate::reply::{Reply, Sink};
use crate::request::Request;
use crate::service::{Call, Service};
use crate::upload::{Ongoing, Opening};

impl Session {
    /// Answers everything in `input`, each reply on its own, into `sink`.
    ///
    /// A reply of more than 96 KiB goes there while it is made, so that it need
    /// not be in memory as a whole: see [`Base64Stream`](crate::Base64Stream).
    ///
    /// # Errors
    /// The sink fails, or a reply breaks off after its beginning was sent: the
    /// connection has to end. `input` is used up to the end of the request that
    /// this happened to.
    pub fn answer<S>(
        &mut self,
        input: &mut &[u8],
        service: &mut S,
        sink: &mut (dyn Write + Send),
    ) -> io::Result<()>
    where
        S: Service + ?Sized,
    {
        self.send_replies(input, service, sink)
            .map_err(|failure| match failure {
                Failure::Sink(error) | Failure::Reply(error) => error,
            })
    }

    fn send_replies<S>(
        &mut self,
        input: &mut &[u8],
        service: &mut S,
        sink: Sink<'_>,
    ) -> Result<(), Failure>
    where
        S: Service + ?Sized,
    {
        let mut document = self.decoder.take();
        while let Some(message) = self.next_message(input, &mut document, service) {
            let uploaded = std::mem::take(&mut self.upload).finish(&mut document);
            let reply = &mut self.reply;
            if let Some(request) = receive(message.map(|()| &document), reply) {
                match uploaded {
                    Ok(()) => run(request, reply, service, sink)?,
                    Err(panic) => refuse(panic, &request, reply),
                }
            }
            // Who is told of a mistake finds everything undone.
            drop(document.take_upload());
            send(reply.bytes(), sink).map_err(Failure::Sink)?;
            reply.withdraw();
        }
        Ok(())
    }

    /// Reads up to the end of a message. What is uploaded goes its way meanwhile.
    fn next_message<S>(
        &mut self,
        input: &mut &[u8],
        document: &mut Document,
        service: &mut S,
    ) -> Option<Result<(), JsonError>>
    where
        S: Service + ?Sized,
    {
        let uploads = service.uploads();
        while !input.is_empty() {
            // An argument that is here already need not be copied as a whole.
            let length = input.len().min(LARGE_CHUNK);
            let mut chunk = &input[..length];
            let step = self.decoder.step(&mut chunk, document, !uploads.is_empty());
            *input = &input[length - chunk.len()..];
            match step {
                Some(Step::Message(message)) => return Some(message),
                Some(Step::Long(document)) => {
                    if let Some(opening) = Opening::find(&document, uploads) {
                        self.upload = Ongoing::open(service, &opening);
                    }
                    if !self.upload.is_none() {
                        self.decoder.begin_upload();
                    }
                }
                Some(Step::Piece) => {
                    self.decoder.take_piece(&mut self.piece);
                    self.upload.receive(&self.piece);
                }
                None => {}
            }
        }
        None
    }
}

/// Replies to a request whose upload has panicked.
pub(super) fn refuse(panic: Box<dyn Any + Send>, request: &Request<'_>, reply: &mut Reply) {
    reply.begin();
    finish(Err(panic), request.id, reply);
}

/// Runs a request, and leaves in `reply` what has not been sent yet.
pub(super) fn run<S>(
    request: Request<'_>,
    reply: &mut Reply,
    service: &mut S,
    sink: Sink<'_>,
) -> Result<(), Failure>
where
    S: Service + ?Sized,
{
    let call = Call::new(request, reply).sending_to(sink);
    let outcome = catch_unwind(AssertUnwindSafe(|| service.call(call)));
    if reply.is_sent() {
        return check_complete(&outcome, reply);
    }
    finish(outcome, request.id, reply);
    Ok(())
}

/// Why a reply was not sent as a whole.
#[derive(Debug)]
pub(super) enum Failure {
    /// The sink takes nothing more.
    Sink(io::Error),
    /// There is a beginning of a reply without an end.
    Reply(io::Error),
}

/// Makes sure that a reply whose beginning was sent has an end.
fn check_complete(outcome: &Ended, reply: &mut Reply) -> Result<(), Failure> {
    match (reply.take_failure(), outcome) {
        (None, Ok(Ok(_))) => Ok(()),
        (Some(error), _) if error.is_io() => Err(Failure::Sink(error.into())),
        (Some(error), _) => Err(Failure::Reply(error.into())),
        (None, Ok(Err(error))) => Err(Failure::Reply(io::Error::other(error.clone()))),
        (None, Err(panic)) => Err(Failure::Reply(io::Error::other(panicked(&**panic)))),
    }
}

fn send(bytes: &[u8], sink: Sink<'_>) -> io::Result<()> {
    if bytes.is_empty() {
        return Ok(());
    }
    sink.write_all(bytes)?;
    sink.flush()
}

/// Answers the requests of `stream` until its end.
///
/// A peer that stops listening is obeyed all the same, as by QEMU's guest
/// agent: a script may send its requests and leave.
///
/// Nothing is read while a command runs; [`Attendant`](super::Attendant) serves
/// clients that may lose patience.
///
/// # Errors
/// Reading fails, a reply could not be written, or one broke off after its
/// beginning was sent. A session cannot fail otherwise.
pub fn serve<C, S>(mut stream: &mut C, service: &mut S) -> io::Result<()>
where
    C: Read + Write + Send + ?Sized,
    S: Service + ?Sized,
{
    let mut session = Session::new();
    let mut chunk = vec![0; CHUNK];
    let mut written = Ok(());
    loop {
        let length = match stream.read(&mut chunk) {
            Ok(0) => return written,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let mut input = &chunk[..length];
        while !input.is_empty() {
            let answered = match written {
                Ok(()) => session.send_replies(&mut input, service, &mut stream),
                Err(_) => session.send_replies(&mut input, service, &mut io::sink()),
            };
            match answered {
                Ok(()) => {}
                Err(Failure::Sink(error)) => written = Err(error),
                Err(Failure::Reply(error)) => return Err(error),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::service::{CommandInfo, Empty, Outcome};

    /// Counts the requests it gets.
    #[derive(Default)]
    struct Counter(usize);

    impl Service for Counter {
        fn commands(&self) -> &'static [CommandInfo] {
            &[]
        }

        fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error> {
            self.0 += 1;
            call.answer(|Empty {}| Ok(Empty {}))
        }
    }

    /// A peer that has sent something and takes no reply.
    struct Deaf<'a>(&'a [u8]);

    impl Read for Deaf<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            // In small pieces, so that requests come after the failure too.
            let length = buffer.len().min(20);
            self.0.read(&mut buffer[..length])
        }
    }

    impl Write for Deaf<'_> {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_peer_that_has_stopped_listening_is_obeyed_to_its_end() {
        let mut counter = Counter::default();
        let requests = "{'execute': 'count'}".repeat(3);
        let served = serve(&mut Deaf(requests.as_bytes()), &mut counter);
        assert_eq!(served.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        assert_eq!(counter.0, 3);
    }
}
