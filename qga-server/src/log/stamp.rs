//! Moments as logs for people have them: in local time.

use std::time::Duration;

use tz::UtcDateTime;

use crate::sys::Root;
use crate::sys::time_zone::Zone;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Tells local time. The zone is that of the moment it was made: to look for it again at each line
/// would take longer than the command that the line tells of.
#[derive(Debug)]
pub(super) struct Clock(Zone);

impl Clock {
    /// The clock of this machine, or what the variable `TZ` says.
    pub(super) fn of_machine() -> Self {
        let variable = std::env::var_os("TZ").map(|tz| tz.to_string_lossy().into_owned());
        Self(Zone::find(&Root::default(), variable.as_deref()))
    }

    /// `Nov  9 08:07:06`: the form of the system log.
    pub(super) fn date(&self, moment: Duration) -> String {
        let local = self.local(moment);
        let month = MONTHS[usize::from(local.month() - 1)];
        format!("{month} {:>2} {}", local.month_day(), time(&local))
    }

    /// `08:07:06.005`.
    pub(super) fn time(&self, moment: Duration) -> String {
        let local = self.local(moment);
        format!("{}.{:03}", time(&local), moment.subsec_millis())
    }

    /// What a clock on the wall shows, as if it were in Greenwich.
    fn local(&self, moment: Duration) -> UtcDateTime {
        let seconds = i64::try_from(moment.as_secs()).unwrap_or(0);
        let local = seconds + i64::from(self.0.local(seconds).offset);
        UtcDateTime::from_timespec(local, 0).unwrap_or_else(|_| epoch())
    }
}

fn time(moment: &UtcDateTime) -> String {
    let (hour, minute, second) = (moment.hour(), moment.minute(), moment.second());
    format!("{hour:02}:{minute:02}:{second:02}")
}

/// What a clock shows that is out of its mind.
fn epoch() -> UtcDateTime {
    UtcDateTime::from_timespec(0, 0).expect("the first moment there is")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(zone: &str) -> Clock {
        Clock(Zone::find(&Root::captured("empty"), Some(zone)))
    }

    #[test]
    fn moments_are_told_in_local_time() {
        let moment = Duration::from_millis(1_768_435_200_005);
        assert_eq!(clock("UTC0").date(moment), "Jan 15 00:00:00");
        assert_eq!(clock("XYZ8:30").date(moment), "Jan 14 15:30:00");
        assert_eq!(clock("CET-1").time(moment), "01:00:00.005");
        let moment = Duration::from_secs(1_767_600_000);
        assert_eq!(clock("UTC0").date(moment), "Jan  5 08:00:00");
        assert_eq!(clock("UTC0").date(Duration::MAX), "Jan  1 00:00:00");
    }
}
