//! Generates documented Rust from QAPI schemas: types, a trait for servers, a
//! client, and the events.
//!
//! A build script is all that a crate needs, besides a dependency on
//! `qapi-runtime`:
//!
//! ```no_run
//! fn main() -> Result<(), qapi_codegen::Error> {
//!     qapi_codegen::Config::new().service("GuestAgent").generate("schema.json")
//! }
//! ```
//!
//! and `include!(concat!(env!("OUT_DIR"), "/schema.rs"));` in `src/lib.rs`.
//!
//! # What comes out
//!
//! | schema | Rust |
//! | --- | --- |
//! | enum | `enum` with `ALL`, `as_str`, `FromStr`, `Display` |
//! | struct | `struct` with `new` for the required members and a setter for each optional one |
//! | union, only the tag in its base | `enum` with the object of a branch as payload |
//! | union with more in its base | `struct` with the base, and such an `enum` in its field `branch` |
//! | alternate | `enum` told apart by JSON kind |
//! | command | a method of the trait and of the client, a row in `COMMANDS`, and `…Args` for arguments written in place |
//! | event | a variant of the enum of all events, called like the service with `Event` behind it; a row in `EVENTS`, and `…Event` for data written in place |
//!
//! The client implements the trait too: what answers may be another server, and
//! its errors come through as they are.
//!
//! Schemas grow, so every type is `#[non_exhaustive]`: a member, value, branch or
//! alternative that a later one brings breaks no caller.
//!
//! Every type is `Clone`, `Debug` and `PartialEq`; an enum is `Eq` and `Hash`
//! besides, and a struct without required members has a `Default`. Structs
//! promise no `Eq`, since a later schema may bring a `number`.
//!
//! A server reads with the runtime's `Decode`, which refuses unknown members,
//! and a client ignores them. serde's `Serialize` and `Deserialize` are for all
//! other uses, and as lenient as a client.
//!
//! # What the schema does not know
//!
//! A client may talk to a service that is newer than its schema. So an enum
//! that a return or an event can carry has a last variant `Other` that keeps
//! the text of an unknown value, and a union with such a tag has one that keeps
//! the tag and its members; the enum of events has one as well. (It is called
//! `Other_` where the schema has a value `other`.) What was kept is written
//! again as it came. A server still refuses what it does not know.
//!
//! An enum that clients only send is closed, and `Copy`.
//!
//! # Absent, null, and numbers
//!
//! | schema | Rust |
//! | --- | --- |
//! | `str`, `bool`, arrays | `String`, `bool`, `Vec` |
//! | `int` and `int8` to `int64` | `i64` and `i8` to `i64` |
//! | `uint8` to `uint64`, `size` | `u8` to `u64`, `u64` |
//! | `number` | `f64` |
//! | `any` | the runtime's `Value` |
//! | `null` | `()`; in an alternate, a variant without content |
//!
//! An optional member is an `Option`: `None` is absent, and nothing else is.
//! Where `null` is allowed it is a value, such as `Some(StrOrNull::Null)` or
//! `Some(Value::Null)`, so an optional member of such a type has three states.
//!
//! Integers are exact to the last of their 64 bits. What counts is the spelling,
//! as everywhere in QEMU: `1.0` is no integer, while `number` takes whole ones
//! as well. A negative integer given for `uint64` or `size` wraps around.
//!
//! # Names
//!
//! | kind | rule | example |
//! | --- | --- | --- |
//! | type | as it stands; the parts of a name with `-`, `_` or `.` are capitalised and joined | `QGASeek`; `__org.x_T` becomes `OrgXT` |
//! | value, alternative | upper camel case; `_` is kept between digits | `not-found` becomes `NotFound`, `2_5` becomes `_2_5` |
//! | member, command | snake case | `buf-b64` becomes `buf_b64`, `UUID` becomes `uuid` |
//! | file, with [`Config::modules`] | snake case | `block-core.json` becomes `block_core` |
//! | arguments, event data, branches | upper camel case, and `Args`, `Event` or `Branch` | `guest-exec` becomes `GuestExecArgs` |
//!
//! Then, in this order: a name without letters and digits becomes `Unnamed` or
//! `unnamed`; a leading digit gets `_` in front; a keyword, or a name that
//! generated code needs for itself, gets `_` behind (`type_`, `String_`).
//!
//! Two names that end up the same in one place are an error that shows both;
//! [`Config::name`] gives one of them another.
//!
//! # Settings
//!
//! | to decide | with |
//! | --- | --- |
//! | how the two ends are called | [`Config::service`] |
//! | which commands and events come out, with all that these lead to | [`Config::commands`], [`Config::events`] |
//! | which parts: types, server, client, events, introspection | [`Config::parts`] |
//! | which symbols conditions find defined | [`Config::cond`], [`Config::conds`], [`Config::cond_file`] |
//! | whether conditions are decided here, by the compiler, or not at all | [`Config::conditions`], [`Config::cond_cfg`] |
//! | how something is called in Rust | [`Config::name`] |
//! | what else a type derives, and what attributes things have | [`Config::derive`], [`Config::attribute`] |
//! | a type of one's own instead of the schema's | [`Config::replace`] |
//! | arguments that a server takes while it reads them | [`Config::upload`] |
//! | which required members a peer may leave out | [`Config::optional`] |
//! | one Rust module for each file of the schema | [`Config::modules`] |
//! | handlers and clients that are asynchronous | [`Config::asynchronous`] |
//! | how much documentation goes along | [`Config::docs`] |
//! | the era of the schema's language | [`Config::dialect`] |
//! | where the code goes, or what it is compared with | [`Config::module`], [`Config::file`], [`Config::check`] |
//! | whose reply is delimited by 0xFF | [`Config::delimited`] |
//!
//! What does not fit the schema is an error, and so is a name that Rust refuses:
//! nothing is ignored, and nothing panics.
//!
//! # Patterns
//!
//! Some settings are about parts of the schema, which they name by their path:
//!
//! | path | means |
//! | --- | --- |
//! | `Type`, `command`, `EVENT` | the definition |
//! | `Type.member` | a member, value, branch or alternative that the type lists itself |
//! | `command.arguments`, `EVENT.data` | what is written in place there, all together |
//! | `command.arguments.member`, `EVENT.data.member` | one member of that |
//! | `command.return` | what the command answers |
//! | `Union.branch` | all branches of a union with more than the tag in its base |
//!
//! A `*` stands for any characters inside one part of a path: `Guest*.type`. A
//! path that nothing in the schema has is an error that shows similar ones.
//!
//! # Types of one's own
//!
//! [`Config::replace`] puts a type of your own, or one of those that the
//! runtime has for base64, where the schema leads to another:
//!
//! | used for | has to implement |
//! | --- | --- |
//! | anything | `Clone`, `Debug`, `PartialEq`, and serde's `Serialize` |
//! | what is read | the runtime's `Decode` |
//! | a branch, or the arguments of a command | the runtime's `DecodeMembers`, and to serialize through an `ObjectEncoder` |
//!
//! Constructors and setters take anything that converts into it. A whole type
//! that is replaced is not generated, but its members stay part of the structs
//! that have it for their base.
//!
//! A type written with the lifetime `'_`, such as `Cow<'_, str>`, borrows from
//! the request. The struct around it, and whatever contains that, then has a
//! lifetime parameter, and a method of the trait takes `WriteArgs<'_>`. Such a
//! type has no `Deserialize`, for serde reads through a copy. What a server
//! sends has no request to borrow from, so a member that occurs in an answer or
//! event cannot be replaced by such a type.
//!
//! # Boxes
//!
//! A type that contains itself by value has no size, so each such cycle is cut
//! by one `Box`: at an alternative, else at an optional member, a required
//! member or a branch, the first in source order. Constructors and setters take
//! the value without its box.
//!
//! # Large schemas
//!
//! Cargo does not optimise build scripts, which matters for a schema of the
//! size of QEMU's machine protocol: five times faster is
//!
//! ```toml
//! [profile.dev.build-override]
//! opt-level = 2
//! ```
//!
//! # How it is made
//!
//! [`qapi_parser`] reads and checks the schema. `lower` decides everything and
//! makes the types of `ir`; `emit` turns those into tokens; `output` formats
//! them, one on each processor, and writes the file. Only `cargo` knows that a
//! build script is at work. [`Config`] tells the story in [`Config::generate`].

#![forbid(unsafe_code)]

mod cargo;
mod choice;
mod config;
mod difference;
mod emit;
mod error;
mod ident;
mod ir;
mod lower;
mod output;
mod parallel;

pub use choice::{Conditions, Docs, Part};
pub use config::Config;
pub use difference::Difference;
pub use error::Error;
pub use qapi_parser::Dialect;
