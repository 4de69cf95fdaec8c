//! Who a user is: `/etc/passwd`, and what else the machine looks users up in.

use std::path::PathBuf;

use rustix::fs::{Gid, Uid};

use super::{Root, os_string};

/// A user as far as the agent has to do with one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) uid: Uid,
    pub(crate) gid: Gid,
    /// A path on the machine, that is, not below the root yet.
    pub(crate) home: PathBuf,
}

/// The user of that name.
pub(crate) fn find(root: &Root, name: &str) -> Option<User> {
    let text = root.text("/etc/passwd").unwrap_or_default();
    parse(&text, name).or_else(|| root.is_machine().then(|| look_up(name)).flatten())
}

/// The first line about that user. An empty home is the root directory, as a login has it.
pub(crate) fn parse(text: &str, name: &str) -> Option<User> {
    text.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        let [user, _, uid, gid, _, home, ..] = fields.as_slice() else {
            return None;
        };
        (*user == name && !name.is_empty()).then_some(User {
            uid: Uid::from_raw(uid.parse().ok()?),
            gid: Gid::from_raw(gid.parse().ok()?),
            home: if home.is_empty() {
                "/".into()
            } else {
                os_string(home).into()
            },
        })
    })
}

/// Asks the C library, which knows directories on the network.
///
/// A static program does not: its library would have to load code made for another one.
#[cfg(not(target_feature = "crt-static"))]
fn look_up(name: &str) -> Option<User> {
    if name.contains('\0') {
        return None;
    }
    let user = nix::unistd::User::from_name(name).ok()??;
    Some(User {
        uid: Uid::from_raw(user.uid.as_raw()),
        gid: Gid::from_raw(user.gid.as_raw()),
        home: user.dir,
    })
}

#[cfg(target_feature = "crt-static")]
fn look_up(_: &str) -> Option<User> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_a_user_counts() {
        let text = "root:x:0:0:root:/root:/bin/sh\n+nis\nuser:x:x:1::/home/odd:/bin/sh\n\
                    user:x:1000:1001::/home/user:/bin/sh\nuser:x:1:1::/other:/bin/sh\nbare:x:7:8::\n";
        let user = parse(text, "user").expect("a user");
        assert_eq!((user.uid.as_raw(), user.gid.as_raw()), (1000, 1001));
        assert_eq!(user.home, PathBuf::from("/home/user"));
        assert_eq!(
            parse(text, "bare").expect("a user").home,
            PathBuf::from("/")
        );
        for other in ["", "use", "user:x", "nobody", "+nis"] {
            assert_eq!(parse(text, other), None, "{other}");
        }
    }

    #[test]
    fn trees_of_tests_have_no_users_of_the_machine() {
        assert_eq!(find(&Root::new("/absent"), "root"), None);
        assert!(find(&Root::default(), "root").is_some());
        assert_eq!(find(&Root::default(), "no\0user"), None);
    }
}
