//! The interface of the QEMU guest agent on Linux, as of QEMU 10.2 and of
//! releases before: its types, a trait for agents, a client for those who talk
//! to one.
//!
//! Everything here is generated from the files in `schema/`, documentation
//! included. The interface is described by the [Guest Agent Protocol
//! Reference](https://www.qemu.org/docs/master/interop/qemu-ga-ref.html).
//!
//! # Versions
//!
//! Each version is a module behind a feature of the same name:
//!
//! | feature | release of QEMU | commands |
//! | --- | --- | ---: |
//! | `v0_15` | 0.15, August 2011 | 13 |
//! | `v1_1` | 1.1, June 2012 | 18 |
//! | `v1_5` | 1.5, May 2013 | 23 |
//! | `v2_3` | 2.3, April 2015 | 29 |
//! | `v3_1` | 3.1, December 2018 | 35 |
//! | `v10_2` (the default) | 10.2, December 2025 | 43 |
//!
//! The newest one also stands here at the root. An older one is for an agent
//! that has to look like that release, or for a client that must not send what
//! such an agent does not know:
//!
//! ```toml
//! qga-types = { path = "../qapi/qga-types", default-features = false, features = ["v2_3"] }
//! ```
//!
//! All versions have the same names, so moving from one to another is a change
//! of `use`. Types of two versions are different types, even where they look
//! the same.
//!
//! There is no module for every release. An agent of a release in between can
//! be spoken to as the older one, for what it has beyond that is ignored; what
//! it can do is told by `guest-info`.
//!
//! # An agent
//!
//! Implement [`GuestAgent`], one method per command, and serve it with
//! [`qapi_runtime::session::serve`] as a [`GuestAgentServer`]. [`COMMANDS`]
//! says what there is to know about each command, and [`dispatch`] answers a
//! single call.
//!
//! # A client
//!
//! [`GuestAgentClient`] has one method per command and works over any stream:
//!
//! ```no_run
//! use std::os::unix::net::UnixStream;
//!
//! use qga_types::{GuestAgentClient, GuestFileOpenArgs};
//!
//! let stream = UnixStream::connect("/run/vm/agent.sock")?;
//! let mut agent = GuestAgentClient::over(stream);
//! agent.client().resynchronize()?;
//! let handle = agent.guest_file_open(&GuestFileOpenArgs::new("/etc/hostname").mode("r"))?;
//! println!("open as {handle}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Between the two
//!
//! A client implements [`GuestAgent`] as well, so a server can stand in front of
//! another agent. This one lets a host see the guest, and change nothing:
//!
//! ```no_run
//! use std::os::unix::net::{UnixListener, UnixStream};
//!
//! use qapi_runtime::layer::{Allow, Gate};
//! use qapi_runtime::session;
//! use qga_types::{GuestAgentClient, GuestAgentServer};
//!
//! let agent = UnixStream::connect("/run/vm/agent.sock")?;
//! let proxy = GuestAgentServer(GuestAgentClient::over(agent));
//! let mut service = Gate::new(proxy, Allow::new(["guest-ping", "guest-get-osinfo"]));
//! let (mut host, _) = UnixListener::bind("/run/vm/looking.sock")?.accept()?;
//! session::serve(&mut host, &mut service)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Types
//!
//! Constructors take the required members of an object, setters the optional
//! ones, so a member that a later schema adds breaks no caller:
//!
//! ```
//! use qga_types::GuestExecArgs;
//!
//! let args = GuestExecArgs::new("/bin/true").capture_output(true);
//! assert_eq!(
//!     qapi_runtime::to_string(&args)?,
//!     r#"{"path": "/bin/true", "capture-output": true}"#
//! );
//! # Ok::<(), qapi_runtime::EncodeError>(())
//! ```

#![forbid(unsafe_code)]

#[cfg(feature = "v0_15")]
pub mod v0_15;
#[cfg(feature = "v10_2")]
pub mod v10_2;
#[cfg(feature = "v1_1")]
pub mod v1_1;
#[cfg(feature = "v1_5")]
pub mod v1_5;
#[cfg(feature = "v2_3")]
pub mod v2_3;
#[cfg(feature = "v3_1")]
pub mod v3_1;

#[cfg(feature = "v10_2")]
#[doc(inline)]
pub use v10_2::*;
