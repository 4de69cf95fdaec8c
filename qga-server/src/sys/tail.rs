//! Bytes behind the end of a file that may be taken back.
//!
//! What a host sends is written while it is still being read, and only the end of its request
//! tells whether all of that was right. Until then a file is as it was but for a tail.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;

use rustix::fs::{FsWord, OFlags};
use rustix::io::Errno;

use super::error::errno;

/// The file systems of which it is known that a file which is cut short is as it was before it
/// became longer: ext2 to ext4, xfs, btrfs, tmpfs, overlayfs, f2fs, vfat, exfat and zfs. A write to
/// a file of `/proc` or `/sys` is an order, and one to a server in the network is seen there.
const WITH_TAILS: [FsWord; 9] = [
    0xEF53,
    0x5846_5342,
    0x9123_683E,
    0x0102_1994,
    0x794C_7630,
    0xF2F5_2010,
    0x4D44,
    0x2011_BAB0,
    0x2FC1_2FC1,
];

/// Bytes behind the end of a file, to be kept or taken back. The offset of the file does not move
/// until they are kept.
#[derive(Debug)]
pub(crate) struct Tail {
    /// How long the file was.
    length: u64,
    /// Where the tail begins: there, or behind a hole.
    start: u64,
    written: usize,
    /// Why no more could be written.
    failure: Option<Errno>,
}

impl Tail {
    /// A tail for a file whose offset is at its end.
    ///
    /// There is none in a file that is open for appending: others write to its end as well, and
    /// would lose what is theirs.
    pub(crate) fn begin(file: &File) -> Option<Self> {
        let flags = rustix::fs::fcntl_getfl(file).ok()?;
        let is_written = flags.intersects(OFlags::WRONLY | OFlags::RDWR);
        if !is_written || flags.intersects(OFlags::APPEND | OFlags::DIRECT) {
            return None;
        }
        let metadata = file.metadata().ok().filter(|found| found.is_file())?;
        let (length, start) = (metadata.len(), rustix::fs::tell(file).ok()?);
        let kind = rustix::fs::fstatfs(file).ok()?.f_type;
        let is_possible = start >= length && WITH_TAILS.contains(&kind);
        is_possible.then_some(Self {
            length,
            start,
            written: 0,
            failure: None,
        })
    }

    /// Adds `bytes`, unless something could not be written before.
    pub(crate) fn write(&mut self, file: &File, mut bytes: &[u8]) {
        while !bytes.is_empty() && self.failure.is_none() {
            match file.write_at(bytes, self.end()) {
                Ok(0) => self.failure = Some(Errno::IO),
                Ok(length) => {
                    self.written += length;
                    bytes = &bytes[length..];
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => self.failure = Some(errno(&error)),
            }
        }
    }

    /// Keeps the first `count` bytes, or as many as could be written, and says how many these are.
    /// The offset is behind them then.
    ///
    /// # Errors
    /// None could be written, or the file cannot be cut behind them.
    pub(crate) fn keep(self, file: &File, count: usize) -> Result<usize, Errno> {
        let kept = self.written.min(count);
        if kept == 0 {
            let failure = self.failure.filter(|_| count > 0);
            self.take_back(file);
            return failure.map_or(Ok(0), Err);
        }
        let end = self.start + kept as u64;
        if kept < self.written {
            rustix::fs::ftruncate(file, end)?;
        }
        rustix::fs::seek(file, rustix::fs::SeekFrom::Start(end))?;
        Ok(kept)
    }

    /// Makes the file what it was.
    pub(crate) fn take_back(self, file: &File) {
        if self.written == 0 {
            return;
        }
        // Who has written behind the tail meanwhile keeps that.
        let is_last = file.metadata().is_ok_and(|now| now.len() == self.end());
        let result = match is_last {
            true => rustix::fs::ftruncate(file, self.length),
            false => Err(Errno::BUSY),
        };
        if let Err(errno) = result {
            log::warn!("what was written for a request that failed cannot be taken back: {errno}");
        }
    }

    /// What has been written. The file need not be open for reading.
    ///
    /// # Errors
    /// Some of it could not be written, or it cannot be read.
    pub(crate) fn read(&self, file: &File) -> Result<Vec<u8>, Errno> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let mut bytes = vec![0; self.written];
        let path = format!("/proc/self/fd/{}", file.as_raw_fd());
        let readable = File::open(path).map_err(|error| errno(&error))?;
        let read = readable.read_exact_at(&mut bytes, self.start);
        read.map(|()| bytes).map_err(|error| errno(&error))
    }

    fn end(&self) -> u64 {
        self.start + self.written as u64
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, OpenOptions};
    use std::io::{Seek, SeekFrom, Write};
    use std::path::PathBuf;

    use tempfile::{TempDir, tempdir};

    use super::*;

    /// A file of five bytes, at its end.
    fn five() -> (TempDir, PathBuf, File) {
        let dir = tempdir().expect("a directory");
        let path = dir.path().join("file");
        fs::write(&path, "12345").expect("a file");
        let mut file = OpenOptions::new().write(true).open(&path).expect("a file");
        file.seek(SeekFrom::End(0)).expect("a file");
        (dir, path, file)
    }

    fn tail(file: &File, bytes: &str) -> Tail {
        let mut tail = Tail::begin(file).expect("a file system with tails");
        tail.write(file, bytes.as_bytes());
        tail
    }

    fn content(path: &PathBuf) -> String {
        fs::read_to_string(path).expect("a file")
    }

    #[test]
    fn what_is_kept_is_counted_and_the_offset_is_behind_it() {
        let (_dir, path, mut file) = five();
        assert_eq!(tail(&file, "abc").keep(&file, 3), Ok(3));
        assert_eq!(tail(&file, "defgh").keep(&file, 2), Ok(2));
        assert_eq!(tail(&file, "more").keep(&file, 0), Ok(0));
        file.write_all(b"!").expect("room");
        assert_eq!(content(&path), "12345abcde!");
    }

    #[test]
    fn what_is_taken_back_leaves_the_file_as_it_was() {
        let (_dir, path, mut file) = five();
        tail(&file, "abc").take_back(&file);
        assert_eq!(content(&path), "12345");
        file.seek(SeekFrom::Start(9)).expect("a file");
        let behind_a_hole = tail(&file, "abc");
        assert_eq!(content(&path), "12345\0\0\0\0abc");
        assert_eq!(behind_a_hole.read(&file), Ok(b"abc".to_vec()));
        behind_a_hole.take_back(&file);
        assert_eq!(content(&path), "12345");
        assert_eq!(file.stream_position().expect("a file"), 9);
    }

    #[test]
    fn what_others_write_behind_a_tail_is_left_alone() {
        let (_dir, path, file) = five();
        let tail = tail(&file, "abc");
        let mut other = OpenOptions::new().append(true).open(&path).expect("a file");
        other.write_all(b"theirs").expect("room");
        tail.take_back(&file);
        assert_eq!(content(&path), "12345abctheirs");
    }

    #[test]
    fn only_the_end_of_a_file_on_a_disk_has_a_tail() {
        let (_dir, path, mut file) = five();
        file.seek(SeekFrom::Start(4)).expect("a file");
        assert!(Tail::begin(&file).is_none());
        assert!(Tail::begin(&File::open(&path).expect("a file")).is_none());
        let mut options = OpenOptions::new();
        let appending = options.append(true).open(&path).expect("a file");
        assert!(Tail::begin(&appending).is_none());
        for device in ["/dev/null", "/proc/self/comm"] {
            let file = OpenOptions::new().write(true).open(device);
            assert!(Tail::begin(&file.expect("a file")).is_none());
        }
    }
}
