//! Using files with the rights of a user.

use std::marker::PhantomData;

use nix::unistd::{Gid, Uid, setfsgid, setfsuid};
use rustix::io::Errno;

use super::passwd::User;

/// While this exists, this thread opens and makes files as that user, and may no more than that
/// user may.
#[derive(Debug)]
pub(crate) struct AsUser {
    uid: Uid,
    gid: Gid,
    /// The kernel keeps these identities for each thread, so this has to stay where it is.
    thread: PhantomData<*const ()>,
}

impl AsUser {
    /// Becomes that user.
    ///
    /// # Errors
    /// The agent runs as somebody else who may not do that.
    pub(crate) fn new(user: &User) -> Result<Self, Errno> {
        let (uid, gid) = (
            Uid::from_raw(user.uid.as_raw()),
            Gid::from_raw(user.gid.as_raw()),
        );
        // The group first: afterwards the right to do it may be gone.
        let before = Self {
            gid: setfsgid(gid),
            uid: setfsuid(uid),
            thread: PhantomData,
        };
        // Neither tells whether it worked, but an impossible identity tells the present one.
        let present = (
            setfsuid(Uid::from_raw(u32::MAX)),
            setfsgid(Gid::from_raw(u32::MAX)),
        );
        match present == (uid, gid) {
            true => Ok(before),
            false => Err(Errno::PERM),
        }
    }
}

impl Drop for AsUser {
    fn drop(&mut self) {
        setfsuid(self.uid);
        setfsgid(self.gid);
    }
}
