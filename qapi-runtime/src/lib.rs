//! The protocol of QAPI services: what generated code calls.
//!
//! A request travels through the crate in this order:
//!
//! | stage | from → to | lives in |
//! | --- | --- | --- |
//! | [`Decoder`] | bytes → one [`Document`] per message | `decoder/`, `document/` |
//! | [`Request`] | document → command, arguments, id | `request.rs` |
//! | [`Service`] | request → the handler of its command, through a [`Call`] | `service.rs` |
//! | [`Decode`] | arguments → the type of the schema | `decode/` |
//! | [`Encoder`] | the handler's answer → the bytes of QEMU's wire | `encode/` |
//! | [`Session`] | answer or error in its envelope; a large one is sent while it is made | `session/`, `reply.rs` |
//! | [`Response`] | the same, as a client reads it | `response.rs` |
//!
//! [`Session`] joins the stages without doing any input or output, but into a
//! sink if it is given one; [`session::serve`] runs one over a stream, and
//! [`session::attended`] many, whose clients are heard while their commands take
//! long. [`client`] is the other end of the wire. [`layer`] has services to put
//! around others.
//!
//! The two directions differ on purpose. Input is decoded by a trait of this
//! crate, because the protocol fixes the order and the wording of its errors:
//! members are asked for by name in the order of the schema, each error names
//! the path to its place, and a member that nobody asked for is refused.
//! Output is plain [`serde::Serialize`], written straight into the reply.
//!
//! Deliberately absent: whatever listens for clients, the greeting of a QMP
//! monitor on the side of the server, and any knowledge of a particular schema.
//!
//! # Features
//!
//! Everything blocks, unless the feature `tokio` is on: it brings
//! `session::tokio` for services, and the clients of `client::tokio`. An
//! [`AsyncService`] can be written without it.
//!
//! # Example
//!
//! A service with one command, as generated code would write it:
//!
//! ```
//! use qapi_runtime::{Call, CommandInfo, Empty, Error, Outcome, Service, Session};
//!
//! struct Greeter;
//!
//! impl Service for Greeter {
//!     fn commands(&self) -> &'static [CommandInfo] {
//!         const { &[CommandInfo::new("greet")] }
//!     }
//!
//!     fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error> {
//!         match call.command() {
//!             "greet" => call.answer(|Empty {}| Ok("good morning")),
//!             _ => call.not_found(),
//!         }
//!     }
//! }
//!
//! let mut session = Session::new();
//! let replies = session.feed(b"{'execute': 'greet', 'id': 1} {'execute': 'sing'}", &mut Greeter);
//! assert_eq!(
//!     String::from_utf8(replies)?,
//!     "{\"return\": \"good morning\", \"id\": 1}\n\
//!      {\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"The command sing has not been found\"}}\n"
//! );
//! # Ok::<(), std::string::FromUtf8Error>(())
//! ```

#![forbid(unsafe_code)]

pub mod base64;
pub mod client;
mod decode;
mod decoder;
mod document;
mod encode;
mod error;
mod event;
pub mod layer;
mod lock;
mod macros;
mod open;
mod reply;
mod request;
mod response;
mod scan;
mod service;
pub mod session;
mod unicode;
pub mod upload;
mod wipe;

pub use serde;
pub use serde_json::{Map, Value};

pub use crate::base64::{
    Base64, Base64Error, Base64Reader, Base64Stream, Base64Text, Base64Upload, Delivery,
};
pub use crate::client::ClientError;
pub use crate::decode::{
    Decode, DecodeError, DecodeMembers, DecodeOwned, Input, Member, MemberTuple, Object, Problem,
    Unknown, UnknownValue, deserialize,
};
pub use crate::decoder::{Decoder, JsonError, MAX_MESSAGE_BYTES, MAX_NESTING, MAX_TOKENS};
pub use crate::document::{Document, Elements, Json, Kind, Members};
pub use crate::encode::{EncodeError, Encoder, ObjectEncoder, to_string};
pub use crate::error::{Error, ErrorClass};
pub use crate::event::{EventInfo, FromEvent, RawEvent, Timestamp};
pub use crate::open::{Other, OtherBranch};
pub use crate::request::{Rejection, Request};
pub use crate::response::{NotAResponse, Response};
pub use crate::service::{Answering, AsyncService, Call, CommandInfo, Empty, Outcome, Service};
pub use crate::session::Session;
pub use crate::upload::{Opening, Upload, UploadInfo};
