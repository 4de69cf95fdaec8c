//! Where a path that the host names really leads.
//!
//! Who decides by the path must decide by that of the file which is used then. So a file is held
//! first, by a descriptor that neither reads nor changes it; the kernel tells its path; and it is
//! opened by way of that descriptor. Nothing that happens to links and directories in between
//! makes it another file.
//!
//! What remains: a file may have several names, by hard links and mounts, and only the one counts
//! by which it was named. A new file is made in a directory that is held in the same way; whoever
//! may move that directory can move the new file with it, as at any later time.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, ResolveFlags, Stat};
use rustix::io::Errno;

use super::file::{NEW_FILE, OpenError, OpenMode};

/// What the kernel adds to the path of a file that has lost its name.
const DELETED: &[u8] = b" (deleted)";
/// How often a file may be replaced while its path is found out.
const ATTEMPTS: usize = 16;

/// What a path leads to.
#[derive(Debug)]
pub(crate) struct Target {
    path: PathBuf,
    held: Held,
}

#[derive(Debug)]
enum Held {
    /// A file that is there.
    File(OwnedFd),
    /// A directory, and the name of a file that is not in it.
    New(OwnedFd, OsString),
}

impl Target {
    /// What `path` leads to now. A file that is not there may be made if its directory is there.
    ///
    /// # Errors
    /// There is no such directory, or the way leads through one of the links in `/proc` that are
    /// no paths.
    pub(crate) fn find(path: &OsStr) -> Result<Self, Errno> {
        match hold(path) {
            Ok((file, path)) => Ok(Self {
                path,
                held: Held::File(file),
            }),
            Err(Errno::NOENT) => {
                let (directory, name) = split(path).ok_or(Errno::NOENT)?;
                let (directory, path) = hold(directory)?;
                Ok(Self {
                    path: path.join(name),
                    held: Held::New(directory, name.to_owned()),
                })
            }
            Err(errno) => Err(errno),
        }
    }

    /// Its path, without links.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens it, as [`file::open`](super::file::open) does.
    ///
    /// # Errors
    /// The same.
    pub(crate) fn open(&self, mode: OpenMode) -> Result<File, OpenError> {
        match &self.held {
            Held::File(file) => {
                let flags = mode.flags() - OFlags::CREATE;
                let opened = rustix::fs::open(by_descriptor(file), flags, Mode::empty());
                opened.map(File::from).map_err(OpenError::Open)
            }
            Held::New(directory, name) => create(directory, name, mode),
        }
    }
}

fn create(directory: &OwnedFd, name: &OsStr, mode: OpenMode) -> Result<File, OpenError> {
    if !mode.flags().contains(OFlags::CREATE) {
        return Err(OpenError::Open(Errno::NOENT));
    }
    let flags = mode.flags() | OFlags::EXCL;
    let file = match rustix::fs::openat(directory, name, flags, Mode::empty()) {
        // A link that leads nowhere.
        Err(Errno::EXIST) => return Err(OpenError::Open(Errno::NOENT)),
        file => file.map_err(OpenError::Open)?,
    };
    match rustix::fs::fchmod(&file, Mode::from_raw_mode(NEW_FILE)) {
        Ok(()) => Ok(File::from(file)),
        Err(errno) => {
            let _ = rustix::fs::unlinkat(directory, name, AtFlags::empty());
            Err(OpenError::Permissions(errno))
        }
    }
}

/// The path of a file that is open, without links.
///
/// # Errors
/// It has none, or none any more.
pub(crate) fn path_of(file: &impl AsFd) -> Result<PathBuf, Errno> {
    let path = rustix::fs::readlink(by_descriptor(file), Vec::new())?;
    let path = PathBuf::from(OsString::from_vec(path.into_bytes()));
    if !path.is_absolute() {
        return Err(Errno::ACCESS);
    }
    // Its name may end like that, too.
    let is_odd = path.as_os_str().as_bytes().ends_with(DELETED);
    match is_odd && !leads_to(&path, file) {
        true => Err(Errno::STALE),
        false => Ok(path),
    }
}

/// The path with its links followed, but for one that its last component is.
///
/// # Errors
/// There is no such directory, or no name in it.
pub(crate) fn name_of(path: &Path) -> Result<PathBuf, Errno> {
    let (directory, name) = split(path.as_os_str()).ok_or(Errno::ACCESS)?;
    let (_, directory) = hold(directory)?;
    Ok(directory.join(name))
}

/// Holds the file at a path, together with its path without links.
fn hold(path: &OsStr) -> Result<(OwnedFd, PathBuf), Errno> {
    let mut result = Err(Errno::STALE);
    // A file that is replaced again and again, as `/etc/shadow` is by some programs, has lost its
    // name when it is asked for.
    for _ in 0..ATTEMPTS {
        let file = open_path(path)?;
        result = path_of(&file).map(|path| (file, path));
        if !matches!(result, Err(Errno::STALE)) {
            break;
        }
    }
    result
}

fn open_path(path: &OsStr) -> Result<OwnedFd, Errno> {
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    let resolve = ResolveFlags::NO_MAGICLINKS;
    match rustix::fs::openat2(CWD, path, flags, Mode::empty(), resolve) {
        // Linux 5.5 has no such call. The path that the kernel tells is what counts there, too.
        Err(Errno::NOSYS) => rustix::fs::open(path, flags, Mode::empty()),
        opened => opened,
    }
}

fn by_descriptor(file: &impl AsFd) -> String {
    format!("/proc/self/fd/{}", file.as_fd().as_raw_fd())
}

fn leads_to(path: &Path, file: &impl AsFd) -> bool {
    let identity = |status: Stat| (status.st_dev, status.st_ino);
    let named = rustix::fs::lstat(path).map(identity);
    named.is_ok() && named == rustix::fs::fstat(file).map(identity)
}

/// The directory in which a new file would be, and its name there.
fn split(path: &OsStr) -> Option<(&OsStr, &OsStr)> {
    let bytes = path.as_bytes();
    let (directory, name) = match bytes.iter().rposition(|byte| *byte == b'/') {
        None => (&b"."[..], bytes),
        Some(0) => (&b"/"[..], &bytes[1..]),
        Some(slash) => (&bytes[..slash], &bytes[slash + 1..]),
    };
    let is_name = ![&b""[..], b".", b".."].contains(&name);
    is_name.then(|| (OsStr::from_bytes(directory), OsStr::from_bytes(name)))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{Read, Write};
    use std::os::unix::fs::symlink;

    use tempfile::{TempDir, tempdir};

    use super::*;

    fn directory() -> (TempDir, PathBuf) {
        let dir = tempdir().expect("a directory");
        let path = fs::canonicalize(dir.path()).expect("a path");
        (dir, path)
    }

    fn found(path: impl AsRef<OsStr>) -> Result<PathBuf, Errno> {
        Target::find(path.as_ref()).map(|target| target.path().to_owned())
    }

    fn mode(mode: &str) -> OpenMode {
        OpenMode::parse(mode).expect("a mode")
    }

    #[test]
    fn links_and_dots_are_followed() {
        let (_dir, dir) = directory();
        fs::create_dir(dir.join("real")).expect("a directory");
        fs::write(dir.join("real/file"), "text").expect("a file");
        symlink("real", dir.join("link")).expect("a link");
        symlink("link/file", dir.join("other")).expect("a link");
        let real = dir.join("real/file");
        for path in ["real/file", "link/file", "other", "link/../real/./file"] {
            assert_eq!(found(dir.join(path)), Ok(real.clone()), "{path}");
        }
        assert_eq!(found(dir.join("link/new")), Ok(dir.join("real/new")));
        for path in ["absent/new", "real/", "real/..", "real/new/"] {
            let expected = match path {
                "real/" => Ok(dir.join("real")),
                "real/.." => Ok(dir.clone()),
                _ => Err(Errno::NOENT),
            };
            assert_eq!(found(dir.join(path)), expected, "{path}");
        }
    }

    #[test]
    fn links_that_are_no_paths_lead_nowhere() {
        assert_eq!(found("/proc/self/root/etc/passwd"), Err(Errno::LOOP));
        assert_eq!(found("/proc/self/cwd/Cargo.toml"), Err(Errno::LOOP));
        assert_eq!(found("/proc/self/fd/0"), Err(Errno::LOOP));
        let status = found("/proc/self/status").expect("a file");
        assert_eq!(
            status,
            PathBuf::from(format!("/proc/{}/status", std::process::id()))
        );
    }

    #[test]
    fn what_was_found_is_opened_whatever_happens_to_its_name() {
        let (_dir, dir) = directory();
        let (link, file) = (dir.join("link"), dir.join("file"));
        fs::write(&file, "right").expect("a file");
        fs::write(dir.join("secret"), "wrong").expect("a file");
        symlink(&file, &link).expect("a link");
        let target = Target::find(link.as_os_str()).expect("a file");
        fs::remove_file(&link).expect("the link");
        symlink(dir.join("secret"), &link).expect("a link");
        fs::rename(dir.join("secret"), &file).expect("the file");
        let mut text = String::new();
        let mut opened = target.open(mode("r")).expect("the file");
        opened.read_to_string(&mut text).expect("its text");
        assert_eq!(text, "right");
    }

    #[test]
    fn new_files_are_made_where_they_were_found_to_be() {
        let (_dir, dir) = directory();
        fs::create_dir(dir.join("real")).expect("a directory");
        symlink("real", dir.join("link")).expect("a link");
        let target = Target::find(dir.join("link/new").as_os_str()).expect("a place");
        fs::remove_file(dir.join("link")).expect("the link");
        symlink("/etc", dir.join("link")).expect("a link");
        assert_eq!(
            target.open(mode("r")).err(),
            Some(OpenError::Open(Errno::NOENT))
        );
        let mut file = target.open(mode("w")).expect("a new file");
        file.write_all(b"text").expect("room");
        assert_eq!(fs::read(dir.join("real/new")).expect("the file"), b"text");
        // What has come into the way meanwhile is not taken over.
        assert_eq!(
            target.open(mode("w")).err(),
            Some(OpenError::Open(Errno::NOENT))
        );
    }

    #[test]
    fn a_file_without_a_name_has_no_path() {
        let (_dir, dir) = directory();
        let path = dir.join("file (deleted)");
        let file = File::create(&path).expect("a file");
        assert_eq!(path_of(&file), Ok(path.clone()));
        fs::remove_file(&path).expect("the file");
        assert_eq!(path_of(&file), Err(Errno::STALE));
        let (pipe, _) = std::io::pipe().expect("a pipe");
        assert_eq!(path_of(&pipe), Err(Errno::ACCESS));
    }

    #[test]
    fn writing_takes_over_what_is_there() {
        let (_dir, dir) = directory();
        let path = dir.join("file");
        fs::write(&path, "long text").expect("a file");
        let target = Target::find(path.as_os_str()).expect("the file");
        drop(target.open(mode("a")).expect("the file"));
        assert_eq!(fs::read(&path).expect("the file"), b"long text");
        drop(target.open(mode("w")).expect("the file"));
        assert_eq!(fs::read(&path).expect("the file"), b"");
    }
}
