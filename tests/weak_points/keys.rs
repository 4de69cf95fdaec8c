//! Keys to log in with: the directory is the user's, who may be no friend.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::desc;
use crate::machine::Machine;

const USER: u32 = 54_321;
const KEY: &str = "ssh-ed25519 AAAA key";

/// A machine with a user that is somebody else than who runs the test, if that is root.
struct House {
    machine: Machine,
    user: u32,
}

impl House {
    fn new() -> Self {
        let machine = Machine::new();
        let own = rustix::process::geteuid();
        let user = if own.is_root() { USER } else { own.as_raw() };
        machine.file("etc/passwd", format!("user:x:{user}:{user}::/home/user:\n"));
        machine.directory("home/user");
        let house = Self { machine, user };
        house.give(house.path(""));
        fs::set_permissions(house.machine.path(""), Permissions::from_mode(0o755))
            .expect("a directory of ours");
        house
    }

    /// A file in the home.
    fn path(&self, name: &str) -> PathBuf {
        self.machine.path("home/user").join(name)
    }

    /// Makes the user the owner.
    fn give(&self, path: PathBuf) {
        chown(path, Some(self.user), Some(self.user)).expect("root may give away");
    }

    fn call(&mut self, command: &str, arguments: Value) -> Value {
        self.machine.call(command, arguments)
    }

    fn add(&mut self) -> Value {
        let arguments = json!({"username": "user", "keys": [KEY]});
        self.call("guest-ssh-add-authorized-keys", arguments)
    }

    fn get(&mut self) -> Value {
        self.call("guest-ssh-get-authorized-keys", json!({"username": "user"}))
    }
}

#[test]
fn defect_07_a_link_to_a_secret_discloses_nothing() {
    let mut house = House::new();
    let secret = house.machine.path("secret");
    fs::write(&secret, "the secret of root").expect("a fresh file");
    fs::set_permissions(&secret, Permissions::from_mode(0o600)).expect("a file of ours");
    fs::create_dir(house.path(".ssh")).expect("a fresh directory");
    symlink(&secret, house.path(".ssh/authorized_keys")).expect("a fresh link");
    house.give(house.path(".ssh"));
    let told = house.get();
    assert!(!told.to_string().contains("the secret"), "{told}");
    desc(&told);
    desc(&house.add());
    let remove = json!({"username": "user", "keys": ["the secret of root"]});
    desc(&house.call("guest-ssh-remove-authorized-keys", remove));
    assert_eq!(
        fs::read(secret).expect("a file of ours"),
        b"the secret of root"
    );
}

#[test]
fn defect_07_a_link_to_a_directory_gets_no_file() {
    let mut house = House::new();
    house.machine.directory("elsewhere");
    let elsewhere = house.machine.path("elsewhere");
    symlink(&elsewhere, house.path(".ssh")).expect("a fresh link");
    desc(&house.add());
    assert_eq!(fs::read_dir(elsewhere).expect("a directory").count(), 0);
}

#[test]
fn defect_07_what_is_made_is_the_users_from_the_beginning() {
    let mut house = House::new();
    assert_eq!(house.add(), json!({"return": {}}));
    for (name, mode) in [(".ssh", 0o40700), (".ssh/authorized_keys", 0o100600)] {
        let data = fs::symlink_metadata(house.path(name)).expect("it was made");
        assert_eq!((data.mode(), data.uid()), (mode, house.user), "{name}");
    }
    assert_eq!(house.get()["return"]["keys"], json!([KEY]));
}

#[test]
fn defect_08_keys_that_cannot_be_read_are_not_replaced() {
    let mut house = House::new();
    fs::create_dir_all(house.path(".ssh/authorized_keys/in-the-way")).expect("fresh directories");
    house.give(house.path(".ssh"));
    desc(&house.add());
    assert!(house.path(".ssh/authorized_keys/in-the-way").exists());
    if house.user == USER {
        fs::remove_dir_all(house.path(".ssh/authorized_keys")).expect("directories of ours");
        let file = house.path(".ssh/authorized_keys");
        fs::write(&file, "old").expect("a fresh file");
        fs::set_permissions(&file, Permissions::from_mode(0o600)).expect("a file of ours");
        let told = house.add();
        assert!(desc(&told).ends_with("Permission denied"), "{told}");
        assert_eq!(fs::read(file).expect("a file of ours"), b"old");
    }
}

#[test]
fn defect_08_bytes_that_are_no_text_stay_as_they_are() {
    let mut house = House::new();
    fs::create_dir(house.path(".ssh")).expect("a fresh directory");
    house.give(house.path(".ssh"));
    let file = house.path(".ssh/authorized_keys");
    fs::write(&file, b"one\n\0 and \xFF\ntwo").expect("a fresh file");
    house.give(file.clone());
    assert_eq!(house.add(), json!({"return": {}}));
    let expected = [b"one\n\0 and \xFF\ntwo\n", KEY.as_bytes()].concat();
    assert_eq!(fs::read(file).expect("a file of ours"), expected);
}
