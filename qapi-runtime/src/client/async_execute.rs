//! What generated asynchronous clients need of the client below them.

use serde::Serialize;

use super::{ClientError, OutOfBand};
use crate::decode::DecodeOwned;
use crate::service::Empty;

/// Something that runs commands by their names, without blocking: [`Execute`]
/// for asynchronous programs.
///
/// Whoever drops a future gives its command up.
///
/// [`Execute`]: super::Execute
pub trait AsyncExecute: Send {
    /// Runs `command` and waits for what it returns.
    ///
    /// # Errors
    /// The command fails, or could not be run; or the answer is no `R`.
    fn execute<A, R>(
        &mut self,
        command: &str,
        arguments: &A,
    ) -> impl Future<Output = Result<R, ClientError>> + Send
    where
        A: Serialize + Sync + ?Sized,
        R: DecodeOwned + Send;

    /// Runs a command that returns nothing.
    ///
    /// # Errors
    /// As for [`AsyncExecute::execute`].
    fn run<A>(
        &mut self,
        command: &str,
        arguments: &A,
    ) -> impl Future<Output = Result<(), ClientError>> + Send
    where
        A: Serialize + Sync + ?Sized,
    {
        async {
            let Empty {} = self.execute(command, arguments).await?;
            Ok(())
        }
    }

    /// Runs a command that is answered only when it fails.
    ///
    /// # Errors
    /// As for [`AsyncExecute::execute`].
    fn execute_silently<A>(
        &mut self,
        command: &str,
        arguments: &A,
    ) -> impl Future<Output = Result<(), ClientError>> + Send
    where
        A: Serialize + Sync + ?Sized;

    /// Runs `command` out of band.
    ///
    /// # Errors
    /// As for [`AsyncExecute::execute`]; or there is no such thing here.
    fn execute_oob<A, R>(
        &mut self,
        command: &str,
        arguments: &A,
    ) -> impl Future<Output = Result<R, ClientError>> + Send
    where
        A: Serialize + Sync + ?Sized,
        R: DecodeOwned + Send;
}

impl<E: AsyncExecute + ?Sized> AsyncExecute for &mut E {
    async fn execute<A, R>(&mut self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + Sync + ?Sized,
        R: DecodeOwned + Send,
    {
        (**self).execute(command, arguments).await
    }

    async fn execute_silently<A>(&mut self, command: &str, arguments: &A) -> Result<(), ClientError>
    where
        A: Serialize + Sync + ?Sized,
    {
        (**self).execute_silently(command, arguments).await
    }

    async fn execute_oob<A, R>(&mut self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + Sync + ?Sized,
        R: DecodeOwned + Send,
    {
        (**self).execute_oob(command, arguments).await
    }
}

impl<C: AsyncExecute> AsyncExecute for OutOfBand<C> {
    async fn execute<A, R>(&mut self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + Sync + ?Sized,
        R: DecodeOwned + Send,
    {
        self.0.execute_oob(command, arguments).await
    }

    /// Whether it has failed is known only in band.
    async fn execute_silently<A>(&mut self, _: &str, _: &A) -> Result<(), ClientError>
    where
        A: Serialize + Sync + ?Sized,
    {
        Err(ClientError::NoOutOfBand)
    }

    async fn execute_oob<A, R>(&mut self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + Sync + ?Sized,
        R: DecodeOwned + Send,
    {
        self.0.execute_oob(command, arguments).await
    }
}
