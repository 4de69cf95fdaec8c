//! What guest-file-write writes before its request is complete.
//!
//! A file gets a [`Tail`], which becomes part of it only when the command is carried out. Nobody who
//! uses the same handle meanwhile has to wait for that, nor to see any of it: the tail is taken
//! back into memory for them, and the upload goes on there.

use std::fs::File;
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};

use qapi_runtime::Upload;
use rustix::io::Errno;

use crate::lock::lock;
use crate::sys::file;
use crate::sys::tail::Tail;

/// A file that is open, which one command uses at a time.
#[derive(Debug)]
pub(crate) struct OpenFile {
    file: File,
    loan: Option<Loan>,
}

/// The end of a file, as long as an upload has it.
#[derive(Debug)]
struct Loan {
    tail: Tail,
    /// That of the upload.
    memory: Memory,
}

/// Where the bytes of an upload are when they are not in its file, or why they are nowhere.
type Memory = Arc<Mutex<Result<Vec<u8>, Errno>>>;

impl OpenFile {
    pub(crate) fn new(file: File) -> Self {
        Self { file, loan: None }
    }

    /// The file as it is without what is being uploaded, for all other use.
    pub(crate) fn settled(&mut self) -> &File {
        if let Some(Loan { tail, memory }) = self.loan.take() {
            *lock(&memory) = tail.read(&self.file);
            tail.take_back(&self.file);
        }
        &self.file
    }

    /// The file, whatever is behind its end.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    pub(crate) fn into_file(self) -> File {
        self.file
    }

    /// Settles a file that has no handle any more, unless a command is at it.
    pub(crate) fn settle_orphan(shared: &Mutex<Self>) {
        match shared.try_lock() {
            Ok(mut open) => drop(open.settled()),
            Err(TryLockError::Poisoned(open)) => drop(open.into_inner().settled()),
            Err(TryLockError::WouldBlock) => {}
        }
    }
}

/// Bytes on their way into a file. They are not in it until the upload is committed.
pub(crate) struct FileUpload {
    file: Arc<Mutex<OpenFile>>,
    memory: Memory,
}

impl FileUpload {
    /// Begins to write to the end of a file, if that can be undone and nobody else does it.
    pub(crate) fn begin(file: &Arc<Mutex<OpenFile>>) -> Option<Self> {
        let mut open = lock(file);
        if open.loan.is_some() {
            return None;
        }
        let tail = Tail::begin(&open.file)?;
        let memory = Memory::new(Mutex::new(Ok(Vec::new())));
        open.loan = Some(Loan {
            tail,
            memory: Arc::clone(&memory),
        });
        Some(Self {
            file: Arc::clone(file),
            memory,
        })
    }

    /// Makes the first `count` bytes part of the file, and says how many they were.
    ///
    /// # Errors
    /// Nothing could be written.
    pub(crate) fn commit(self, count: usize) -> Result<usize, Errno> {
        let mut open = lock(&self.file);
        match self.take_loan(&mut open) {
            Some(loan) => loan.tail.keep(&open.file, count),
            None => match &*lock(&self.memory) {
                Ok(bytes) => file::write(open.settled(), bytes.as_slice(), count),
                Err(errno) => Err(*errno),
            },
        }
    }

    fn has_loan(&self, open: &OpenFile) -> bool {
        let loan = open.loan.as_ref();
        loan.is_some_and(|loan| Arc::ptr_eq(&loan.memory, &self.memory))
    }

    fn take_loan(&self, open: &mut MutexGuard<'_, OpenFile>) -> Option<Loan> {
        match self.has_loan(open) {
            true => open.loan.take(),
            false => None,
        }
    }
}

impl Upload for FileUpload {
    fn receive(&mut self, bytes: &[u8]) {
        let mut open = lock(&self.file);
        let has_loan = self.has_loan(&open);
        let OpenFile { file, loan } = &mut *open;
        match loan {
            Some(loan) if has_loan => loan.tail.write(file, bytes),
            _ => {
                if let Ok(memory) = &mut *lock(&self.memory) {
                    memory.extend_from_slice(bytes);
                }
            }
        }
    }
}

/// Nobody wants it any more.
impl Drop for FileUpload {
    fn drop(&mut self) {
        let mut open = lock(&self.file);
        if let Some(loan) = self.take_loan(&mut open) {
            loan.tail.take_back(&open.file);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use tempfile::{TempDir, tempdir};

    use super::*;

    fn empty() -> (TempDir, PathBuf, Arc<Mutex<OpenFile>>) {
        let dir = tempdir().expect("a directory");
        let path = dir.path().join("file");
        let file = OpenFile::new(File::create(&path).expect("a file"));
        (dir, path, Arc::new(Mutex::new(file)))
    }

    fn upload(file: &Arc<Mutex<OpenFile>>, bytes: &str) -> FileUpload {
        let mut upload = FileUpload::begin(file).expect("nobody else");
        upload.receive(bytes.as_bytes());
        upload
    }

    fn content(path: &PathBuf) -> String {
        fs::read_to_string(path).expect("a file")
    }

    #[test]
    fn an_upload_counts_when_it_is_committed_and_leaves_nothing_else() {
        let (_dir, path, file) = empty();
        assert_eq!(upload(&file, "one").commit(3), Ok(3));
        drop(upload(&file, "two"));
        assert_eq!(upload(&file, "three").commit(2), Ok(2));
        assert_eq!(content(&path), "oneth");
    }

    #[test]
    fn who_uses_the_handle_meanwhile_sees_nothing_of_an_upload() {
        let (_dir, path, file) = empty();
        let mut first = upload(&file, "first ");
        assert!(FileUpload::begin(&file).is_none());
        file::write(lock(&file).settled(), &b"other, "[..], 7).expect("room");
        assert_eq!(content(&path), "other, ");
        first.receive(b"and its rest");
        let second = upload(&file, "second, ");
        assert_eq!(first.commit(18), Ok(18));
        assert_eq!(content(&path), "other, first and its rest");
        assert_eq!(second.commit(8), Ok(8));
        assert_eq!(content(&path), "other, first and its restsecond, ");
    }

    #[test]
    fn a_file_without_a_handle_is_as_it_was() {
        let (_dir, path, file) = empty();
        let upload = upload(&file, "one");
        OpenFile::settle_orphan(&file);
        assert_eq!(content(&path), "");
        drop(upload);
        assert_eq!(content(&path), "");
    }
}
