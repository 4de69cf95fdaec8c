//! What is known of a request when a long argument begins.

use super::UploadInfo;
use crate::decode::{Decode, Input, Unknown};
use crate::document::{Document, Json};
use crate::request::Request;

/// A call that is still being read, up to the beginning of a long argument.
#[derive(Debug)]
pub struct Opening<'a> {
    request: Request<'a>,
}

impl<'a> Opening<'a> {
    /// The call that `document` has begun, if its last value is a member from the list.
    pub(crate) fn find(document: &'a Document, uploads: &[UploadInfo]) -> Option<Self> {
        let request = Request::parse(document.root()).ok()?;
        let (last, _) = document.root().members().last()?;
        let (member, _) = request.arguments?.members().last()?;
        let is_listed =
            |info: &UploadInfo| info.command == request.execute && info.member == member;
        let is_upload = last == "arguments" && uploads.iter().any(is_listed);
        is_upload.then_some(Self { request })
    }

    /// The name of the command.
    pub fn command(&self) -> &'a str {
        self.request.execute
    }

    /// Decodes the arguments as they are so far; the long one has not come yet. Nothing, if one is
    /// wrong or still absent.
    pub fn arguments<A: Decode<'a>>(&self) -> Option<A> {
        let arguments: Json<'a> = self.request.arguments?;
        A::decode(Input::new(arguments, Unknown::Refuse)).ok()
    }
}
