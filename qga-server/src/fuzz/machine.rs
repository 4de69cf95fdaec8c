//! What stands in files of the machine and its users.

use std::array::from_fn;

use super::{split_line, text};
use crate::handler::ssh;
use crate::sys::ioctl::RtcTime;
use crate::sys::time_zone::{self, Zone};
use crate::sys::{Root, os_release, passwd, rtc, utmp};

/// Moments at which something may change: the ends of what numbers hold, and years around now.
const MOMENTS: [i64; 8] = [
    i64::MIN,
    -1 << 32,
    -1,
    0,
    1_700_000_000,
    1 << 31,
    1 << 40,
    i64::MAX,
];

/// The list of users: the one who is named in the first line.
pub fn passwd(bytes: &[u8]) {
    let (name, file) = split_line(bytes);
    let (name, file) = (text(name), text(file));
    if let Some(user) = passwd::parse(&file, &name) {
        assert!(!user.home.as_os_str().is_empty());
        assert_eq!(passwd::parse(&format!("\n{file}"), &name), Some(user));
    }
}

/// The name of the distribution: the key that is named in the first line.
pub fn os_release(bytes: &[u8]) {
    let (key, file) = split_line(bytes);
    let (key, file) = (text(key), text(file));
    let release = os_release::parse(&file);
    let again = os_release::parse(&format!("{file}\n\n{file}"));
    assert_eq!(release.get(&key), again.get(&key));
}

/// The list of logins.
pub fn utmp(bytes: &[u8]) {
    /// What is surely a multiple of the size of a record, whatever machine this is.
    const RECORDS: usize = 9600;

    let apart: Vec<_> = bytes.chunks(RECORDS).flat_map(utmp::parse).collect();
    assert_eq!(utmp::parse(bytes), apart);
}

/// A compiled time zone, and the rules that a variable may hold instead.
pub fn time_zone(bytes: &[u8]) {
    let zone = Zone::parse(bytes);
    for moment in MOMENTS {
        assert!(zone.local(moment).zone.len() < 256);
    }
    let nowhere = Root::new("/nonexistent");
    let variable = text(bytes);
    for moment in MOMENTS {
        time_zone::read(&nowhere, Some(&variable), moment);
    }
}

/// What the clock in hardware shows, and the notes about it.
pub fn rtc(bytes: &[u8]) {
    rtc::shows_local_time(&text(bytes));
    let number = |index: usize| {
        let byte = |at: usize| bytes.get(index * 4 + at).copied().unwrap_or_default();
        i32::from_le_bytes(from_fn(byte))
    };
    let time = RtcTime {
        second: number(0),
        minute: number(1),
        hour: number(2),
        day: number(3),
        month: number(4),
        year: number(5),
        unused: [0; 3],
    };
    // A leap second is the second after it as well.
    if let Some(unix_time) = rtc::unix_time(time).filter(|_| time.second < 60) {
        assert_eq!(rtc::calendar(unix_time), Some(time));
    }
}

/// The keys of a user, of which those in the first two lines are added and removed.
pub fn authorized_keys(bytes: &[u8]) {
    let (first, rest) = split_line(bytes);
    let (second, file) = split_line(rest);
    let keys = [text(first).into_owned(), text(second).into_owned()];
    if ssh::check(&keys).is_err() {
        return;
    }
    let listed = ssh::keys(file);
    let more = ssh::with(Some(file), &keys);
    assert_eq!(
        ssh::with(Some(&more), &keys),
        more,
        "nothing is added twice"
    );
    assert!(listed.iter().all(|key| ssh::keys(&more).contains(key)));
    let less = ssh::without(&more, &keys);
    assert_eq!(ssh::without(&less, &keys), less);
    for key in keys.iter().filter(|key| !key.is_empty()) {
        assert!(
            less.split(|byte| *byte == b'\n')
                .all(|line| line != key.as_bytes())
        );
    }
}
