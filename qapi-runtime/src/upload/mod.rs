//! Arguments that go where they belong while they are still being read.
//!
//! A request is read as a whole before it is looked at, and so its arguments are in memory as a
//! whole. That is too much for a file. A service may name members of arguments that it wants to
//! have earlier, as [`UploadInfo`]s: strings that hold base64. When one becomes long, and the
//! command is known as well as all that was said before it, the service is asked for an [`Upload`].
//! That gets the bytes of the string in pieces, and the command gets it back at the end.
//!
//! What is wrong with a message shows at its end, if not later: a bracket that is missing, an
//! argument that there is not, a command that is not allowed any more. Then the upload is dropped
//! instead, as it is when the client leaves, and has to undo what it did. So an upload is for what
//! can be undone; for anything else the service makes none, and the argument stays in memory.
//!
//! It does so too
//!
//! - where the string is shorter than [`UPLOAD_BYTES`],
//! - where `execute` or a required argument comes only behind it, for the order of members means
//!   nothing in JSON,
//! - in a request that waits for another one which does not end soon, and
//! - with everything but [`Session::answer`](crate::Session::answer), [`session::serve`] and
//!   [`session::attended`].
//!
//! `qapi_codegen::Config::upload` generates what is needed for a member. It has the type
//! [`Base64Upload`](crate::Base64Upload) then, and the trait of the service has a method that
//! makes the upload.
//!
//! # Example
//!
//! As generated code would do it, but for the types: a store of things that are held back until
//! they are complete.
//!
//! ```
//! use std::sync::{Arc, Mutex};
//!
//! use qapi_runtime::{
//!     Base64Upload, Call, CommandInfo, DecodeError, DecodeMembers, Delivery, Empty, Error, Object,
//!     Opening, Outcome, Service, Session, Upload, UploadInfo,
//! };
//!
//! #[derive(Default)]
//! struct Store(Vec<u8>);
//!
//! /// The arguments of `put`.
//! struct Put<'a> {
//!     name: &'a str,
//!     data: Base64Upload<'a>,
//! }
//!
//! impl<'de> DecodeMembers<'de> for Put<'de> {
//!     fn decode_members(object: &mut Object<'_, 'de>) -> Result<Self, DecodeError> {
//!         let (name, data) = object.members(["name", "data"])?;
//!         Ok(Self { name, data })
//!     }
//! }
//!
//! /// Something on its way into the store. A real one would be in a file.
//! struct Incoming(Vec<u8>);
//!
//! impl Upload for Incoming {
//!     fn receive(&mut self, bytes: &[u8]) {
//!         self.0.extend_from_slice(bytes);
//!     }
//! }
//!
//! impl Service for Store {
//!     fn commands(&self) -> &'static [CommandInfo] {
//!         const { &[CommandInfo::new("put")] }
//!     }
//!
//!     fn uploads(&self) -> &'static [UploadInfo] {
//!         const { &[UploadInfo { command: "put", member: "data" }] }
//!     }
//!
//!     fn upload(&mut self, opening: &Opening<'_>) -> Option<Box<dyn Upload>> {
//!         let put: Put<'_> = opening.arguments()?;
//!         (put.name == "thing").then(|| Box::new(Incoming(Vec::new())) as Box<dyn Upload>)
//!     }
//!
//!     fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error> {
//!         call.answer(|put: Put<'_>| {
//!             put.data.check()?;
//!             self.0 = match put.data.delivery() {
//!                 Delivery::Upload(Incoming(bytes)) => bytes,
//!                 Delivery::Text(text) => text.to_vec()?,
//!             };
//!             Ok(self.0.len())
//!         })
//!     }
//! }
//!
//! let request = format!(
//!     "{{'execute': 'put', 'arguments': {{'name': 'thing', 'data': '{}'}}}}",
//!     "YWJj".repeat(100_000)
//! );
//! let mut replies = Vec::new();
//! Session::new().answer(&mut request.as_bytes(), &mut Store::default(), &mut replies)?;
//! assert_eq!(replies, b"{\"return\": 300000}\n");
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! [`session::serve`]: crate::session::serve
//! [`session::attended`]: crate::session::attended

mod ongoing;
mod opening;
mod received;

use std::any::Any;

pub(crate) use self::ongoing::Ongoing;
pub use self::opening::Opening;
pub(crate) use self::received::Received;

/// How long a string has to be at least to be uploaded, in bytes of the request.
pub const UPLOAD_BYTES: usize = 32 * 1024;

/// Takes the bytes of one argument while the request is still being read.
///
/// Dropped before its command got it back, it leaves everything as it was.
pub trait Upload: Any + Send {
    /// Takes the next bytes.
    ///
    /// What cannot be done with them is told by the command at its end, when the rest of the
    /// request has turned out to be right: other mistakes come first.
    fn receive(&mut self, bytes: &[u8]);
}

/// A member that a service wants to have while the request is still being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadInfo {
    /// The command.
    pub command: &'static str,
    /// The member of its arguments, a string in base64.
    pub member: &'static str,
}
