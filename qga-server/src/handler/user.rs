//! guest-get-users, guest-set-user-password: who uses the machine.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use qapi_runtime::Error;
use qga_types::{GuestSetUserPasswordArgs, GuestUser};
use zeroize::Zeroizing;

use crate::Agent;
use crate::agent::SharedAgent;
use crate::policy::Object;
use crate::sys::utmp::{self, Login};
use crate::sys::{self, Root, os_string, program, run};

/// Everyone who is logged in, once, with the time of the first login.
pub(crate) fn get_users(agent: &Agent) -> Result<Vec<GuestUser>, Error> {
    Ok(first_logins(utmp::read(&agent.settings.root)?))
}

fn first_logins(logins: Vec<Login>) -> Vec<GuestUser> {
    let mut users: Vec<GuestUser> = Vec::new();
    for login in logins {
        // Whole seconds of our days and microseconds fit into the 53 bits.
        let time = login.seconds as f64 + login.microseconds as f64 / 1_000_000.0;
        match users.iter_mut().find(|user| user.user == login.user) {
            Some(user) => user.login_time = user.login_time.min(time),
            None => users.push(GuestUser::new(login.user, time)),
        }
    }
    users
}

/// Sets the password of a user, by way of `chpasswd`, which knows how this machine keeps them.
pub(crate) fn set_user_password(
    agent: &SharedAgent,
    args: GuestSetUserPasswordArgs<'_>,
) -> Result<(), Error> {
    permit(agent, "guest-set-user-password", &args.username)?;
    let password = Zeroizing::new(args.password.to_vec()?);
    set_password(
        &agent.settings.root,
        &args.username,
        &password,
        args.crypted,
    )
}

/// Asks whether a command may be used on a user.
///
/// # Errors
/// It may not.
pub(super) fn permit(agent: &SharedAgent, command: &str, user: &str) -> Result<(), Error> {
    let Some(asking) = agent.policy.about(agent, command) else {
        return Ok(());
    };
    let permitted = asking.permits(Object::User(user)).map(drop);
    permitted.map_err(|errno| sys::Error::new(format!("{command} for user '{user}'"), errno).into())
}

fn set_password(root: &Root, user: &str, password: &[u8], crypted: bool) -> Result<(), Error> {
    // The password ends with the first NUL, as it always did.
    let end = password.iter().position(|byte| *byte == 0);
    let password = &password[..end.unwrap_or(password.len())];
    if password.contains(&b'\n') {
        return Err(Error::generic("forbidden characters in raw password"));
    }
    if user.contains(['\n', ':']) {
        return Err(Error::generic("forbidden characters in username"));
    }
    let line = Zeroizing::new([os_string(user).as_bytes(), b":", password, b"\n"].concat());
    let arguments: &[&OsStr] = if crypted { &[OsStr::new("-e")] } else { &[] };
    run::run(
        program::named(root, "chpasswd"),
        arguments,
        Some(&line),
        "set user password",
    )
    .map_err(|failure| Error::generic(failure.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::program::tests::Tree;
    use crate::sys::utmp::tests::login;

    #[test]
    fn every_user_is_told_once_with_the_first_login() {
        let users = first_logins(vec![
            login("b", 20, 500_000),
            login("a", 15, 0),
            login("b", 10, 250_000),
        ]);
        let told: Vec<(&str, f64)> = users
            .iter()
            .map(|user| (user.user.as_str(), user.login_time))
            .collect();
        assert_eq!(told, [("b", 10.25), ("a", 15.0)]);
    }

    fn set(status: i32, user: &str, password: &[u8], crypted: bool) -> (String, String) {
        let tree = Tree::new();
        tree.program_in_path("chpasswd", status);
        let told = set_password(&tree.root, user, password, crypted);
        let told = told.map_or_else(|error| error.to_string(), |()| "done".to_owned());
        (told, tree.log_in_path())
    }

    #[test]
    fn passwords_go_to_the_program_that_sets_them() {
        let done = |log: &str| ("done".to_owned(), log.to_owned());
        assert_eq!(
            set(0, "user", b"secret", false),
            done("chpasswd\nuser:secret\n")
        );
        assert_eq!(
            set(0, "user", b"$6$x:y", true),
            done("chpasswd -e\nuser:$6$x:y\n")
        );
        assert_eq!(set(0, "", b"cut\0here\n", false), done("chpasswd\n:cut\n"));
        let (told, _) = set(1, "user", b"secret", false);
        assert_eq!(
            told,
            "child process has failed to set user password: exit status 1"
        );
    }

    #[test]
    fn lines_and_fields_cannot_be_smuggled_in() {
        let refused = |told: &str| (told.to_owned(), String::new());
        for password in [&b"a\nroot:b"[..], b"a\n"] {
            assert_eq!(
                set(0, "user", password, false),
                refused("forbidden characters in raw password")
            );
        }
        for user in ["root:x", "a\nroot"] {
            assert_eq!(
                set(0, user, b"secret", false),
                refused("forbidden characters in username")
            );
        }
    }

    #[test]
    fn machines_without_the_program_say_so() {
        let tree = Tree::new();
        let told = set_password(&tree.root, "user", b"secret", false).map_err(|e| e.to_string());
        let told = told.expect_err("a failure");
        assert!(
            told.ends_with("chpasswd': No such file or directory\n"),
            "{told}"
        );
    }
}
