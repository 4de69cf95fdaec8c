//! guest-get-time, guest-get-timezone: the clock.

use qapi_runtime::Error;
use qga_types::GuestTimezone;

use crate::Agent;
use crate::sys::{clock, time_zone};

/// The clock in nanoseconds since 1970. It has the resolution of the C agent, a microsecond.
pub(crate) fn get_time() -> Result<i64, Error> {
    let nanoseconds = clock::now().as_micros() * 1000;
    i64::try_from(nanoseconds).map_err(|_| Error::generic("the clock is past the year 2262"))
}

/// What local time is now.
pub(crate) fn get_timezone(agent: &Agent) -> Result<GuestTimezone, Error> {
    let settings = &agent.settings;
    let now = i64::try_from(clock::now().as_secs()).unwrap_or(i64::MAX);
    let local = time_zone::read(&settings.root, settings.time_zone.as_deref(), now);
    Ok(GuestTimezone::new(i64::from(local.offset)).zone(local.zone))
}
