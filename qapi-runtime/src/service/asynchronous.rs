//! Services whose handlers wait for something else than the peer.

use std::pin::Pin;

use serde::Serialize;

use super::{Call, CommandInfo, Empty, Outcome};
use crate::decode::Decode;
use crate::error::Error;

/// Something that answers requests and may wait for something else meanwhile.
///
/// Generated code implements it for a schema, with
/// `qapi_codegen::Config::asynchronous`. An implementation can be written as
/// `async fn call`; the future has to be `Send`, so that a runtime may move it
/// between threads.
pub trait AsyncService {
    /// Every command there is, in the order of the schema.
    fn commands(&self) -> &'static [CommandInfo];

    /// Runs one command.
    ///
    /// # Errors
    /// The command is unknown, its arguments do not fit, or it failed: what the
    /// client is told.
    fn call(&mut self, call: Call<'_>) -> impl Future<Output = Result<Outcome, Error>> + Send;
}

impl<S: AsyncService + ?Sized> AsyncService for &mut S {
    fn commands(&self) -> &'static [CommandInfo] {
        (**self).commands()
    }

    fn call(&mut self, call: Call<'_>) -> impl Future<Output = Result<Outcome, Error>> + Send {
        (**self).call(call)
    }
}

/// A call that is being answered.
pub type Answering<'s> = Pin<Box<dyn Future<Output = Result<Outcome, Error>> + Send + 's>>;

/// For generated code: one small future for each command, each in its own box.
/// A single future of all commands takes the compiler twice as long.
impl<'a> Call<'a> {
    /// [`answer`](Self::answer), with a handler that is waited for.
    pub fn answer_async<'s, A, R, F>(
        self,
        handler: impl FnOnce(A) -> F + Send + 's,
    ) -> Answering<'s>
    where
        'a: 's,
        A: Decode<'a>,
        R: Serialize,
        F: Future<Output = Result<R, Error>> + Send,
    {
        Box::pin(async move {
            let answering = handler(self.arguments()?);
            let returned = answering.await?;
            self.succeed(&returned)
        })
    }

    /// [`answer_async`](Self::answer_async) for a command that returns nothing.
    pub fn run_async<'s, A, F>(self, handler: impl FnOnce(A) -> F + Send + 's) -> Answering<'s>
    where
        'a: 's,
        A: Decode<'a>,
        F: Future<Output = Result<(), Error>> + Send,
    {
        Box::pin(async move {
            let answering = handler(self.arguments()?);
            answering.await?;
            self.succeed(&Empty {})
        })
    }

    /// [`answer_silently`](Self::answer_silently), with a handler that is waited for.
    pub fn answer_silently_async<'s, A, F>(
        self,
        handler: impl FnOnce(A) -> F + Send + 's,
    ) -> Answering<'s>
    where
        'a: 's,
        A: Decode<'a>,
        F: Future<Output = Result<(), Error>> + Send,
    {
        Box::pin(async move {
            let answering = handler(self.arguments()?);
            answering.await?;
            Ok(self.succeed_silently())
        })
    }

    /// [`not_found`](Self::not_found), after no waiting at all.
    pub fn not_found_async<'s>(self) -> Answering<'s>
    where
        'a: 's,
    {
        Box::pin(async move { self.not_found() })
    }
}
