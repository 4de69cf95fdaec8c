//! Whether a program or a directory is what the administrator has put there.
//!
//! Who runs programs as root, or does what files say, must not take what somebody else can replace:
//! neither the file, nor a directory on the way to it, nor a link.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{CWD, FileType, Mode, Stat, lstat, readlinkat};
use rustix::io::Errno;
use rustix::process::geteuid;
use thiserror::Error;

use super::error::reason;

/// Whoever else may write.
pub(super) const OTHERS: Mode = Mode::WGRP.union(Mode::WOTH);

/// How many links may follow each other, as for the kernel.
const MAX_LINKS: usize = 40;

/// Why it is not used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum Replaceable {
    /// It cannot be looked at.
    #[error("{path}: {why}", path = .0.display(), why = reason(*.1))]
    Unseen(PathBuf, Errno),
    /// Somebody else owns this.
    #[error("{path} belongs to user {1}, and not to root", path = .0.display())]
    Owner(PathBuf, u32),
    /// Somebody else can change this.
    #[error("{path} can be written by others (mode {1:04o})", path = .0.display())]
    Writable(PathBuf, u32),
}

/// Looks at `program`, an absolute path, and at everything on the way to it.
///
/// A directory where everybody may write, but only remove what is theirs, may be on the way, as
/// `/tmp`; the program itself may not be in it.
///
/// # Errors
/// Another user than root, and the one this process runs as, can replace it.
pub(crate) fn check(program: &Path) -> Result<(), Replaceable> {
    check_path(program, true)
}

/// Looks at `directory`, an absolute path, and at everything on the way to it, in the same way; but
/// it may be in a directory where everybody may only remove what is theirs.
///
/// # Errors
/// Another user than root, and the one this process runs as, can replace it.
pub(crate) fn check_directory(directory: &Path) -> Result<(), Replaceable> {
    check_path(directory, false)
}

fn check_path(path: &Path, is_program: bool) -> Result<(), Replaceable> {
    let mut links = 0;
    let mut place = PathBuf::from("/");
    let mut left: VecDeque<OsString> = parts(path).collect();
    while let Some(part) = left.pop_front() {
        look(&place, is_program && left.is_empty())?;
        if part == ".." {
            place.pop();
            continue;
        }
        let next = place.join(&part);
        let stat = lstat(&next).map_err(|errno| Replaceable::Unseen(next.clone(), errno))?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::Symlink {
            place = next;
            continue;
        }
        owned(&next, &stat)?;
        links += 1;
        if links > MAX_LINKS {
            return Err(Replaceable::Unseen(next, Errno::LOOP));
        }
        let target = readlinkat(CWD, &next, Vec::new())
            .map_err(|errno| Replaceable::Unseen(next.clone(), errno))?;
        let target = Path::new(OsStr::from_bytes(target.as_bytes()));
        if target.is_absolute() {
            place = PathBuf::from("/");
        }
        for part in parts(target).collect::<Vec<_>>().into_iter().rev() {
            left.push_front(part);
        }
    }
    look(&place, true)
}

fn parts(path: &Path) -> impl Iterator<Item = OsString> {
    path.components().filter_map(|component| match component {
        Component::Normal(part) => Some(part.to_owned()),
        Component::ParentDir => Some(OsStr::new("..").to_owned()),
        _ => None,
    })
}

/// Looks at one file or directory; `last` if it is what is meant or has a program in it that is.
fn look(place: &Path, last: bool) -> Result<(), Replaceable> {
    let stat = lstat(place).map_err(|errno| Replaceable::Unseen(place.to_owned(), errno))?;
    owned(place, &stat)?;
    let mode = Mode::from_raw_mode(stat.st_mode);
    let writable = mode.intersects(OTHERS);
    let is_directory = FileType::from_raw_mode(stat.st_mode) == FileType::Directory;
    let is_kept = is_directory && !last && mode.contains(Mode::SVTX);
    match writable && !is_kept {
        true => Err(Replaceable::Writable(place.to_owned(), mode.bits())),
        false => Ok(()),
    }
}

fn owned(place: &Path, stat: &Stat) -> Result<(), Replaceable> {
    match is_trusted(stat.st_uid) {
        true => Ok(()),
        false => Err(Replaceable::Owner(place.to_owned(), stat.st_uid)),
    }
}

/// Whether this user can do everything that the agent can: root, or the one that it runs as.
pub(super) fn is_trusted(user: u32) -> bool {
    [0, geteuid().as_raw()].contains(&user)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};

    use tempfile::{TempDir, tempdir};

    use super::*;

    /// A directory with a program in a directory, and a link to it beside that.
    fn place() -> TempDir {
        let dir = tempdir().expect("a directory");
        fs::create_dir(dir.path().join("in")).expect("a directory");
        fs::write(dir.path().join("in/hook"), "").expect("a file");
        symlink("../in/./hook", dir.path().join("in/link")).expect("a link");
        set(&dir, "in", 0o755);
        set(&dir, "in/hook", 0o755);
        dir
    }

    fn set(dir: &TempDir, name: &str, mode: u32) {
        let path = dir.path().join(name);
        fs::set_permissions(path, Permissions::from_mode(mode)).expect("a file of ours");
    }

    #[test]
    fn what_only_its_owner_can_change_is_trusted() {
        let dir = place();
        assert_eq!(check(&dir.path().join("in/hook")), Ok(()));
        assert_eq!(check(&dir.path().join("in/link")), Ok(()));
        assert_eq!(check(&dir.path().join("in/../in/hook")), Ok(()));
    }

    #[test]
    fn what_others_can_change_is_named() {
        let dir = place();
        let told = |name: &str| {
            let reason = check(&dir.path().join(name)).expect_err("a reason");
            let place = dir.path().display().to_string();
            reason.to_string().replace(&place, "")
        };
        set(&dir, "in/hook", 0o775);
        let writable = "/in/hook can be written by others (mode 0775)";
        assert_eq!(told("in/hook"), writable);
        assert_eq!(told("in/link"), writable);
        set(&dir, "in/hook", 0o700);
        // Nobody else could remove the hook, but it is no place for one.
        set(&dir, "in", 0o1777);
        assert_eq!(told("in/hook"), "/in can be written by others (mode 1777)");
        set(&dir, "in", 0o757);
        assert_eq!(told("in/link"), "/in can be written by others (mode 0757)");
        assert_eq!(told("absent"), "/absent: No such file or directory");
    }

    #[test]
    fn a_link_leads_to_whatever_bytes_its_target_has() {
        let dir = place();
        let odd = dir.path().join(OsStr::from_bytes(b"in/\xFF"));
        fs::write(&odd, "").expect("a file");
        fs::set_permissions(&odd, Permissions::from_mode(0o777)).expect("a file of ours");
        symlink(&odd, dir.path().join("in/odd")).expect("a link");
        let writable = Replaceable::Writable(odd, 0o777);
        assert_eq!(check(&dir.path().join("in/odd")), Err(writable));
    }

    #[test]
    fn links_in_a_circle_come_to_an_end() {
        let dir = place();
        symlink("loop", dir.path().join("in/loop")).expect("a link");
        let reason = check(&dir.path().join("in/loop")).expect_err("a reason");
        assert!(
            reason
                .to_string()
                .ends_with("Too many levels of symbolic links")
        );
    }
}
