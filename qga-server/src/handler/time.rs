//! guest-get-time, guest-set-time, guest-get-timezone: the clock.

use qapi_runtime::Error;
use qga_types::{GuestSetTimeArgs, GuestTimezone};
use rustix::io::Errno;

use crate::Agent;
use crate::sys::error::reason;
use crate::sys::rtc::Rtc;
use crate::sys::{clock, time_zone};

/// The last second of the year 2069, behind which the C agent believes no time.
const LAST_SECOND: i64 = 3_155_759_999;

/// The clock in nanoseconds since 1970. It has the resolution of the C agent, a microsecond.
pub(crate) fn get_time() -> Result<i64, Error> {
    let nanoseconds = clock::now().as_micros() * 1000;
    i64::try_from(nanoseconds).map_err(|_| Error::generic("the clock is past the year 2262"))
}

/// Sets the clock, and by it the clock in hardware; or without a time the other way round.
///
/// No program is needed for it. A machine without a clock in hardware keeps the time it is given.
pub(crate) fn set_time(agent: &Agent, args: GuestSetTimeArgs) -> Result<(), Error> {
    let settings = &agent.settings;
    let rtc = Rtc::open(&settings.root, settings.time_zone.as_deref());
    let set = |seconds, nanoseconds| {
        clock::set(&settings.root, seconds, nanoseconds).map_err(|errno| {
            Error::generic(format!("Failed to set time to guest: {}", reason(errno)))
        })
    };
    match args.time {
        None => set(rtc?.next_second()?, 0),
        Some(time) => {
            let (seconds, nanoseconds) = parts(time)?;
            set(seconds, nanoseconds)?;
            match rtc {
                Ok(rtc) => rtc.follow_system().map_err(failed_to_follow),
                Err(error) if error.errno == Errno::NOENT => {
                    log::warn!("no clock in hardware to set: {error}");
                    Ok(())
                }
                Err(error) => Err(failed_to_follow(error)),
            }
        }
    }
}

fn failed_to_follow(error: crate::sys::Error) -> Error {
    Error::generic(format!(
        "failed to set hardware clock to system time: {error}"
    ))
}

/// Whole seconds and the rest, which has the resolution of the C agent, a microsecond.
fn parts(time: i64) -> Result<(i64, i32), Error> {
    let (seconds, rest) = (time / 1_000_000_000, time % 1_000_000_000);
    if !(0..=LAST_SECOND).contains(&seconds) {
        return Err(Error::generic("Invalid time"));
    }
    let microseconds = i32::try_from(rest / 1000).expect("a million at most");
    Ok((seconds, microseconds * 1000))
}

/// What local time is now.
pub(crate) fn get_timezone(agent: &Agent) -> Result<GuestTimezone, Error> {
    let settings = &agent.settings;
    let now = i64::try_from(clock::now().as_secs()).unwrap_or(i64::MAX);
    let local = time_zone::read(&settings.root, settings.time_zone.as_deref(), now);
    Ok(GuestTimezone::new(i64::from(local.offset)).zone(local.zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_microseconds_and_end_with_2069() {
        let told = |time| parts(time).map_err(|error| error.to_string());
        assert_eq!(
            told(1_700_000_000_123_456_789),
            Ok((1_700_000_000, 123_456_000))
        );
        assert_eq!(told(0), Ok((0, 0)));
        assert_eq!(told(-1), Ok((0, 0)));
        assert_eq!(
            told(3_155_759_999_999_999_999),
            Ok((LAST_SECOND, 999_999_000))
        );
        for time in [
            3_155_760_000_000_000_000,
            -1_000_000_000,
            i64::MIN,
            i64::MAX,
        ] {
            assert_eq!(told(time), Err("Invalid time".into()), "{time}");
        }
    }
}
