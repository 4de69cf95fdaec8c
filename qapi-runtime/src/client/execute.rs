//! What generated clients need of the client below them.

use std::io::{Read, Write};

use serde::Serialize;

use super::{Agent, ClientError, Qmp};
use crate::decode::DecodeOwned;
use crate::service::Empty;

/// Something that runs commands by their names, and waits.
///
/// A generated client has one method per command and leaves the rest to one of
/// these: [`Agent`] and [`Qmp`], or a wrapper around them.
pub trait Execute {
    /// Runs `command` and waits for what it returns.
    ///
    /// # Errors
    /// The command fails, or could not be run; or the answer is no `R`.
    fn execute<A, R>(&mut self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned;

    /// Runs a command that returns nothing.
    ///
    /// # Errors
    /// As for [`Execute::execute`].
    fn run<A>(&mut self, command: &str, arguments: &A) -> Result<(), ClientError>
    where
        A: Serialize + ?Sized,
    {
        let Empty {} = self.execute(command, arguments)?;
        Ok(())
    }

    /// Runs a command that is answered only when it fails.
    ///
    /// # Errors
    /// As for [`Execute::execute`].
    fn execute_silently<A>(&mut self, command: &str, arguments: &A) -> Result<(), ClientError>
    where
        A: Serialize + ?Sized;

    /// Runs `command` out of band.
    ///
    /// # Errors
    /// As for [`Execute::execute`]; or there is no such thing here.
    fn execute_oob<A, R>(&mut self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned;
}

impl<E: Execute + ?Sized> Execute for &mut E {
    fn execute<A, R>(&mut self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        (**self).execute(command, arguments)
    }

    fn execute_silently<A>(&mut self, command: &str, arguments: &A) -> Result<(), ClientError>
    where
        A: Serialize + ?Sized,
    {
        (**self).execute_silently(command, arguments)
    }

    fn execute_oob<A, R>(&mut self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        (**self).execute_oob(command, arguments)
    }
}

impl<S: Read + Write> Execute for Agent<S> {
    fn execute<A, R>(&mut self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        self.execute(command, arguments)
    }

    fn execute_silently<A>(&mut self, command: &str, arguments: &A) -> Result<(), ClientError>
    where
        A: Serialize + ?Sized,
    {
        self.execute_silently(command, arguments)
    }

    /// An agent does one thing after another.
    fn execute_oob<A, R>(&mut self, _: &str, _: &A) -> Result<R, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        Err(ClientError::NoOutOfBand)
    }
}

impl Execute for Qmp {
    fn execute<A, R>(&mut self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        Self::execute(self, command, arguments)
    }

    fn execute_silently<A>(&mut self, command: &str, arguments: &A) -> Result<(), ClientError>
    where
        A: Serialize + ?Sized,
    {
        Self::execute_silently(self, command, arguments)
    }

    fn execute_oob<A, R>(&mut self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        Self::execute_oob(self, command, arguments)
    }
}

/// Runs out of band whatever it is asked to run.
///
/// ```no_run
/// use qapi_runtime::client::{Execute, OutOfBand, Qmp};
/// use qapi_runtime::{Empty, Value};
///
/// let mut qmp = Qmp::connect("/run/vm/qmp.sock")?;
/// let instances: Value = OutOfBand(&mut qmp).execute("query-yank", &Empty {})?;
/// # Ok::<(), qapi_runtime::ClientError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct OutOfBand<C>(pub C);

impl<C: Execute> Execute for OutOfBand<C> {
    fn execute<A, R>(&mut self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        self.0.execute_oob(command, arguments)
    }

    /// Whether it has failed is known only in band.
    fn execute_silently<A>(&mut self, _: &str, _: &A) -> Result<(), ClientError>
    where
        A: Serialize + ?Sized,
    {
        Err(ClientError::NoOutOfBand)
    }

    fn execute_oob<A, R>(&mut self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        self.0.execute_oob(command, arguments)
    }
}
