//! guest-get-users: who uses the machine.

use qapi_runtime::Error;
use qga_types::GuestUser;

use crate::Agent;
use crate::sys::utmp::{self, Login};

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

#[cfg(test)]
mod tests {
    use super::*;

    fn login(user: &str, seconds: i64, microseconds: i64) -> Login {
        Login {
            user: user.to_owned(),
            seconds,
            microseconds,
        }
    }

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
}
