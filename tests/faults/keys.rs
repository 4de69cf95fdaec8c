//! Putting in keys to log in with.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};

use serde_json::json;

use crate::conversation::{Conversation, survives};
use crate::stage::{Stage, Talk};

const USER: u32 = 54_321;
const OLD: &[u8] = b"ssh-ed25519 AAAA old";
const NEW: &[u8] = b"ssh-ed25519 AAAA old\nssh-ed25519 BBBB new";

struct Keys;

impl Conversation for Keys {
    /// Whether the keys are said to be in.
    type Memory = bool;

    fn stage(&self) -> Stage {
        let mut stage = Stage::new();
        stage.script = Some("mount --bind passwd /etc/passwd");
        let home = stage.path("home");
        let line = format!("user:x:{USER}:{USER}::{}:\n", home.display());
        fs::write(stage.path("home/passwd"), line).expect("a file of ours");
        fs::create_dir(stage.path("home/.ssh")).expect("a directory of ours");
        fs::write(stage.path("home/.ssh/authorized_keys"), OLD).expect("a file of ours");
        for name in ["home", "home/.ssh", "home/.ssh/authorized_keys"] {
            chown(stage.path(name), Some(USER), Some(USER)).expect("root may give away");
        }
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(stage.path(""), open).expect("a directory of ours");
        stage
    }

    fn run(&self, _: &Stage, talk: &mut Talk) -> bool {
        let add = json!({"username": "user", "keys": ["ssh-ed25519 BBBB new"]});
        let added = talk.returned("guest-ssh-add-authorized-keys", add);
        let listed = talk.returned("guest-ssh-get-authorized-keys", json!({"username": "user"}));
        if let (Some(_), Some(listed)) = (&added, listed) {
            let keys = listed["keys"].as_array().expect("a list");
            assert_eq!(keys.len(), 2, "{keys:?}");
        }
        added.is_some()
    }

    fn check(&self, stage: &Stage, is_added: &bool) {
        let content = stage
            .read("home/.ssh/authorized_keys")
            .expect("the file stays");
        assert!(
            content == NEW || !is_added && content == OLD,
            "{}",
            content.escape_ascii()
        );
        let file = fs::metadata(stage.path("home/.ssh/authorized_keys")).expect("the file stays");
        assert_eq!((file.uid(), file.gid()), (USER, USER), "the user's");
        for name in stage.names("home/.ssh") {
            let file = fs::metadata(stage.path("home/.ssh").join(&name)).expect("a file");
            assert_eq!(
                (file.uid(), file.mode() & 0o022),
                (USER, 0),
                "{name} is for the user"
            );
        }
    }

    fn check_again(&self, stage: &Stage, _: &bool, is_added: &bool) {
        assert!(is_added);
        assert_eq!(
            stage.names("home/.ssh"),
            ["authorized_keys"],
            "nothing is left behind"
        );
    }
}

#[test]
fn keys_are_the_old_or_the_new_ones_whatever_the_kernel_does() {
    let apart = qapi_tests::need::root().and_then(|()| qapi_tests::need::tool("unshare"));
    if apart.is_some() {
        survives("keys", &Keys);
    }
}
