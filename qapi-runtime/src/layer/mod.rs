//! Services around services: who may do what, and what was done.
//!
//! A layer is a [`Service`](crate::Service) that holds another one and hands calls on to it. It
//! works with generated servers and with other layers alike, and likewise for
//! an [`AsyncService`](crate::AsyncService):
//!
//! | layer | what it does |
//! | --- | --- |
//! | [`Gate`] | refuses commands: those that are not on a list ([`Allow`]), those that are ([`Block`]), or whatever a function of yours says |
//! | [`Log`] | tells which command was called, how it ended, and how long it took |
//!
//! The outermost layer sees a call first. A log around a gate tells of refused
//! calls too, a gate around a log does not:
//!
//! ```
//! use qapi_runtime::layer::{Allow, Gate, Log};
//! # use qapi_runtime::{Call, CommandInfo, Empty, Error, Outcome, Service, Session};
//! # struct Greeter;
//! # impl Service for Greeter {
//! #     fn commands(&self) -> &'static [CommandInfo] {
//! #         const { &[CommandInfo::new("greet"), CommandInfo::new("leave")] }
//! #     }
//! #     fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error> {
//! #         call.answer(|Empty {}| Ok("good morning"))
//! #     }
//! # }
//!
//! let mut lines = Vec::new();
//! let gate = Gate::new(Greeter, Allow::new(["greet"]));
//! let mut service = Log::new(gate, |record| lines.push(record.to_string()));
//!
//! let replies = Session::new().feed(b"{'execute': 'greet'} {'execute': 'leave'}", &mut service);
//! assert_eq!(
//!     String::from_utf8(replies)?,
//!     "{\"return\": \"good morning\"}\n\
//!      {\"error\": {\"class\": \"CommandNotFound\", \
//!      \"desc\": \"Command leave has been disabled: the command is not allowed\"}}\n"
//! );
//! assert!(lines[0].starts_with("greet succeeded after "));
//! assert!(lines[1].starts_with("leave failed with CommandNotFound after "));
//! # Ok::<(), std::string::FromUtf8Error>(())
//! ```

mod gate;
mod log;

pub use gate::{Allow, Block, Gate, Policy};
pub use log::{Log, Record, Verdict};
