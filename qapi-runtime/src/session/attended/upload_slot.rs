//! Where the upload of a thread lies while the thread does nothing with it.

use std::sync::Mutex;

use crate::lock::lock;
use crate::upload::Ongoing;

/// A place for an upload, which another thread may get or end.
///
/// Whoever does something with the upload takes it out meanwhile: that may take long.
#[derive(Debug, Default)]
pub(super) struct UploadSlot(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    upload: Ongoing,
    /// The thread does something with it, and will lay it down again.
    is_lent: bool,
    /// Nothing comes any more, so there is no use for an upload.
    closed: bool,
}

impl UploadSlot {
    /// The upload, which will be laid down again.
    pub(super) fn lend(&self) -> Ongoing {
        let mut state = lock(&self.0);
        state.is_lent = true;
        std::mem::take(&mut state.upload)
    }

    /// Whether the thread is at something that it will lay down here.
    pub(super) fn is_lent(&self) -> bool {
        lock(&self.0).is_lent
    }

    /// The upload, if it is here.
    pub(super) fn take(&self) -> Ongoing {
        std::mem::take(&mut lock(&self.0).upload)
    }

    /// Lays an upload down, or drops it if it has no end to come to.
    pub(super) fn put(&self, upload: Ongoing) {
        let mut state = lock(&self.0);
        state.is_lent = false;
        if state.closed {
            drop(state);
            drop(upload);
        } else {
            state.upload = upload;
        }
    }

    /// Drops the upload that is here, or will be.
    pub(super) fn close(&self) {
        let mut state = lock(&self.0);
        state.closed = true;
        let upload = std::mem::take(&mut state.upload);
        // To undo what it did may take long.
        drop(state);
        drop(upload);
    }
}
