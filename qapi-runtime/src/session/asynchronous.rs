//! Answering with handlers that wait for something else than the peer.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use super::{Session, finish, receive};
use crate::service::{AsyncService, Call};

impl Session {
    /// [`next_reply`](Self::next_reply) of a service whose handlers are asynchronous.
    ///
    /// Requests are still run one after the other, as the protocol wants it. A
    /// future that is dropped before it is done gives up the request that it
    /// was at: nobody is told how that ended, and the next call goes on behind it.
    pub async fn next_reply_async<S>(&mut self, input: &mut &[u8], service: &mut S) -> Option<&[u8]>
    where
        S: AsyncService + ?Sized,
    {
        self.reply.withdraw();
        while let Some(message) = self.decoder.decode(input) {
            let reply = &mut self.reply;
            if let Some(request) = receive(message, reply) {
                let call = Call::new(request, reply);
                let outcome = caught(async { service.call(call).await }).await;
                finish(outcome, request.id, reply);
            }
            if !self.reply.bytes().is_empty() {
                return Some(self.reply.bytes());
            }
        }
        None
    }
}

/// What comes out of a future, unless it panics.
async fn caught<F: Future>(future: F) -> Result<F::Output, Box<dyn Any + Send>> {
    let mut future = pin!(future);
    poll_fn(|cx| {
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
        match polled {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;

    use tokio::task::yield_now;

    use super::*;
    use crate::{CommandInfo, Empty, Error, Outcome};

    /// Counts the requests that it has finished.
    #[derive(Default)]
    struct Counter(usize);

    impl AsyncService for Counter {
        fn commands(&self) -> &'static [CommandInfo] {
            &[]
        }

        async fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error> {
            let Empty {} = call.arguments()?;
            yield_now().await;
            if call.command() == "panic" {
                panic!("as asked for");
            }
            self.0 += 1;
            call.succeed(&self.0)
        }
    }

    async fn replies(mut input: &[u8]) -> String {
        let (mut session, mut counter) = (Session::new(), Counter::default());
        let mut replies = Vec::new();
        while let Some(reply) = session.next_reply_async(&mut input, &mut counter).await {
            replies.extend_from_slice(reply);
        }
        String::from_utf8(replies).expect("ASCII")
    }

    #[tokio::test]
    async fn requests_are_answered_in_order() {
        let replies = replies(b"{'execute': 'a', 'id': 'x'} 1 {'execute': 'b'}").await;
        let lines: Vec<_> = replies.lines().collect();
        assert_eq!(lines[0], r#"{"return": 1, "id": "x"}"#);
        assert!(lines[1].starts_with(r#"{"error": {"class": "GenericError""#));
        assert_eq!(lines[2], r#"{"return": 2}"#);
    }

    #[tokio::test]
    async fn a_panic_costs_one_error_reply() {
        let replies = replies(b"{'execute': 'panic', 'id': 1} {'execute': 'a'}").await;
        assert_eq!(
            replies,
            "{\"id\": 1, \"error\": {\"class\": \"GenericError\", \
             \"desc\": \"internal error: as asked for\"}}\n\
             {\"return\": 1}\n"
        );
    }

    #[tokio::test]
    async fn a_request_that_is_given_up_disturbs_no_other() {
        let (mut session, mut counter) = (Session::new(), Counter::default());
        let mut input = &b"{'execute': 'a'} {'execute': 'b'}"[..];
        {
            let reply = pin!(session.next_reply_async(&mut input, &mut counter));
            assert!(poll_once(reply).await.is_none());
        }
        let reply = session.next_reply_async(&mut input, &mut counter).await;
        assert_eq!(reply, Some(&b"{\"return\": 1}\n"[..]));
        assert!(input.is_empty());
    }

    /// Polls a future once, and says what came of it.
    async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> Option<F::Output> {
        poll_fn(|cx| match future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending => Poll::Ready(None),
        })
        .await
    }
}
