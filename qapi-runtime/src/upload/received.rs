//! What a document has in place of an argument that was uploaded.

use std::fmt;
use std::sync::Mutex;

use super::Upload;
use crate::base64::Base64Error;
use crate::lock::lock;

/// An argument whose text was never here.
pub(crate) struct Received {
    /// Where it would stand in the document.
    pub(crate) place: u32,
    /// How many bytes it was, if it was base64.
    pub(crate) checked: Result<usize, Base64Error>,
    /// The last of these bytes, until the upload has them.
    pub(crate) rest: Vec<u8>,
    /// What took the bytes, until its command takes it.
    pub(crate) upload: Mutex<Option<Box<dyn Upload>>>,
}

impl Received {
    pub(crate) fn new(place: u32, checked: Result<usize, Base64Error>, rest: Vec<u8>) -> Self {
        Self {
            place,
            checked,
            rest,
            upload: Mutex::default(),
        }
    }

    /// The upload, for the one who asks first.
    pub(crate) fn take(&self) -> Option<Box<dyn Upload>> {
        lock(&self.upload).take()
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Received");
        debug
            .field("checked", &self.checked)
            .finish_non_exhaustive()
    }
}
