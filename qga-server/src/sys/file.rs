//! Opening and moving the bytes of files that the host names.
//!
//! Nothing is buffered: a write that this module reports as done is with the kernel, and data
//! that was read is never dropped, whatever happens after it.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, ErrorKind, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;

use rustix::fs::{Mode, OFlags, SeekFrom};
use rustix::io::Errno;

use crate::class::Access;

use super::error::{errno, from_nix};

/// Permissions of a file that the host creates. The umask does not apply, as in the C agent.
pub(super) const NEW_FILE: u32 = 0o666;
/// How much memory a read claims at a time: the count that the host asks for is not trusted.
const READ_STEP: usize = 1 << 18;

/// How a file is opened: what the mode strings of `fopen` stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OpenMode(OFlags);

impl OpenMode {
    /// The meaning of a mode string, or nothing if there is none.
    pub(crate) fn parse(mode: &str) -> Option<Self> {
        let (create, append) = (OFlags::CREATE, OFlags::APPEND);
        Some(Self(match mode {
            "r" | "rb" => OFlags::RDONLY,
            "w" | "wb" => OFlags::WRONLY | create | OFlags::TRUNC,
            "a" | "ab" => OFlags::WRONLY | create | append,
            "r+" | "rb+" | "r+b" => OFlags::RDWR,
            "w+" | "wb+" | "w+b" => OFlags::RDWR | create | OFlags::TRUNC,
            "a+" | "ab+" | "a+b" => OFlags::RDWR | create | append,
            _ => return None,
        }))
    }

    /// The flags for opening. It never waits for a peer, and nothing becomes the agent's terminal.
    pub(super) fn flags(self) -> OFlags {
        self.0 | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC
    }

    /// What the file will be used for.
    pub(crate) fn accesses(self) -> impl Iterator<Item = Access> {
        let write_only = self.0.contains(OFlags::WRONLY);
        let read = (!write_only).then_some(Access::Read);
        let writes = write_only || self.0.contains(OFlags::RDWR);
        read.into_iter().chain(writes.then_some(Access::Write))
    }
}

/// Why a file could not be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenError {
    /// The file itself cannot be opened or created.
    Open(Errno),
    /// The new file could not be given its permissions; it has been removed again.
    Permissions(Errno),
}

/// Opens a file.
pub(crate) fn open(path: &OsStr, mode: OpenMode) -> Result<File, OpenError> {
    let flags = mode.flags();
    if flags.contains(OFlags::CREATE) {
        // Created without any permission and opened up afterwards, so that nobody gets hold of
        // the file in between. Taking over an existing file is a second, different step.
        match rustix::fs::open(path, flags | OFlags::EXCL, Mode::empty()) {
            Ok(fd) => return permit(path, fd),
            Err(Errno::EXIST) => {}
            Err(error) => return Err(OpenError::Open(error)),
        }
    }
    rustix::fs::open(path, flags - OFlags::CREATE, Mode::empty())
        .map(File::from)
        .map_err(OpenError::Open)
}

/// Gives a file that was just created its permissions.
fn permit(path: &OsStr, fd: OwnedFd) -> Result<File, OpenError> {
    if let Err(error) = rustix::fs::fchmod(&fd, Mode::from_raw_mode(NEW_FILE)) {
        // The file is ours and empty; when it cannot be removed either, the first error counts.
        let _ = rustix::fs::unlink(path);
        return Err(OpenError::Permissions(error));
    }
    Ok(File::from(fd))
}

/// What one read gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chunk {
    pub(crate) data: Vec<u8>,
    /// The file ended before the count was reached.
    pub(crate) eof: bool,
}

/// Reads until `count` bytes are there, the file ends, or nothing more is to be had now.
///
/// # Errors
/// Nothing could be read. An error after some bytes is not reported: the bytes are, and the next
/// read meets the error again.
pub(crate) fn read(mut file: &File, count: usize) -> Result<Chunk, Errno> {
    let mut data = Vec::new();
    let mut filled = 0;
    let mut eof = false;
    while filled < count && !eof {
        if filled == data.len() {
            data.resize(count.min(filled + READ_STEP), 0);
        }
        match file.read(&mut data[filled..]) {
            Ok(more) => {
                filled += more;
                eof = more == 0;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) if filled > 0 => break,
            Err(error) => return Err(errno(&error)),
        }
    }
    data.truncate(filled);
    Ok(Chunk { data, eof })
}

/// A part of a regular file, to be read later, whatever else is done with the file until then.
#[derive(Debug)]
pub(crate) struct Stretch {
    file: File,
    position: u64,
    left: usize,
    /// The file ends before the count is reached.
    pub(crate) eof: bool,
}

impl Stretch {
    /// How many bytes are left in it.
    pub(crate) fn length(&self) -> usize {
        self.left
    }
}

impl Read for Stretch {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Ok(0);
        }
        let length = buffer.len().min(self.left);
        let length = self.file.read_at(&mut buffer[..length], self.position)?;
        if length == 0 {
            // Its length has been promised.
            let reason = "the file became shorter while it was read";
            return Err(io::Error::new(ErrorKind::UnexpectedEof, reason));
        }
        self.position += length as u64;
        self.left -= length;
        Ok(length)
    }
}

/// The next `count` bytes, if they are many and a regular file is known to have them; [`read`]
/// is for all others. The files of `/proc` and `/sys` say less than they have.
///
/// The offset is behind these bytes at once.
///
/// # Errors
/// The file cannot tell how long it is, or there are too many open files.
pub(crate) fn stretch(file: &File, count: usize) -> Result<Option<Stretch>, Errno> {
    if count <= READ_STEP {
        return Ok(None);
    }
    let metadata = file.metadata().map_err(|error| errno(&error))?;
    if !metadata.is_file() {
        return Ok(None);
    }
    let position = rustix::fs::tell(file)?;
    let available = metadata.len().saturating_sub(position);
    let available = usize::try_from(available).unwrap_or(usize::MAX);
    if available <= READ_STEP {
        return Ok(None);
    }
    let stretch = Stretch {
        file: file.try_clone().map_err(|error| errno(&error))?,
        position,
        left: available.min(count),
        eof: available < count,
    };
    rustix::fs::seek(file, SeekFrom::Start(position + stretch.left as u64))?;
    Ok(Some(stretch))
}

/// Writes as much of the first `count` bytes of `data` as the file takes now, and says how much
/// that was.
///
/// # Errors
/// Nothing could be written.
pub(crate) fn write(file: &File, mut data: impl BufRead, count: usize) -> Result<usize, Errno> {
    let mut written = 0;
    while written < count {
        let chunk = data.fill_buf().map_err(|error| errno(&error))?;
        let wanted = chunk.len().min(count - written);
        if wanted == 0 {
            return Err(Errno::IO);
        }
        match write_chunk(file, &chunk[..wanted]) {
            Ok(length) if length == wanted => written += length,
            Ok(length) => return Ok(written + length),
            Err(_) if written > 0 => break,
            Err(error) => return Err(error),
        }
        data.consume(wanted);
    }
    Ok(written)
}

fn write_chunk(mut file: &File, chunk: &[u8]) -> Result<usize, Errno> {
    let mut written = 0;
    while written < chunk.len() {
        match file.write(&chunk[written..]) {
            Ok(0) => break,
            Ok(more) => written += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) if written > 0 => break,
            Err(error) => return Err(errno(&error)),
        }
    }
    Ok(written)
}

/// What an offset is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whence {
    Start,
    Current,
    End,
}

/// Moves to another offset and returns it.
///
/// # Errors
/// The file has no offset, or the result is not one.
pub(crate) fn seek(file: &File, offset: i64, whence: Whence) -> Result<u64, Errno> {
    let target = match whence {
        Whence::Start => SeekFrom::Start(u64::try_from(offset).map_err(|_| Errno::INVAL)?),
        Whence::Current => SeekFrom::Current(offset),
        Whence::End => SeekFrom::End(offset),
    };
    rustix::fs::seek(file, target)
}

/// Closes a file, which is the last chance for a network file system to report a lost write.
///
/// # Errors
/// The kernel reports one; the file is closed all the same.
pub(crate) fn close(file: File) -> Result<(), Errno> {
    nix::unistd::close(file).map_err(from_nix)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::Path;

    use rustix::fs::CWD;
    use tempfile::tempdir;

    use super::*;

    fn open_as(path: &Path, mode: &str) -> Result<File, OpenError> {
        open(path.as_os_str(), OpenMode::parse(mode).expect("a mode"))
    }

    fn fifo(path: &Path) {
        rustix::fs::mknodat(
            CWD,
            path,
            rustix::fs::FileType::Fifo,
            Mode::from_raw_mode(0o600),
            0,
        )
        .expect("a FIFO");
    }

    #[test]
    fn modes_are_those_of_fopen() {
        for mode in [
            "r", "rb", "w", "wb", "a", "ab", "r+", "rb+", "r+b", "w+b", "ab+", "a+",
        ] {
            assert!(OpenMode::parse(mode).is_some(), "{mode}");
        }
        for mode in ["", "x", "rw", "re", "br", "r++", "R"] {
            assert_eq!(OpenMode::parse(mode), None, "{mode}");
        }
    }

    #[test]
    fn new_files_get_their_permissions_whatever_the_umask() {
        let dir = tempdir().expect("a directory");
        let path = dir.path().join("new");
        open_as(&path, "w").expect("a new file");
        let mode = fs::metadata(&path).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, NEW_FILE);
    }

    #[test]
    fn existing_files_keep_their_permissions() {
        let dir = tempdir().expect("a directory");
        let path = dir.path().join("old");
        fs::write(&path, "old").expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("permissions");
        open_as(&path, "w").expect("the file");
        let metadata = fs::metadata(&path).expect("a file");
        assert_eq!(
            (metadata.permissions().mode() & 0o777, metadata.len()),
            (0o640, 0)
        );
    }

    #[test]
    fn dangling_links_are_not_followed_into_creation() {
        let dir = tempdir().expect("a directory");
        let link = dir.path().join("link");
        symlink(dir.path().join("target"), &link).expect("a link");
        assert_eq!(
            open_as(&link, "w").err(),
            Some(OpenError::Open(Errno::NOENT))
        );
        assert!(!dir.path().join("target").exists());
    }

    #[test]
    fn the_end_is_only_seen_when_it_is_read_over() {
        let dir = tempdir().expect("a directory");
        let path = dir.path().join("five");
        fs::write(&path, "12345").expect("a file");
        let file = open_as(&path, "r").expect("the file");
        let chunk = |count| read(&file, count).map(|c| (c.data.len(), c.eof));
        assert_eq!(chunk(0), Ok((0, false)));
        assert_eq!(chunk(5), Ok((5, false)));
        assert_eq!(chunk(0), Ok((0, false)));
        assert_eq!(chunk(5), Ok((0, true)));
    }

    #[test]
    fn a_long_stretch_is_read_later() {
        let dir = tempdir().expect("a directory");
        let path = dir.path().join("long");
        let bytes: Vec<_> = (0..=250).cycle().take(READ_STEP + 7).collect();
        fs::write(&path, &bytes).expect("a file");
        let file = open_as(&path, "r").expect("the file");
        assert!(stretch(&file, READ_STEP).expect("a file").is_none());
        let mut all = stretch(&file, usize::MAX)
            .expect("a file")
            .expect("it is long");
        assert_eq!((all.length(), all.eof), (bytes.len(), true));
        assert!(stretch(&file, usize::MAX).expect("a file").is_none());
        // Somebody else has the same handle.
        seek(&file, 1, Whence::Start).expect("a file");
        let mut read = Vec::new();
        all.read_to_end(&mut read).expect("the file");
        assert_eq!(read, bytes);
        seek(&file, 0, Whence::Start).expect("a file");
        let exact = stretch(&file, bytes.len()).expect("a file");
        let mut exact = exact.expect("it is long");
        assert_eq!((exact.length(), exact.eof), (bytes.len(), false));
        fs::write(&path, "short").expect("a file");
        let error = exact.read_to_end(&mut read).expect_err("it is gone");
        assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    }

    #[test]
    fn a_pipe_gives_what_it_has_and_keeps_the_rest() {
        let dir = tempdir().expect("a directory");
        let path = dir.path().join("fifo");
        fifo(&path);
        assert_eq!(
            open_as(&path, "w").err(),
            Some(OpenError::Open(Errno::NXIO))
        );
        let reader = open_as(&path, "r").expect("the reading end");
        let writer = open_as(&path, "w").expect("the writing end");
        assert_eq!(read(&reader, 10), Err(Errno::AGAIN));
        assert_eq!(write(&writer, &b"hello"[..], 5), Ok(5));
        assert_eq!(
            read(&reader, 10),
            Ok(Chunk {
                data: b"hello".to_vec(),
                eof: false
            })
        );
        drop(writer);
        assert_eq!(
            read(&reader, 10),
            Ok(Chunk {
                data: Vec::new(),
                eof: true
            })
        );
        assert_eq!(seek(&reader, 0, Whence::Start), Err(Errno::SPIPE));
    }

    #[test]
    fn a_full_pipe_takes_what_fits() {
        let dir = tempdir().expect("a directory");
        let path = dir.path().join("fifo");
        fifo(&path);
        let _reader = open_as(&path, "r").expect("the reading end");
        let writer = open_as(&path, "w").expect("the writing end");
        let much = vec![0; 1 << 20];
        let write = || write(&writer, much.as_slice(), much.len());
        let taken = write().expect("a part");
        assert!(0 < taken && taken < 1 << 20);
        assert_eq!(write(), Err(Errno::AGAIN));
    }

    #[test]
    fn directories_open_but_do_not_read() {
        let dir = tempdir().expect("a directory");
        let file = open_as(dir.path(), "r").expect("the directory");
        assert_eq!(read(&file, 1), Err(Errno::ISDIR));
    }

    #[test]
    fn offsets_outside_the_range_are_refused() {
        let dir = tempdir().expect("a directory");
        let file = open_as(&dir.path().join("file"), "w+").expect("a file");
        assert_eq!(seek(&file, -1, Whence::Start), Err(Errno::INVAL));
        assert_eq!(seek(&file, -1, Whence::Current), Err(Errno::INVAL));
        assert_eq!(seek(&file, 7, Whence::End), Ok(7));
        assert_eq!(close(file), Ok(()));
    }
}
