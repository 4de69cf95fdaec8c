//! The local time zone: `TZ`, or `/etc/localtime`.

use tz::TimeZone;
use tz::timezone::TimeZoneSettings;

use super::Root;

/// Where zone files lie.
const ZONE_FILES: &str = "/usr/share/zoneinfo";

/// What local time is at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LocalTime {
    /// Seconds east of UTC.
    pub(crate) offset: i32,
    /// The abbreviation, for example `EST` or `+0545`.
    pub(crate) zone: String,
}

/// A time zone, or UTC if there is none, as in the C library.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Zone(Option<TimeZone>);

impl Zone {
    /// The zone that the value of `TZ` means if it is set, else that of `/etc/localtime`.
    pub(crate) fn find(root: &Root, tz: Option<&str>) -> Self {
        Self(match tz {
            None => zone_file(root, "/etc/localtime"),
            Some(tz) => named(root, tz.strip_prefix(':').unwrap_or(tz)),
        })
    }

    /// What a compiled zone file says; UTC, if it is none.
    pub(crate) fn parse(file: &[u8]) -> Self {
        Self(TimeZone::from_tz_data(file).ok())
    }

    /// Local time at `unix_time`.
    pub(crate) fn local(&self, unix_time: i64) -> LocalTime {
        self.0
            .as_ref()
            .and_then(|zone| local_time(zone, unix_time))
            .unwrap_or_else(utc)
    }
}

/// Local time at `unix_time`, by the value of `TZ` if it is set, else by `/etc/localtime`.
///
/// Everything is read again on each call, so a guest that moves is noticed.
pub(crate) fn read(root: &Root, tz: Option<&str>, unix_time: i64) -> LocalTime {
    Zone::find(root, tz).local(unix_time)
}

/// The zone that a value of `TZ` means: a file, a name in the zone database, or POSIX rules.
fn named(root: &Root, tz: &str) -> Option<TimeZone> {
    let file = match tz {
        "" => return None,
        absolute if absolute.starts_with('/') => zone_file(root, absolute),
        name => zone_file(root, &format!("{ZONE_FILES}/{name}")),
    };
    file.or_else(|| posix_rules(tz))
}

/// A compiled zone file.
fn zone_file(root: &Root, path: &str) -> Option<TimeZone> {
    Zone::parse(&root.read(path).ok()?).0
}

/// Rules such as `CET-1CEST,M3.5.0,M10.5.0/3`.
fn posix_rules(tz: &str) -> Option<TimeZone> {
    // Without directories and with a reader that finds nothing, only the rules themselves count.
    TimeZoneSettings::new(&[], |_| Err("zone files are looked up elsewhere".into()))
        .parse_posix_tz(tz)
        .ok()
}

fn local_time(zone: &TimeZone, unix_time: i64) -> Option<LocalTime> {
    let local = zone.find_local_time_type(unix_time).ok()?;
    Some(LocalTime {
        offset: local.ut_offset(),
        zone: local.time_zone_designation().to_owned(),
    })
}

fn utc() -> LocalTime {
    LocalTime {
        offset: 0,
        zone: "UTC".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINTER: i64 = 1_768_435_200;
    const SUMMER: i64 = 1_784_073_600;

    fn local(root: &Root, tz: Option<&str>, unix_time: i64) -> (i32, String) {
        let local = read(root, tz, unix_time);
        (local.offset, local.zone)
    }

    #[test]
    fn posix_rules_know_summer_time() {
        let tz = Some("CET-1CEST,M3.5.0,M10.5.0/3");
        assert_eq!(
            local(&Root::captured("empty"), tz, WINTER),
            (3600, "CET".into())
        );
        assert_eq!(
            local(&Root::captured("empty"), tz, SUMMER),
            (7200, "CEST".into())
        );
    }

    #[test]
    fn localtime_counts_when_no_zone_is_set() {
        assert_eq!(
            local(&Root::captured("debian-12"), None, WINTER),
            (20_700, "+0545".into())
        );
    }

    #[test]
    fn zone_names_and_files_are_found_below_the_root() {
        let root = Root::captured("debian-12");
        for tz in [
            "Asia/Kathmandu",
            ":Asia/Kathmandu",
            "/etc/localtime",
            ":/etc/localtime",
        ] {
            assert_eq!(
                local(&root, Some(tz), WINTER),
                (20_700, "+0545".into()),
                "{tz}"
            );
        }
    }

    #[test]
    fn unknown_zones_are_utc() {
        for tz in [
            None,
            Some(""),
            Some("Nowhere/Town"),
            Some(":"),
            Some("/no/file"),
        ] {
            assert_eq!(
                local(&Root::captured("empty"), tz, WINTER),
                (0, "UTC".into()),
                "{tz:?}"
            );
        }
    }
}
