//! The clock in hardware, which goes on while the machine is off.

use std::os::fd::OwnedFd;
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use tz::UtcDateTime;

use super::clock::now;
use super::ioctl::{self, RtcTime};
use super::{Error, Root, time_zone};

/// The names that it has, on machines that have one.
const DEVICES: [&str; 3] = ["/dev/rtc", "/dev/rtc0", "/dev/misc/rtc"];
/// Where it is noted whether it shows local time, as other systems want it.
const NOTES: &str = "/etc/adjtime";
/// A second of it begins half a second after it is set, as the chip of PCs does it.
const LEAD: Duration = Duration::from_millis(500);
/// How long to wait for the next second, which may never come, and how often to look.
const PATIENCE: Duration = Duration::from_millis(1500);
const BETWEEN_LOOKS: Duration = Duration::from_millis(2);

/// The open device.
#[derive(Debug)]
pub(crate) struct Rtc {
    device: OwnedFd,
    /// How many seconds what it shows is ahead of UTC.
    ahead: i64,
}

impl Rtc {
    /// The clock of this machine; `tz` is the time zone instead of the machine's.
    ///
    /// # Errors
    /// There is none, or it cannot be used.
    pub(crate) fn open(root: &Root, tz: Option<&str>) -> Result<Self, Error> {
        let notes = root.text(NOTES).unwrap_or_default();
        let unix_time = i64::try_from(now().as_secs()).unwrap_or(i64::MAX);
        let ahead = match shows_local_time(&notes) {
            true => time_zone::read(root, tz, unix_time).offset.into(),
            false => 0,
        };
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        let mut missing = Error::at("open", DEVICES[0], Errno::NOENT);
        for name in DEVICES {
            match rustix::fs::open(root.path(name), flags, Mode::empty()) {
                Ok(device) => return Ok(Self { device, ahead }),
                Err(Errno::NOENT) => {}
                Err(errno) => missing = Error::at("open", name, errno),
            }
        }
        Err(missing)
    }

    /// Sets it to the time that the machine has. Takes up to a second, since it has whole seconds.
    ///
    /// # Errors
    /// It cannot be set.
    pub(crate) fn follow_system(&self) -> Result<(), Error> {
        let failure = |errno| Error::new("RTC_SET_TIME", errno);
        thread::sleep(until_half(now()));
        let unix_time = i64::try_from(now().as_secs()).map_err(|_| failure(Errno::RANGE))?;
        let time = calendar(unix_time + self.ahead).ok_or_else(|| failure(Errno::RANGE))?;
        ioctl::set_rtc(&self.device, time).map_err(failure)
    }

    /// The time at the beginning of its next second, at which this returns.
    ///
    /// # Errors
    /// It cannot be read, or shows no time.
    pub(crate) fn next_second(&self) -> Result<i64, Error> {
        let (start, first) = (Instant::now(), self.read()?);
        let mut time = first;
        while time == first && start.elapsed() < PATIENCE {
            thread::sleep(BETWEEN_LOOKS);
            time = self.read()?;
        }
        Ok(time)
    }

    fn read(&self) -> Result<i64, Error> {
        let failure = |errno| Error::new("RTC_RD_TIME", errno);
        let time = ioctl::rtc(&self.device).map_err(failure)?;
        let unix_time = unix_time(time).ok_or_else(|| failure(Errno::INVAL))?;
        Ok(unix_time - self.ahead)
    }
}

/// The third line tells; without it, UTC is meant.
pub(crate) fn shows_local_time(notes: &str) -> bool {
    notes
        .lines()
        .nth(2)
        .is_some_and(|line| line.trim() == "LOCAL")
}

/// How long it is until half of a second is over.
fn until_half(time: Duration) -> Duration {
    let part = Duration::from_nanos(time.subsec_nanos().into());
    match LEAD.checked_sub(part) {
        Some(left) => left,
        None => LEAD + Duration::from_secs(1) - part,
    }
}

pub(crate) fn calendar(unix_time: i64) -> Option<RtcTime> {
    let time = UtcDateTime::from_timespec(unix_time, 0).ok()?;
    Some(RtcTime {
        second: time.second().into(),
        minute: time.minute().into(),
        hour: time.hour().into(),
        day: time.month_day().into(),
        month: i32::from(time.month()) - 1,
        year: time.year() - 1900,
        unused: [0; 3],
    })
}

pub(crate) fn unix_time(time: RtcTime) -> Option<i64> {
    let small = |number: i32| u8::try_from(number).ok();
    let year = time.year.checked_add(1900)?;
    let month = small(time.month)?.checked_add(1)?;
    let (day, hour) = (small(time.day)?, small(time.hour)?);
    let (minute, second) = (small(time.minute)?, small(time.second)?);
    let time = UtcDateTime::new(year, month, day, hour, minute, second, 0).ok()?;
    Some(time.unix_time())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calendar_goes_both_ways() {
        let time = calendar(1_709_210_096).expect("a time of our days");
        let date = (time.year + 1900, time.month + 1, time.day);
        assert_eq!(date, (2024, 2, 29));
        assert_eq!((time.hour, time.minute, time.second), (12, 34, 56));
        for unix_time_ in [0, 1_709_210_096, 3_155_759_999] {
            assert_eq!(calendar(unix_time_).and_then(unix_time), Some(unix_time_));
        }
    }

    #[test]
    fn what_is_no_date_is_no_time() {
        let time = calendar(0).expect("a time");
        assert_eq!(unix_time(RtcTime { month: 12, ..time }), None);
        assert_eq!(unix_time(RtcTime { day: 0, ..time }), None);
        assert_eq!(unix_time(RtcTime { hour: -1, ..time }), None);
    }

    #[test]
    fn notes_tell_of_local_time() {
        assert!(shows_local_time("0.0 0 0.0\n0\nLOCAL\n"));
        assert!(!shows_local_time("0.0 0 0.0\n0\nUTC\n"));
        assert!(!shows_local_time(""));
    }

    #[test]
    fn it_is_set_in_the_middle_of_a_second() {
        let millis = Duration::from_millis;
        assert_eq!(until_half(millis(7_000)), millis(500));
        assert_eq!(until_half(millis(7_499)), millis(1));
        assert_eq!(until_half(millis(7_500)), millis(0));
        assert_eq!(until_half(millis(7_501)), millis(999));
    }

    #[test]
    fn trees_of_tests_have_no_clock() {
        let opened = Rtc::open(&Root::new("/absent"), None);
        let told = opened.expect_err("a failure").to_string();
        assert_eq!(told, "open(\"/dev/rtc\"): No such file or directory");
    }
}
