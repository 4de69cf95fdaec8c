//! The users of a machine: their passwords and keys.

use qapi_runtime::ClientError;
use qapi_tests::vm::Client;
use qga_types::{
    GuestSetUserPasswordArgs, GuestSshAddAuthorizedKeysArgs, GuestSshGetAuthorizedKeysArgs,
    GuestSshRemoveAuthorizedKeysArgs,
};

use crate::{refusal, run, setup};

/// What is kept in place of the password `user`.
fn kept(agent: &mut Client) -> String {
    let text = run(agent, &["cat", "/etc/shadow"]);
    let mut lines = text.lines().filter_map(|line| line.strip_prefix("user:"));
    let fields = lines.next().expect("the user is there");
    fields.split(':').next().expect("there is one").to_owned()
}

fn set(agent: &mut Client, user: &str, password: &str, crypted: bool) -> Result<(), ClientError> {
    let password = password.as_bytes();
    agent.guest_set_user_password(&GuestSetUserPasswordArgs::new(user, password, crypted))
}

#[test]
fn passwords_are_set_as_they_are_or_as_they_are_kept() {
    let Some(setup) = setup() else {
        return;
    };
    let vm = setup.boot();
    let mut agent = vm.agent();
    assert_eq!(kept(&mut agent), "!");
    set(&mut agent, "user", "pass: word", false).expect("it can be set");
    let hash = kept(&mut agent);
    let salt = hash.split('$').nth(2).expect("a salt");
    let words = ["mkpasswd", "-m", "sha512", "-S", salt, "pass: word"];
    assert_eq!(run(&mut agent, &words).trim_end(), hash);

    let crypted = "$6$salt$what a host has hashed";
    set(&mut agent, "user", crypted, true).expect("it can be set");
    assert_eq!(kept(&mut agent), crypted);

    let refused = refusal(set(&mut agent, "nobody here", "word", false));
    let told = "child process has failed to set user password: ";
    assert!(refused.starts_with(told), "{refused}");
    assert_eq!(kept(&mut agent), crypted);
}

#[test]
fn keys_belong_to_the_user() {
    let Some(setup) = setup() else {
        return;
    };
    let vm = setup.boot();
    let mut agent = vm.agent();
    let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
    let get = |agent: &mut Client| {
        let keys = agent.guest_ssh_get_authorized_keys(&GuestSshGetAuthorizedKeysArgs::new("user"));
        keys.expect("it can be read").keys
    };
    let (one, other) = ("ssh-ed25519 AAAA one", "ssh-ed25519 BBBB other");
    let args = GuestSshAddAuthorizedKeysArgs::new("user", keys(&[one, other]));
    agent
        .guest_ssh_add_authorized_keys(&args)
        .expect("they can be added");
    assert_eq!(get(&mut agent).len(), 2);
    let words = [
        "stat",
        "-c",
        "%U %G %a",
        "/home/user/.ssh",
        "/home/user/.ssh/authorized_keys",
    ];
    let told = run(&mut agent, &words);
    assert_eq!(told, "user user 700\nuser user 600\n");
    let args = GuestSshRemoveAuthorizedKeysArgs::new("user", keys(&[one]));
    agent
        .guest_ssh_remove_authorized_keys(&args)
        .expect("it can be removed");
    assert_eq!(get(&mut agent), [other]);
}
