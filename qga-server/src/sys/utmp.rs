//! `/var/run/utmp`: who is logged in.

use super::error::if_there;
use super::{Error, Root};

const FILE: &str = "/var/run/utmp";
/// The type of a record that stands for a session of a user.
const USER_PROCESS: i16 = 7;
/// Where the type, the name and the time stand, in a record of the C library.
const TYPE: usize = 0;
const USER: usize = 44;
const USER_SIZE: usize = 32;
const TIME: usize = 340 + (TIME_SIZE - 4);
/// The size of each half of the time, and that of a record. Most 64-bit machines keep the format
/// of their 32-bit ancestors; those without such ancestors do not.
const TIME_SIZE: usize = if WIDE { 8 } else { 4 };
const RECORD: usize = if WIDE { 400 } else { 384 };
const WIDE: bool = cfg!(any(target_arch = "aarch64", target_arch = "s390x"));

/// The session of one user on one terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Login {
    pub(crate) user: String,
    pub(crate) seconds: i64,
    pub(crate) microseconds: i64,
}

/// Everyone who is logged in, in the order of the file; nobody if there is none.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn read(root: &Root) -> Result<Vec<Login>, Error> {
    let bytes = if_there(root.read(FILE))?;
    Ok(bytes.map(|bytes| parse(&bytes)).unwrap_or_default())
}

/// Parses whole records of user sessions; half a record at the end is one that is being written.
pub(crate) fn parse(bytes: &[u8]) -> Vec<Login> {
    bytes.chunks_exact(RECORD).filter_map(record).collect()
}

fn record(record: &[u8]) -> Option<Login> {
    if i16::from_ne_bytes(array(record, TYPE)) != USER_PROCESS {
        return None;
    }
    // A name that fills its field ends there, without a NUL.
    let user = &record[USER..USER + USER_SIZE];
    let end = user.iter().position(|byte| *byte == 0);
    let user = &user[..end.unwrap_or(USER_SIZE)];
    Some(Login {
        user: String::from_utf8_lossy(user).into_owned(),
        seconds: number(record, TIME),
        microseconds: number(record, TIME + TIME_SIZE),
    })
}

fn number(record: &[u8], at: usize) -> i64 {
    match WIDE {
        true => i64::from_ne_bytes(array(record, at)),
        false => i32::from_ne_bytes(array(record, at)).into(),
    }
}

fn array<const N: usize>(record: &[u8], at: usize) -> [u8; N] {
    record[at..at + N]
        .try_into()
        .expect("a slice of N bytes is an array of N bytes")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A record with that type, user and time.
    fn record(kind: i16, user: &str, seconds: i32, microseconds: i32) -> Vec<u8> {
        let mut record = vec![0; RECORD];
        record[TYPE..TYPE + 2].copy_from_slice(&kind.to_ne_bytes());
        record[USER..USER + user.len()].copy_from_slice(user.as_bytes());
        for (at, number) in [(TIME, seconds), (TIME + TIME_SIZE, microseconds)] {
            match WIDE {
                true => record[at..at + 8].copy_from_slice(&i64::from(number).to_ne_bytes()),
                false => record[at..at + 4].copy_from_slice(&number.to_ne_bytes()),
            }
        }
        record
    }

    /// What is told of such a record.
    pub(crate) fn login(user: &str, seconds: i64, microseconds: i64) -> Login {
        Login {
            user: user.to_owned(),
            seconds,
            microseconds,
        }
    }

    #[test]
    fn sessions_of_users_count() {
        let file = [
            record(2, "reboot", 1, 0),
            record(USER_PROCESS, "root", 1_700_000_000, 250_000),
            record(8, "gone", 2, 0),
            record(USER_PROCESS, "before-1970", -5, 0),
        ];
        assert_eq!(
            parse(&file.concat()),
            [
                login("root", 1_700_000_000, 250_000),
                login("before-1970", -5, 0)
            ]
        );
    }

    #[test]
    fn long_names_end_with_their_field() {
        let name = "a".repeat(USER_SIZE);
        let mut file = record(USER_PROCESS, &name, 1, 0);
        file[USER + USER_SIZE] = b'x';
        assert_eq!(parse(&file), [login(&name, 1, 0)]);
    }

    #[test]
    fn half_a_record_is_passed_over() {
        let file = record(USER_PROCESS, "root", 1, 0);
        assert_eq!(parse(&file[..RECORD - 1]), []);
    }
}
