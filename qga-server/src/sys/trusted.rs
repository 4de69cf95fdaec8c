//! Files that say what others may do, and so must be written by nobody else.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Dir, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;
use thiserror::Error;

use super::error::{errno, reason};
use super::replaceable::{self, OTHERS, Replaceable, is_trusted};

/// The longest file. A longer one is not what it should be.
const SIZE_LIMIT: u64 = 1 << 20;

/// A file and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// A file that must not be believed, or that cannot be read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{}: {problem}", path.display())]
pub struct Untrusted {
    path: PathBuf,
    problem: Problem,
}

#[derive(Clone, Debug, Error, PartialEq, Eq)]
enum Problem {
    #[error("{}", reason(*.0))]
    Unreadable(Errno),
    #[error("belongs to user {0} and not to root")]
    Owner(u32),
    #[error("can be written by others: its mode is {0:03o}")]
    Mode(u32),
    /// Others could put another one in its place.
    #[error("it can be replaced: {0}")]
    Way(#[from] Replaceable),
    #[error("is no plain file")]
    Kind,
    #[error("is longer than {SIZE_LIMIT} bytes")]
    Size,
    #[error("is not UTF-8")]
    NotText,
}

/// The files of `directory` whose names end with `extension`, in the order of their names; hidden
/// ones are left out. Nothing if the directory is not there.
///
/// They and the directory have to belong to root, or to the user that the agent runs as, and to be
/// writable by nobody else. What is looked at is what has been opened, so that nothing can be
/// exchanged between the look and the use. The same goes for everything on the way to the
/// directory: who could rename it could have no policy read, or an old one.
///
/// # Errors
/// One of them does not, or cannot be read.
pub(crate) fn read(directory: &Path, extension: &str) -> Result<Option<Vec<Text>>, Untrusted> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let opened = match rustix::fs::open(directory, flags, Mode::empty()) {
        Err(Errno::NOENT) => return Ok(None),
        opened => opened.map_err(Problem::Unreadable).and_then(|opened| {
            check(&opened)?;
            replaceable::check_directory(directory)?;
            Ok(opened)
        }),
    };
    let names = opened.and_then(|opened| {
        let names = names(&opened, extension).map_err(Problem::Unreadable)?;
        Ok((opened, names))
    });
    let (opened, names) = names.map_err(|problem| untrusted(directory, problem))?;
    let texts = names.into_iter().map(|name| {
        let path = directory.join(&name);
        match read_file(&opened, &name) {
            Ok(text) => Ok(Text { path, text }),
            Err(problem) => Err(untrusted(&path, problem)),
        }
    });
    texts.collect::<Result<_, _>>().map(Some)
}

fn untrusted(path: &Path, problem: Problem) -> Untrusted {
    let path = path.to_owned();
    Untrusted { path, problem }
}

fn names(directory: &OwnedFd, extension: &str) -> Result<Vec<OsString>, Errno> {
    let mut names = Vec::new();
    for entry in Dir::read_from(directory)? {
        let entry = entry?;
        let name = std::ffi::OsStr::from_bytes(entry.file_name().to_bytes());
        let is_hidden = name.as_bytes().starts_with(b".");
        if !is_hidden && Path::new(name).extension().is_some_and(|e| e == extension) {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn read_file(directory: &OwnedFd, name: &OsString) -> Result<String, Problem> {
    // A link leads to a directory that others may write, and a pipe keeps its reader waiting.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = rustix::fs::openat(directory, name, flags, Mode::empty());
    let file = file.map_err(|error| match error {
        Errno::LOOP => Problem::Kind,
        other => Problem::Unreadable(other),
    })?;
    let status = check(&file)?;
    if FileType::from_raw_mode(status.st_mode) != FileType::RegularFile {
        return Err(Problem::Kind);
    }
    let mut bytes = Vec::new();
    let read = File::from(file)
        .take(SIZE_LIMIT + 1)
        .read_to_end(&mut bytes);
    read.map_err(|error: io::Error| Problem::Unreadable(errno(&error)))?;
    if bytes.len() as u64 > SIZE_LIMIT {
        return Err(Problem::Size);
    }
    String::from_utf8(bytes).map_err(|_| Problem::NotText)
}

/// Whether nobody but root could have written what is open.
fn check(opened: &impl AsFd) -> Result<Stat, Problem> {
    let status = rustix::fs::fstat(opened).map_err(Problem::Unreadable)?;
    let mode = Mode::from_raw_mode(status.st_mode);
    if !is_trusted(status.st_uid) {
        return Err(Problem::Owner(status.st_uid));
    }
    match mode.intersects(OTHERS) {
        true => Err(Problem::Mode(mode.as_raw_mode() & 0o777)),
        false => Ok(status),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use tempfile::{TempDir, tempdir};

    use super::*;
    use crate::need;

    fn directory(files: &[(&str, &str)]) -> TempDir {
        let dir = tempdir().expect("a directory");
        for (name, text) in files {
            let path = dir.path().join(name);
            fs::write(&path, text).expect("a file");
            set_mode(&path, 0o644);
        }
        dir
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permissions");
    }

    /// What is wrong with the files, without their paths.
    fn problem(dir: &Path) -> Option<String> {
        read(dir, "toml")
            .err()
            .map(|error| error.problem.to_string())
    }

    #[test]
    fn files_come_in_the_order_of_their_names() {
        let dir = directory(&[
            ("20-b.toml", "b"),
            ("10-a.toml", "a"),
            (".hidden.toml", "no"),
            ("30-c.toml~", "no"),
            ("README", "no"),
        ]);
        let files = read(dir.path(), "toml").expect("files").expect("a policy");
        let texts: Vec<_> = files.iter().map(|file| file.text.as_str()).collect();
        assert_eq!(texts, ["a", "b"]);
        assert_eq!(files[0].path, dir.path().join("10-a.toml"));
        assert_eq!(read(&dir.path().join("absent"), "toml"), Ok(None));
    }

    #[test]
    fn what_others_may_write_is_not_believed() {
        for (mode, is_refused) in [(0o600, false), (0o644, false), (0o664, true), (0o602, true)] {
            let dir = directory(&[("a.toml", "")]);
            set_mode(&dir.path().join("a.toml"), mode);
            assert_eq!(problem(dir.path()).is_some(), is_refused, "{mode:o}");
        }
        let dir = directory(&[]);
        set_mode(dir.path(), 0o775);
        let told = "can be written by others: its mode is 775";
        assert_eq!(problem(dir.path()).as_deref(), Some(told));
    }

    #[test]
    fn a_directory_that_others_could_replace_is_not_believed() {
        let dir = directory(&[]);
        let (etc, policy) = (dir.path().join("etc"), dir.path().join("etc/policy"));
        fs::create_dir_all(&policy).expect("a directory");
        set_mode(&policy, 0o755);
        set_mode(&etc, 0o775);
        let told = format!(
            "it can be replaced: {} can be written by others (mode 0775)",
            etc.display()
        );
        assert_eq!(problem(&policy), Some(told));
        // Where everybody may write but remove only what is theirs, it stays in its place.
        set_mode(&etc, 0o1777);
        assert_eq!(problem(&policy), None);
    }

    #[test]
    fn what_belongs_to_somebody_else_is_not_believed() {
        // Others cannot give a file away.
        let Some(()) = need::root() else { return };
        let dir = directory(&[("a.toml", "")]);
        let path = dir.path().join("a.toml");
        std::os::unix::fs::chown(&path, Some(1), None).expect("root may give away");
        let told = "belongs to user 1 and not to root";
        assert_eq!(problem(dir.path()).as_deref(), Some(told));
    }

    #[test]
    fn only_plain_files_are_read() {
        let dir = directory(&[("file", "")]);
        symlink("file", dir.path().join("a.toml")).expect("a link");
        assert_eq!(problem(dir.path()).as_deref(), Some("is no plain file"));
        let dir = directory(&[]);
        fs::create_dir(dir.path().join("a.toml")).expect("a directory");
        assert_eq!(problem(dir.path()).as_deref(), Some("is no plain file"));
        let dir = directory(&[]);
        let long = "#".repeat((1 << 20) + 1);
        fs::write(dir.path().join("a.toml"), long).expect("a file");
        assert_eq!(
            problem(dir.path()).as_deref(),
            Some("is longer than 1048576 bytes")
        );
        fs::write(dir.path().join("a.toml"), b"\xFF").expect("a file");
        assert_eq!(problem(dir.path()).as_deref(), Some("is not UTF-8"));
    }
}
