//! The only home of system calls, `/proc`, `/sys` and `/etc`.
//!
//! Each source of facts has one file with two functions: `parse`, which is pure and tested on
//! text, and `read`, which opens the file below a [`Root`]; what comes on a socket, as for
//! [`interfaces`], is always that of the machine. Nothing here knows the guest agent's commands,
//! JSON or the wire types. `unsafe` stands in [`ioctl`], [`alone`],
//! [`activation`], [`heap`] and [`vfork`], and nowhere else.

use std::ffi::OsString;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::{fs, io};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

pub(crate) mod activation;
pub(crate) mod alone;
pub(crate) mod as_user;
pub(crate) mod authorized_keys;
pub(crate) mod block;
pub(crate) mod care;
pub(crate) mod clock;
pub(crate) mod cpu_stat;
pub(crate) mod cpus;
pub(crate) mod directory;
pub(crate) mod disk_stats;
pub(crate) mod error;
pub(crate) mod file;
pub(crate) mod freeze;
pub(crate) mod heap;
pub(crate) mod heritage;
pub(crate) mod interfaces;
pub(crate) mod ioctl;
pub(crate) mod kept_mounts;
pub(crate) mod lifeline;
pub(crate) mod load;
pub(crate) mod lock;
pub(crate) mod memory_blocks;
pub(crate) mod mount;
pub(crate) mod netlink;
pub(crate) mod numbered;
pub(crate) mod nvme;
pub(crate) mod os_release;
pub(crate) mod passwd;
pub(crate) mod power;
pub(crate) mod process;
pub(crate) mod program;
pub(crate) mod replaceable;
pub(crate) mod resolve;
pub(crate) mod routes;
pub(crate) mod rtc;
pub(crate) mod run;
pub(crate) mod secret;
pub(crate) mod spawn;
pub(crate) mod staying;
pub(crate) mod stop;
pub(crate) mod suspend;
pub(crate) mod tail;
pub(crate) mod tender;
pub(crate) mod time_zone;
pub(crate) mod trusted;
pub(crate) mod uname;
pub(crate) mod utmp;
pub(crate) mod vfork;
pub(crate) mod virtio_ports;
pub(crate) mod watch;

pub use error::Error;
pub use stop::Stop;

use directory::{Directory, Entry};

/// How much of a file is read at a time, which is all of most.
const READ_STEP: usize = 8 << 10;

/// The directory that system files are looked up below: `/`, or a captured tree in a test.
///
/// Paths that come from the host, such as those of guest-file-open, do not go through it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root(PathBuf);

impl Root {
    /// The tree below `directory`.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self(directory.into())
    }

    /// Whether this is the machine itself, and not a tree that stands in for it.
    pub(crate) fn is_machine(&self) -> bool {
        self.0 == Path::new("/")
    }

    /// Where `absolute`, a path on a real machine, lies below this root.
    pub(crate) fn path(&self, absolute: impl AsRef<Path>) -> PathBuf {
        let absolute = absolute.as_ref();
        self.0.join(absolute.strip_prefix("/").unwrap_or(absolute))
    }

    /// The bytes of a file.
    pub(crate) fn read(&self, absolute: impl AsRef<Path>) -> Result<Vec<u8>, Error> {
        let absolute = absolute.as_ref();
        self.read_all(absolute)
            .map_err(|errno| Error::at("open", absolute, errno))
    }

    /// Reads on until nothing comes: the files of the system do not tell their size, and those of
    /// procfs come in pieces.
    fn read_all(&self, absolute: &Path) -> Result<Vec<u8>, Errno> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        let file = rustix::fs::open(self.path(absolute), flags, Mode::empty())?;
        let mut bytes = Vec::new();
        let mut buffer = [MaybeUninit::uninit(); READ_STEP];
        loop {
            match rustix::io::read(&file, &mut buffer) {
                Ok(([], _)) => return Ok(bytes),
                Ok((piece, _)) => bytes.extend_from_slice(piece),
                Err(Errno::INTR) => {}
                Err(errno) => return Err(errno),
            }
        }
    }

    /// The entries of a directory, in the order of the file system.
    pub(crate) fn list(&self, absolute: impl AsRef<Path>) -> Result<Vec<Entry>, Error> {
        let absolute = absolute.as_ref();
        let directory = Directory::open(self, absolute)
            .map_err(|errno| Error::at("opendir", absolute, errno))?;
        directory
            .entries()
            .map_err(|errno| Error::at("readdir", absolute, errno))
    }

    /// Where a path leads when every link in it is followed, as a path below this root.
    pub(crate) fn resolve(&self, absolute: impl AsRef<Path>) -> Result<PathBuf, Error> {
        let absolute = absolute.as_ref();
        let resolved = fs::canonicalize(self.path(absolute)).and_then(|path| {
            let root = fs::canonicalize(&self.0)?;
            let below = path.strip_prefix(root).map_err(io::Error::other)?;
            Ok(Path::new("/").join(below))
        });
        resolved.map_err(|error| Error::at("realpath", absolute, error::errno(&error)))
    }

    /// The last part of the path that a link holds.
    pub(crate) fn link_name(&self, absolute: impl AsRef<Path>) -> Option<OsString> {
        let target = fs::read_link(self.path(absolute)).ok()?;
        target.file_name().map(OsString::from)
    }

    /// Writes to a file that is there, in one piece, as the files of sysfs want it.
    pub(crate) fn poke(&self, absolute: impl AsRef<Path>, bytes: &[u8]) -> Result<(), Errno> {
        let flags = OFlags::WRONLY | OFlags::CLOEXEC | OFlags::NOCTTY;
        let file = rustix::fs::open(self.path(absolute), flags, Mode::empty())?;
        match rustix::io::write(&file, bytes)? {
            written if written == bytes.len() => Ok(()),
            _ => Err(Errno::IO),
        }
    }

    /// The text of a file; bytes that are not UTF-8 become replacement characters.
    pub(crate) fn text(&self, absolute: impl AsRef<Path>) -> Result<String, Error> {
        self.read(absolute).map(text)
    }
}

#[cfg(test)]
impl Root {
    /// The captured machine `tests/roots/NAME`.
    pub(crate) fn captured(name: &str) -> Self {
        let roots = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/roots");
        Self::new(roots.join(name))
    }
}

/// The machine itself: `/`.
impl Default for Root {
    fn default() -> Self {
        Self::new("/")
    }
}

/// Bytes as text; those that are not UTF-8 become replacement characters.
pub(crate) fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// A string of the host as the bytes that system calls see.
///
/// A NUL character is legal in a request and impossible in a system call; the C agent keeps it as
/// the two bytes C0 80, so a name with a NUL is a different, usually absent name and never a
/// shortened one.
pub(crate) fn os_string(text: &str) -> OsString {
    if !text.contains('\0') {
        return text.into();
    }
    let mut bytes = Vec::with_capacity(text.len() + 1);
    for byte in text.bytes() {
        match byte {
            0 => bytes.extend([0xC0, 0x80]),
            other => bytes.push(other),
        }
    }
    OsString::from_vec(bytes)
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    #[test]
    fn absolute_paths_stay_below_the_root() {
        let root = Root::new("/fixture");
        assert_eq!(
            root.path("/etc/os-release"),
            Path::new("/fixture/etc/os-release")
        );
        assert_eq!(
            Root::default().path("/etc/os-release"),
            Path::new("/etc/os-release")
        );
    }

    #[test]
    fn nul_characters_become_two_bytes() {
        assert_eq!(os_string("a\0b").as_bytes(), b"a\xC0\x80b");
        assert_eq!(os_string("ä").as_bytes(), "ä".as_bytes());
    }
}
