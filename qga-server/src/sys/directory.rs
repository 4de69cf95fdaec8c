//! Open directories, whose files are reached by short names.
//!
//! The kernel goes through all parts of a path each time, which for the small files of sysfs takes
//! longer than to read them.

use std::ffi::{OsStr, OsString};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, RawDir};
use rustix::io::Errno;

use super::Root;

/// What the largest attribute of sysfs takes.
const PAGE: usize = 4096;
/// How much of a list of entries is asked for at a time.
const LIST_STEP: usize = 8 << 10;

/// A directory that is open.
#[derive(Debug)]
pub(crate) struct Directory(OwnedFd);

/// Something in a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: OsString,
    pub(crate) is_link: bool,
    pub(crate) is_directory: bool,
}

impl Directory {
    /// Opens a directory below `root`.
    ///
    /// # Errors
    /// It is not there, or may not be read.
    pub(crate) fn open(root: &Root, absolute: impl AsRef<Path>) -> Result<Self, Errno> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        rustix::fs::open(root.path(absolute), flags, Mode::empty()).map(Self)
    }

    /// What is in it, in the order of the file system.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn entries(&self) -> Result<Vec<Entry>, Errno> {
        let mut buffer = [MaybeUninit::uninit(); LIST_STEP];
        let mut list = RawDir::new(&self.0, &mut buffer);
        let mut entries = Vec::new();
        while let Some(entry) = list.next() {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name == "." || name == ".." {
                continue;
            }
            let kind = match entry.file_type() {
                FileType::Unknown => self.kind(name)?,
                kind => kind,
            };
            entries.push(Entry {
                name: name.to_owned(),
                is_link: kind == FileType::Symlink,
                is_directory: kind == FileType::Directory,
            });
        }
        Ok(entries)
    }

    /// What the file system did not tell along with the name.
    fn kind(&self, name: &OsStr) -> Result<FileType, Errno> {
        let stat = rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW)?;
        Ok(FileType::from_raw_mode(stat.st_mode))
    }

    /// Whether there is anything with this name.
    ///
    /// # Errors
    /// There is not, or nobody may know.
    pub(crate) fn check(&self, name: impl AsRef<Path>) -> Result<(), Errno> {
        rustix::fs::statat(&self.0, name.as_ref(), AtFlags::empty()).map(drop)
    }

    /// An attribute, which sysfs hands out in one piece.
    ///
    /// # Errors
    /// It is not there, or its device does not tell it.
    pub(crate) fn attribute(&self, name: impl AsRef<Path>) -> Result<Vec<u8>, Errno> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&self.0, name.as_ref(), flags, Mode::empty())?;
        let mut buffer = [MaybeUninit::uninit(); PAGE];
        loop {
            match rustix::io::read(&file, &mut buffer) {
                Ok((bytes, _)) => return Ok(bytes.to_vec()),
                Err(Errno::INTR) => {}
                Err(errno) => return Err(errno),
            }
        }
    }

    /// What a link holds.
    ///
    /// # Errors
    /// It is not there, or no link.
    pub(crate) fn link(&self, name: impl AsRef<Path>) -> Result<PathBuf, Errno> {
        let target = rustix::fs::readlinkat(&self.0, name.as_ref(), Vec::new())?;
        Ok(OsStr::from_bytes(target.as_bytes()).into())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use tempfile::tempdir;

    use super::*;

    #[test]
    fn entries_are_told_with_their_kind() {
        let dir = tempdir().expect("a directory");
        fs::write(dir.path().join("file"), "text\n").expect("a file");
        fs::create_dir(dir.path().join("directory")).expect("a directory");
        symlink("directory", dir.path().join("link")).expect("a link");
        let directory = Directory::open(&Root::new(dir.path()), "/").expect("a directory");
        let mut entries = directory.entries().expect("entries");
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        let told: Vec<_> = entries
            .iter()
            .map(|entry| (entry.name.to_str(), entry.is_link, entry.is_directory))
            .collect();
        let expected = [
            (Some("directory"), false, true),
            (Some("file"), false, false),
            (Some("link"), true, false),
        ];
        assert_eq!(told, expected);
        assert_eq!(directory.attribute("file"), Ok(b"text\n".to_vec()));
        assert_eq!(directory.attribute("absent"), Err(Errno::NOENT));
        assert_eq!(directory.check("absent"), Err(Errno::NOENT));
        assert_eq!(directory.link("link"), Ok("directory".into()));
        assert_eq!(directory.link("file"), Err(Errno::INVAL));
    }

    #[test]
    fn a_long_list_comes_in_pieces() {
        let dir = tempdir().expect("a directory");
        for number in 0..500 {
            fs::write(dir.path().join(format!("a-rather-long-name-{number}")), "").expect("a file");
        }
        let directory = Directory::open(&Root::new(dir.path()), "/").expect("a directory");
        assert_eq!(directory.entries().map(|entries| entries.len()), Ok(500));
    }
}
