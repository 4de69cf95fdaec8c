//! The configuration file.

use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::{fs, str};

use thiserror::Error;

use super::Fragment;
use super::fragment::{ChannelFragment, command_list};
use crate::key_file::{KeyFile, KeyFileError};
use crate::sys::error::{errno, reason};

/// Where the file is unless the command line or the environment names another.
pub(crate) const DEFAULT_CONFIG: &str = "/etc/qemu/qemu-ga.conf";
/// The group that the C agent knows.
pub(super) const GROUP: &str = "general";
/// What the groups of further channels begin with; the name of the channel follows.
pub(super) const CHANNEL_GROUP: &str = "channel ";

/// What the C agent of QEMU 7.2 calls the key `block-rpcs`.
const FORMER_BLOCK_RPCS: &str = "blacklist";

/// A configuration file that cannot be used.
#[derive(Debug, Error)]
#[error("error loading configuration from path: {}, {problem}", path.display())]
pub(crate) struct ConfigError {
    path: PathBuf,
    problem: Problem,
}

#[derive(Debug, Error)]
enum Problem {
    #[error("{}", reason(errno(.0)))]
    Read(#[from] io::Error),
    #[error("Not a regular file")]
    NotAFile,
    #[error(transparent)]
    Content(#[from] KeyFileError),
}

/// What the configuration file says: the one `given` on the command line, or the usual one, which
/// need not be there.
///
/// # Errors
/// The file cannot be read or understood.
pub(crate) fn load(
    given: Option<PathBuf>,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<Fragment, ConfigError> {
    let required = given.is_some();
    let path = given
        .or_else(|| variable("QGA_CONF").map(PathBuf::from))
        .unwrap_or_else(|| DEFAULT_CONFIG.into());
    match read(&path) {
        Err(Problem::Read(error)) if error.kind() == ErrorKind::NotFound && !required => {
            Ok(Fragment::default())
        }
        other => other.map_err(|problem| ConfigError { path, problem }),
    }
}

fn read(path: &Path) -> Result<Fragment, Problem> {
    // Something else, such as a pipe, could keep the agent waiting for ever.
    if !fs::metadata(path)?.is_file() {
        return Err(Problem::NotAFile);
    }
    Ok(parse(&fs::read(path)?)?)
}

pub(crate) fn parse(bytes: &[u8]) -> Result<Fragment, KeyFileError> {
    let file = KeyFile::parse(bytes)?;
    let text = |key| file.text(GROUP, key);
    let path = |key| Ok(text(key)?.map(PathBuf::from));
    let boolean = |key| file.boolean(GROUP, key);
    let list =
        |key| -> Result<Vec<_>, _> { Ok(command_list(&text(key)?.unwrap_or_default()).collect()) };
    // A file that was written for a former agent must not lose what it forbids.
    let mut block_rpcs = list(FORMER_BLOCK_RPCS)?;
    block_rpcs.extend(list("block-rpcs")?);
    Ok(Fragment {
        daemon: boolean("daemon")?,
        method: text("method")?,
        path: path("path")?,
        log_file: path("logfile")?,
        pid_file: path("pidfile")?,
        fsfreeze_hook: path("fsfreeze-hook")?,
        hook_timeout: text("hook-timeout")?,
        freeze_timeout: text("freeze-timeout")?,
        state_dir: path("statedir")?,
        verbose: boolean("verbose")?,
        retry_path: boolean("retry-path")?,
        policy_dir: path("policy-dir")?,
        audit: text("audit")?,
        block_rpcs,
        allow_rpcs: list("allow-rpcs")?,
        channels: channels(&file)?,
    })
}

/// The channels besides the usual one.
fn channels(file: &KeyFile) -> Result<Vec<ChannelFragment>, KeyFileError> {
    let groups = file.groups().into_iter().filter_map(|group| {
        let group = str::from_utf8(group).ok()?;
        Some((group, group.strip_prefix(CHANNEL_GROUP)?))
    });
    groups
        .map(|(group, name)| {
            Ok(ChannelFragment {
                name: name.to_owned(),
                method: file.text(group, "method")?,
                path: file.text(group, "path")?.map(PathBuf::from),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use tempfile::tempdir;

    use super::*;

    #[test]
    fn every_key_is_understood_and_others_are_ignored() {
        let text = "# comment
[general]
daemon=true
daemonize=maybe
method = unix-listen
path=/s
logfile=/l
pidfile=/p
fsfreeze-hook=/h
hook-timeout=5
freeze-timeout=60
statedir=/t
verbose=1
retry-path=false
policy-dir=/d
audit=/a
block-rpcs=a,b
allow-rpcs=c;d
[other]
path=/other
";
        let expected = Fragment {
            daemon: Some(true),
            method: Some("unix-listen".into()),
            path: Some("/s".into()),
            log_file: Some("/l".into()),
            pid_file: Some("/p".into()),
            fsfreeze_hook: Some("/h".into()),
            hook_timeout: Some("5".into()),
            freeze_timeout: Some("60".into()),
            state_dir: Some("/t".into()),
            verbose: Some(true),
            retry_path: Some(false),
            policy_dir: Some("/d".into()),
            audit: Some("/a".into()),
            block_rpcs: vec!["b".into(), "a".into()],
            allow_rpcs: vec!["c;d".into()],
            channels: Vec::new(),
        };
        assert_eq!(parse(text.as_bytes()), Ok(expected));
        assert_eq!(parse(b""), Ok(Fragment::default()));
    }

    #[test]
    fn what_a_former_agent_was_forbidden_stays_so() {
        let file = parse(b"[general]\nblacklist=a,b\nblock-rpcs=c\n").expect("a file");
        assert_eq!(file.block_rpcs, ["b", "a", "c"]);
    }

    #[test]
    fn each_group_of_a_channel_is_one() {
        let text = "[channel b]
method=unix-listen
path=/b
[general]
path=/s
[channel a c]
path=/a
[channels]
path=/c
[channel b]
path=/d
";
        let fragment = parse(text.as_bytes()).expect("a fragment");
        let channel = |name: &str, method: Option<&str>, path: &str| ChannelFragment {
            name: name.to_owned(),
            method: method.map(str::to_owned),
            path: Some(path.into()),
        };
        assert_eq!(
            fragment.channels,
            [
                channel("b", Some("unix-listen"), "/d"),
                channel("a c", None, "/a")
            ]
        );
        assert!(parse(b"[channel a]\npath=\\x").is_err());
    }

    #[test]
    fn the_usual_file_may_be_missing_and_a_given_one_may_not() {
        let dir = tempdir().expect("a directory");
        let missing = dir.path().join("missing");
        let variable = |path: &Path| {
            let value = path.as_os_str().to_owned();
            move |name: &str| (name == "QGA_CONF").then(|| value.clone())
        };
        let usual = load(None, variable(&missing)).expect("a fragment");
        assert_eq!(usual, Fragment::default());
        load(None, variable(Path::new(""))).expect("a fragment");
        let error = load(Some(missing.clone()), |_| None).expect_err("a refusal");
        let text = format!(
            "error loading configuration from path: {}, No such file or directory",
            missing.display()
        );
        assert_eq!(error.to_string(), text);
        let error = load(None, variable(dir.path())).expect_err("a refusal");
        assert!(error.to_string().ends_with(", Not a regular file"));
    }

    #[test]
    fn the_command_line_names_another_file_than_the_environment() {
        let dir = tempdir().expect("a directory");
        let file = |name: &str, text: &str| {
            let path = dir.path().join(name);
            fs::write(&path, text).expect("a file");
            path
        };
        let (broken, good) = (file("broken", "x"), file("good", "[general]\nmethod=m\n"));
        let variable = |_: &str| Some(broken.clone().into_os_string());
        let fragment = load(Some(good), variable).expect("a fragment");
        assert_eq!(fragment.method.as_deref(), Some("m"));
        assert!(load(None, variable).is_err());
    }
}
