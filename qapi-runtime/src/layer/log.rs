//! Telling what was called and how it ended.

use std::fmt;
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorClass};
use crate::service::{AsyncService, Call, CommandInfo, Outcome, Service};
use crate::upload::{Opening, Upload, UploadInfo};

/// A service whose calls are told to a function, each when it has ended.
///
/// With the `log` crate that function is `|record| log::info!("{record}")`.
///
/// What is told contains no arguments and no answers, for there may be secrets
/// among them. That goes for the descriptions of errors too, which like to quote
/// an argument: only their class is told.
#[derive(Debug, Clone)]
pub struct Log<S, F> {
    service: S,
    tell: F,
}

impl<S, F: FnMut(&Record<'_>)> Log<S, F> {
    /// Tells `tell` of each call of `service`. It must not panic, for it may be
    /// told of a panic.
    pub fn new(service: S, tell: F) -> Self {
        Self { service, tell }
    }
}

impl<S, F> Log<S, F> {
    /// What is called.
    pub fn get_ref(&self) -> &S {
        &self.service
    }

    /// What is called, to be changed.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.service
    }

    /// What is called, without its log.
    pub fn into_inner(self) -> S {
        self.service
    }
}

impl<S: Service, F: FnMut(&Record<'_>)> Service for Log<S, F> {
    fn commands(&self) -> &'static [CommandInfo] {
        self.service.commands()
    }

    fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error> {
        let watch = Watch::new(call.command(), &mut self.tell);
        let result = self.service.call(call);
        watch.end(&result);
        result
    }

    fn uploads(&self) -> &'static [UploadInfo] {
        self.service.uploads()
    }

    fn upload(&mut self, opening: &Opening<'_>) -> Option<Box<dyn Upload>> {
        self.service.upload(opening)
    }
}

impl<S: AsyncService + Send, F: FnMut(&Record<'_>) + Send> AsyncService for Log<S, F> {
    fn commands(&self) -> &'static [CommandInfo] {
        self.service.commands()
    }

    async fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error> {
        let watch = Watch::new(call.command(), &mut self.tell);
        let result = self.service.call(call).await;
        watch.end(&result);
        result
    }
}

/// A call that is under way. It tells of itself even if its end is not reached.
struct Watch<'a, F: FnMut(&Record<'_>)> {
    command: &'a str,
    start: Instant,
    tell: Option<&'a mut F>,
}

impl<'a, F: FnMut(&Record<'_>)> Watch<'a, F> {
    fn new(command: &'a str, tell: &'a mut F) -> Self {
        Self {
            command,
            start: Instant::now(),
            tell: Some(tell),
        }
    }

    fn end(mut self, result: &Result<Outcome, Error>) {
        self.tell(match result {
            Ok(_) => Verdict::Succeeded,
            Err(error) => Verdict::Failed(&error.class),
        });
    }

    /// Tells once.
    fn tell(&mut self, verdict: Verdict<'_>) {
        if let Some(tell) = self.tell.take() {
            tell(&Record {
                command: self.command,
                verdict,
                duration: self.start.elapsed(),
            });
        }
    }
}

impl<F: FnMut(&Record<'_>)> Drop for Watch<'_, F> {
    fn drop(&mut self) {
        self.tell(match thread::panicking() {
            true => Verdict::Panicked,
            false => Verdict::GivenUp,
        });
    }
}

/// A call that has ended.
///
/// It prints itself as one line, whatever the client has called:
/// `guest-exec succeeded after 1.2ms`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Record<'a> {
    /// What was called. The client chose it, and there may be no such command:
    /// it can be of any length and contain anything.
    pub command: &'a str,
    /// How it ended.
    pub verdict: Verdict<'a>,
    /// How long it took.
    pub duration: Duration,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict<'a> {
    /// The service did what it was asked to.
    Succeeded,
    /// The client is told an error of this class.
    Failed(&'a ErrorClass),
    /// The handler panicked, and the client is told an internal error.
    Panicked,
    /// Nobody waited for its end: the future of the call was dropped.
    GivenUp,
}

impl fmt::Display for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// More than any command has. A log is no place for a client to fill.
        const LONGEST_NAME: usize = 80;

        let mut rest = self.command.chars();
        let name: String = rest.by_ref().take(LONGEST_NAME).collect();
        let ellipsis = if rest.next().is_some() { "…" } else { "" };
        let Self {
            verdict, duration, ..
        } = self;
        // Without the escapes a client could begin a line of its own.
        write!(
            f,
            "{}{ellipsis} {verdict} after {duration:.1?}",
            name.escape_debug()
        )
    }
}

impl fmt::Display for Verdict<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Succeeded => f.write_str("succeeded"),
            Self::Failed(class) => write!(f, "failed with {class}"),
            Self::Panicked => f.write_str("panicked"),
            Self::GivenUp => f.write_str("was given up"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::Empty;
    use crate::session::Session;

    struct Door;

    impl Service for Door {
        fn commands(&self) -> &'static [CommandInfo] {
            const { &[CommandInfo::new("open")] }
        }

        fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error> {
            match call.command() {
                "open" => call.answer(|Empty {}| Ok(Empty {})),
                "slam" => panic!("the hinges are gone"),
                _ => call.not_found(),
            }
        }
    }

    /// What is told of `request`, up to the time that it took.
    fn told(request: &str) -> String {
        let mut lines = String::new();
        let mut log = Log::new(Door, |record: &Record<'_>| lines += &format!("{record}\n"));
        Session::new().feed(request.as_bytes(), &mut log);
        let (line, time) = lines.split_once(" after ").unwrap();
        assert!(time.ends_with("s\n"), "{time}");
        line.to_owned()
    }

    #[test]
    fn each_call_is_told_with_its_end() {
        assert_eq!(told("{'execute': 'open'}"), "open succeeded");
        assert_eq!(
            told("{'execute': 'shut'}"),
            "shut failed with CommandNotFound"
        );
        assert_eq!(told("{'execute': 'slam'}"), "slam panicked");
    }

    #[test]
    fn nothing_that_was_sent_along_is_told() {
        let request = "{'execute': 'open', 'arguments': {'sesame': 'sesame'}, 'id': 'sesame'}";
        assert_eq!(told(request), "open failed with GenericError");
    }

    #[test]
    fn a_client_cannot_fill_a_log_or_begin_a_line() {
        assert_eq!(
            told(r"{'execute': 'a\nb\u001b[31m'}"),
            r"a\nb\u{1b}[31m failed with CommandNotFound"
        );
        let long = told(&format!("{{'execute': '{}'}}", "x".repeat(1000)));
        assert_eq!(
            long,
            format!("{}… failed with CommandNotFound", "x".repeat(80))
        );
    }

    #[test]
    fn the_client_hears_what_it_would_hear_without() {
        let requests = b"{'execute': 'open', 'id': 1} {'execute': 'shut'}";
        let mut log = Log::new(Door, |_: &Record<'_>| {});
        assert_eq!(
            Session::new().feed(requests, &mut log),
            Session::new().feed(requests, &mut Door)
        );
    }

    #[tokio::test]
    async fn asynchronous_calls_are_told_even_if_nobody_waits_for_them() {
        struct Gate;

        impl AsyncService for Gate {
            fn commands(&self) -> &'static [CommandInfo] {
                &[]
            }

            async fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error> {
                match call.command() {
                    "open" => call.answer(|Empty {}| Ok(Empty {})),
                    _ => std::future::pending().await,
                }
            }
        }

        let mut lines = Vec::new();
        let mut log = Log::new(Gate, |record: &Record<'_>| {
            lines.push(record.verdict.to_string())
        });
        let mut session = Session::new();
        let mut input = &b"{'execute': 'open'}"[..];
        session.next_reply_async(&mut input, &mut log).await;
        let mut input = &b"{'execute': 'wait'}"[..];
        let reply = session.next_reply_async(&mut input, &mut log);
        tokio::time::timeout(Duration::ZERO, reply)
            .await
            .unwrap_err();
        assert_eq!(lines, ["succeeded", "was given up"]);
    }
}
