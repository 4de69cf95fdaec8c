//! The interface of the QEMU guest agent, as of QEMU 10.2 on Linux: its types,
//! a trait for agents, a client for those who talk to one.
//!
//! Everything here is generated from `schema/qga-10.2.json`, documentation
//! included. The interface is described by the [Guest Agent Protocol
//! Reference](https://www.qemu.org/docs/master/interop/qemu-ga-ref.html); what
//! exists on Windows only is left out.
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
//! let mut agent = GuestAgentClient::new(stream);
//! agent.client().resynchronize()?;
//! let handle = agent.guest_file_open(&GuestFileOpenArgs::new("/etc/hostname").mode("r"))?;
//! println!("open as {handle}");
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

include!(concat!(env!("OUT_DIR"), "/qga.rs"));
