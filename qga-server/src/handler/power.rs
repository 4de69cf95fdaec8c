//! guest-shutdown, guest-suspend-disk, guest-suspend-ram, guest-suspend-hybrid.

use qapi_runtime::Error;
use qga_types::GuestShutdownArgs;

use crate::Agent;
use crate::log::ACCOUNTING;
use crate::sys::power::{self, End};
use crate::sys::suspend::{self, Sleep};

/// Shuts down, in the way that the word means.
pub(crate) fn shutdown(agent: &Agent, args: GuestShutdownArgs) -> Result<(), Error> {
    let mode = args.mode.as_deref();
    // The C agent says this of a mode that is not given.
    let told = mode.unwrap_or("(null)");
    log::info!(target: ACCOUNTING, "guest-shutdown called, mode: {told}");
    let end = match mode {
        None | Some("powerdown") => End::PowerOff,
        Some("halt") => End::Halt,
        Some("reboot") => End::Reboot,
        Some(_) => {
            // The parenthesis that is missing is missing in the C agent, too.
            let told = "mode is invalid (valid values are: halt|powerdown|reboot";
            return Err(Error::generic(told));
        }
    };
    power::shut_down(&agent.settings.root, end)
        .map_err(|failure| Error::generic(failure.to_string()))
}

/// Sleeps until the host wakes the machine up.
pub(crate) fn suspend(agent: &Agent, how: Sleep) -> Result<(), Error> {
    suspend::sleep(&agent.settings.root, how).map_err(|failure| Error::generic(failure.to_string()))
}
