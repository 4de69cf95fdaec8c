//! guest-ssh-get-authorized-keys, guest-ssh-add-authorized-keys,
//! guest-ssh-remove-authorized-keys: who may log in.

use qapi_runtime::Error;
use qga_types::{
    GuestAuthorizedKeys, GuestSshAddAuthorizedKeysArgs, GuestSshGetAuthorizedKeysArgs,
    GuestSshRemoveAuthorizedKeysArgs,
};
use rustix::io::Errno;

use super::user::permit;
use crate::Agent;
use crate::agent::SharedAgent;
use crate::lock::lock;
use crate::sys::authorized_keys::KeyFile;
use crate::sys::passwd::{self, User};

/// The keys of a user.
pub(crate) fn get_authorized_keys(
    agent: &SharedAgent,
    args: GuestSshGetAuthorizedKeysArgs,
) -> Result<GuestAuthorizedKeys, Error> {
    permit(agent, "guest-ssh-get-authorized-keys", &args.username)?;
    let user = user(agent, &args.username)?;
    let file = KeyFile::of(&agent.settings.root, &user);
    match file.read()? {
        Some(content) => Ok(GuestAuthorizedKeys::new(keys(&content))),
        None => Err(file.unreadable(Errno::NOENT).into()),
    }
}

/// Adds keys to those of a user, or puts them in their place.
///
/// Other than the C agent, takes a file that cannot be read for no reason to replace it.
pub(crate) fn add_authorized_keys(
    agent: &SharedAgent,
    args: GuestSshAddAuthorizedKeysArgs,
) -> Result<(), Error> {
    permit(agent, "guest-ssh-add-authorized-keys", &args.username)?;
    check(&args.keys)?;
    let user = user(agent, &args.username)?;
    let file = KeyFile::of(&agent.settings.root, &user);
    let _alone = lock(&agent.key_files);
    let present = match args.reset.unwrap_or(false) {
        true => None,
        false => file.read()?,
    };
    Ok(file.write(&with(present.as_deref(), &args.keys))?)
}

/// Removes keys from those of a user.
pub(crate) fn remove_authorized_keys(
    agent: &SharedAgent,
    args: GuestSshRemoveAuthorizedKeysArgs,
) -> Result<(), Error> {
    permit(agent, "guest-ssh-remove-authorized-keys", &args.username)?;
    check(&args.keys)?;
    let user = user(agent, &args.username)?;
    let file = KeyFile::of(&agent.settings.root, &user);
    let _alone = lock(&agent.key_files);
    match file.read()? {
        Some(content) => Ok(file.write(&without(&content, &args.keys))?),
        None => Ok(()),
    }
}

fn user(agent: &Agent, name: &str) -> Result<User, Error> {
    passwd::find(&agent.settings.root, name)
        .ok_or_else(|| Error::generic(format!("failed to lookup user '{name}': no such user")))
}

/// Refuses what would be a comment or several lines.
pub(crate) fn check(keys: &[String]) -> Result<(), Error> {
    match keys
        .iter()
        .find(|key| key.starts_with('#') || key.contains('\n'))
    {
        Some(key) => Err(Error::generic(format!(
            "invalid OpenSSH public key: '{key}'"
        ))),
        None => Ok(()),
    }
}

/// The keys in a file, the last first, as the C agent tells them.
pub(crate) fn keys(content: &[u8]) -> Vec<String> {
    let lines = lines(content).map(<[u8]>::trim_ascii);
    let keys = lines.filter(|line| !line.is_empty() && !line.starts_with(b"#"));
    let keys: Vec<&[u8]> = keys.collect();
    let keys = keys.into_iter().rev();
    keys.map(|key| String::from_utf8_lossy(key).into_owned())
        .collect()
}

/// The content of a file with more keys. Like that of the C agent it does not end with a line feed.
pub(crate) fn with(content: Option<&[u8]>, keys: &[String]) -> Vec<u8> {
    let mut present: Vec<&[u8]> = content
        .map(|content| lines(content).collect())
        .unwrap_or_default();
    for key in keys {
        if !present.contains(&key.as_bytes()) {
            present.push(key.as_bytes());
        }
    }
    present.join(&b'\n')
}

/// The content of a file without some keys, however often they are there.
pub(crate) fn without(content: &[u8], keys: &[String]) -> Vec<u8> {
    let stays = |line: &&[u8]| !keys.iter().any(|key| key.as_bytes() == *line);
    let lines: Vec<&[u8]> = lines(content).filter(stays).collect();
    lines.join(&b'\n')
}

/// An empty file has no lines; behind a line feed at the end there is an empty one.
fn lines(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = content.split(|byte| *byte == b'\n');
    lines.take(if content.is_empty() { 0 } else { usize::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(keys: &[&str]) -> Vec<String> {
        keys.iter().map(|key| (*key).to_owned()).collect()
    }

    #[test]
    fn keys_are_told_without_comments_and_the_last_first() {
        let file = b"# comment\n a b \n\nx\ny\r\n  # indented\nx\n\xFF";
        assert_eq!(keys(file), ["\u{FFFD}", "x", "y", "x", "a b"]);
        assert_eq!(keys(b""), [""; 0]);
    }

    #[test]
    fn keys_are_added_once() {
        let add = |content, keys: &[&str]| {
            String::from_utf8(with(content, &owned(keys))).expect("text of ours")
        };
        assert_eq!(add(None, &["a", "b", "a"]), "a\nb");
        assert_eq!(add(Some(b""), &["a"]), "a");
        assert_eq!(add(Some(b"a\n"), &["a", "b"]), "a\n\nb");
        assert_eq!(add(Some(b"a"), &["b", "c"]), "a\nb\nc");
        assert_eq!(add(None, &[]), "");
    }

    #[test]
    fn keys_are_removed_however_often_they_are_there() {
        let remove = |content: &str, keys: &[&str]| {
            String::from_utf8(without(content.as_bytes(), &owned(keys))).expect("text of ours")
        };
        assert_eq!(remove("# c\na\nb\na\n", &["a"]), "# c\nb\n");
        assert_eq!(remove("# c\na\nb\n", &["absent", " a"]), "# c\na\nb\n");
        assert_eq!(remove("a", &["a"]), "");
    }

    #[test]
    fn comments_and_several_lines_are_no_keys() {
        assert!(check(&owned(&["ssh-ed25519 AAAA", ""])).is_ok());
        for key in ["#a", "a\nb", "\n"] {
            let told = check(&owned(&["a", key])).map_err(|error| error.to_string());
            assert_eq!(told, Err(format!("invalid OpenSSH public key: '{key}'")));
        }
    }
}
