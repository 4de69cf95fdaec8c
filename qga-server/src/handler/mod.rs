//! One file per area: arguments in, answers out.
//!
//! Nothing here sees bytes of the protocol, JSON or `unsafe`; the machine is reached through
//! [`sys`](crate::sys) only. The table of commands is in [`agent`](crate::agent).

use qapi_runtime::Error;

use crate::sys;

pub(crate) mod disk;
pub(crate) mod disk_stats;
pub(crate) mod exec;
pub(crate) mod file;
pub(crate) mod fsfreeze;
pub(crate) mod fstrim;
pub(crate) mod info;
pub(crate) mod memory;
pub(crate) mod network;
pub(crate) mod os;
pub(crate) mod power;
pub(crate) mod route;
pub(crate) mod smart;
pub(crate) mod ssh;
pub(crate) mod stats;
pub(crate) mod sync;
pub(crate) mod time;
pub(crate) mod upload;
pub(crate) mod user;
pub(crate) mod vcpu;

/// What the host reads when the machine refuses something.
impl From<sys::Error> for Error {
    fn from(error: sys::Error) -> Self {
        Error::generic(error.to_string())
    }
}
