//! guest-sync, guest-sync-delimited, guest-ping: is anybody there?

use qapi_runtime::Error;
use qga_types::{GuestSyncArgs, GuestSyncDelimitedArgs};

use crate::log::ACCOUNTING;

/// Answers with the number asked. The byte that comes before the reply is not made here: the
/// dispatch of the generated code asks for it.
pub(crate) fn sync_delimited(args: GuestSyncDelimitedArgs) -> Result<i64, Error> {
    Ok(args.id)
}

/// Answers with the number asked.
pub(crate) fn sync(args: GuestSyncArgs) -> Result<i64, Error> {
    Ok(args.id)
}

/// Answers.
pub(crate) fn ping() -> Result<(), Error> {
    log::info!(target: ACCOUNTING, "guest-ping called");
    Ok(())
}
