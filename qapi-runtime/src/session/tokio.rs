//! Sessions over the streams of tokio.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::{CHUNK, Session};
use crate::service::AsyncService;

/// Answers the requests of `stream` until its end.
///
/// Like [`serve`](super::serve), this obeys a peer that stops listening. Each
/// reply is made as a whole before it is sent, however large it is.
///
/// ```
/// use qapi_runtime::{AsyncService, Call, CommandInfo, Empty, Error, Outcome};
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// struct Waiter;
///
/// impl AsyncService for Waiter {
///     fn commands(&self) -> &'static [CommandInfo] {
///         const { &[CommandInfo::new("wait")] }
///     }
///
///     async fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error> {
///         let Empty {} = call.arguments()?;
///         tokio::task::yield_now().await;
///         call.succeed("that was long")
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let (mut client, mut server) = tokio::io::duplex(1024);
/// let served = tokio::spawn(async move {
///     qapi_runtime::session::tokio::serve(&mut server, &mut Waiter).await
/// });
/// client.write_all(b"{'execute': 'wait'}").await?;
/// client.shutdown().await?;
/// let mut reply = String::new();
/// client.read_to_string(&mut reply).await?;
/// assert_eq!(reply, "{\"return\": \"that was long\"}\n");
/// # served.await?
/// # }
/// ```
///
/// # Errors
/// Reading fails, or a reply could not be written. A session cannot fail
/// otherwise.
pub async fn serve<C, S>(stream: &mut C, service: &mut S) -> io::Result<()>
where
    C: AsyncRead + AsyncWrite + Unpin + ?Sized,
    S: AsyncService + ?Sized,
{
    let mut session = Session::new();
    let mut chunk = vec![0; CHUNK];
    let mut written = Ok(());
    loop {
        let length = match stream.read(&mut chunk).await {
            Ok(0) => return written,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let mut input = &chunk[..length];
        while let Some(reply) = session.next_reply_async(&mut input, service).await {
            if written.is_ok() {
                written = send(stream, reply).await;
            }
        }
    }
}

async fn send<C: AsyncWrite + Unpin + ?Sized>(stream: &mut C, reply: &[u8]) -> io::Result<()> {
    stream.write_all(reply).await?;
    stream.flush().await
}
