//! An upload from its beginning to its end.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::{Opening, Upload};
use crate::document::Document;
use crate::service::Service;

/// What takes the argument that is being read.
#[derive(Default)]
pub(crate) enum Ongoing {
    /// Nothing: it stays in memory.
    #[default]
    None,
    Upload(Box<dyn Upload>),
    /// Nothing any more: the upload panicked.
    Panic(Box<dyn Any + Send>),
}

impl Ongoing {
    /// Asks `service` for an upload. A panic is as good as none.
    pub(crate) fn open<S: Service + ?Sized>(service: &mut S, opening: &Opening<'_>) -> Self {
        match catch_unwind(AssertUnwindSafe(|| service.upload(opening))) {
            Ok(Some(upload)) => Self::Upload(upload),
            Ok(None) | Err(_) => Self::None,
        }
    }

    pub(crate) fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// Passes some bytes on.
    pub(crate) fn receive(&mut self, bytes: &[u8]) {
        if let Self::Upload(upload) = self
            && let Err(panic) = catch_unwind(AssertUnwindSafe(|| upload.receive(bytes)))
        {
            *self = Self::Panic(panic);
        }
    }

    /// Passes the last bytes on and leaves the upload to the command of `document`, if that is
    /// where the bytes belong. Otherwise the upload is dropped.
    ///
    /// # Errors
    /// The upload has panicked.
    pub(crate) fn finish(mut self, document: &mut Document) -> Result<(), Box<dyn Any + Send>> {
        let Some(received) = document.received.as_mut().and_then(Arc::get_mut) else {
            return Ok(());
        };
        self.receive(&std::mem::take(&mut received.rest));
        match self {
            Self::Upload(upload) => {
                received.upload = Some(upload).into();
                Ok(())
            }
            Self::Panic(panic) => Err(panic),
            Self::None => Err(Box::new("the upload is lost")),
        }
    }
}

impl fmt::Debug for Ongoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Upload(_) => "Upload",
            Self::Panic(_) => "Panic",
        })
    }
}
