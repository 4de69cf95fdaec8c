//! A UNIX socket with a place in the file system.

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf, absolute};

use rustix::fs::Mode;
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType};

use super::listener::{BACKLOG, FLAGS, Listener};
use super::{Channel, ChannelError, Connection};
use crate::client::Peer;
use crate::sys::error::errno;
use crate::sys::{self, Stop};

/// Whoever may connect rules the machine, so that is the owner only. The C agent leaves it to the
/// umask.
const SOCKET_MODE: u32 = 0o600;
/// A listening socket. Its file is removed at the end, unless somebody has replaced it.
#[derive(Debug)]
pub struct UnixListen {
    listener: Listener,
    path: PathBuf,
    /// Device and inode of the socket's file.
    file: Option<(u64, u64)>,
}

impl UnixListen {
    /// Listens at `path`. A socket that a former run left there is replaced.
    ///
    /// # Errors
    /// The path is too long, something that is not a socket is there, or the kernel refuses.
    pub fn bind(path: &Path, stop: Stop) -> Result<Self, ChannelError> {
        let address = SocketAddrUnix::new(path).map_err(|error| match error {
            Errno::NAMETOOLONG => ChannelError::PathTooLong(path.to_owned()),
            other => bind_error(path, other),
        })?;
        remove_socket(path)?;
        let socket = listen(&address).map_err(|error| bind_error(path, error))?;
        Ok(Self {
            listener: Listener::new(socket, stop),
            // A daemon goes to another directory before it removes the file.
            path: absolute(path).unwrap_or_else(|_| path.to_owned()),
            file: identity(path),
        })
    }
}

fn bind_error(path: &Path, errno: Errno) -> ChannelError {
    sys::Error::new(
        format!("Failed to bind socket to {}", path.display()),
        errno,
    )
    .into()
}

/// Makes way for the socket, by removing a socket and nothing else.
fn remove_socket(path: &Path) -> Result<(), ChannelError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.file_type().is_socket() => fs::remove_file(path).map_err(|e| {
            let op = format!("Failed to unlink socket {}", path.display());
            sys::Error::new(op, errno(&e)).into()
        }),
        Ok(_) => Err(ChannelError::NotASocket(path.to_owned())),
        // What is wrong with the path, if anything, will be told by bind.
        Err(_) => Ok(()),
    }
}

fn listen(address: &SocketAddrUnix) -> Result<OwnedFd, Errno> {
    let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, FLAGS, None)?;
    // The mode of the socket becomes that of its file: at no moment can others connect.
    rustix::fs::fchmod(&socket, Mode::from_raw_mode(SOCKET_MODE))?;
    rustix::net::bind(&socket, address)?;
    rustix::net::listen(&socket, BACKLOG)?;
    Ok(socket)
}

fn identity(path: &Path) -> Option<(u64, u64)> {
    fs::symlink_metadata(path)
        .ok()
        .map(|metadata| (metadata.dev(), metadata.ino()))
}

impl Channel for UnixListen {
    fn peer(&self) -> Option<Peer> {
        self.listener.peer()
    }

    fn next_client(&mut self) -> io::Result<Option<Box<dyn Connection>>> {
        self.listener.next_client()
    }
}

impl Drop for UnixListen {
    fn drop(&mut self) {
        if self.file.is_some() && self.file == identity(&self.path) {
            // A file that stays is only untidy: the next run replaces it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{ErrorKind, Write};
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::net::{UnixListener, UnixStream};

    use tempfile::{TempDir, tempdir};

    use super::*;

    /// A directory, and a wish to stop together with the end of the pipe that utters it.
    fn setup() -> (TempDir, PathBuf, Stop, io::PipeWriter) {
        let dir = tempdir().expect("a directory");
        let path = dir.path().join("socket");
        let (wish, wisher) = io::pipe().expect("a pipe");
        (dir, path, Stop::from(OwnedFd::from(wish)), wisher)
    }

    #[test]
    fn only_the_owner_may_connect() {
        let (_dir, path, stop, _wisher) = setup();
        let _listen = UnixListen::bind(&path, stop).expect("a socket");
        let mode = fs::metadata(&path).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, SOCKET_MODE);
    }

    #[test]
    fn a_left_over_socket_is_replaced() {
        let (_dir, path, stop, _wisher) = setup();
        drop(UnixListener::bind(&path).expect("a socket"));
        UnixListen::bind(&path, stop).expect("a socket");
        assert!(!path.exists(), "the socket's file is removed at the end");
    }

    #[test]
    fn a_file_in_the_way_is_left_alone() {
        let (_dir, path, stop, _wisher) = setup();
        fs::write(&path, "precious").expect("a file");
        let error = UnixListen::bind(&path, stop).expect_err("a refusal");
        assert!(matches!(error, ChannelError::NotASocket(_)));
        assert_eq!(fs::read(&path).expect("the file"), b"precious");
    }

    #[test]
    fn a_successor_keeps_its_socket() {
        let (_dir, path, stop, _wisher) = setup();
        let first = UnixListen::bind(&path, stop).expect("a socket");
        let (wish, _other) = io::pipe().expect("a pipe");
        let second = UnixListen::bind(&path, Stop::from(OwnedFd::from(wish))).expect("a socket");
        drop(first);
        assert!(path.exists());
        drop(second);
        assert!(!path.exists());
    }

    #[test]
    fn failures_name_the_path() {
        let (_dir, _, stop, _wisher) = setup();
        let error = UnixListen::bind(Path::new("/nonexistent/s"), stop).expect_err("a refusal");
        let text = "Failed to bind socket to /nonexistent/s: No such file or directory";
        assert_eq!(error.to_string(), text);
        let (_dir, path, stop, _wisher) = setup();
        let long = path.join("x".repeat(100));
        let error = UnixListen::bind(&long, stop).expect_err("a refusal");
        assert_eq!(
            error.to_string(),
            format!("UNIX socket path '{}' is too long", long.display())
        );
    }

    #[test]
    fn clients_are_served_in_order_until_the_wish_to_stop() {
        let (_dir, path, stop, mut wisher) = setup();
        let mut listen = UnixListen::bind(&path, stop).expect("a socket");
        let mut clients = Vec::new();
        for byte in [b"1", b"2"] {
            let mut client = UnixStream::connect(&path).expect("a connection");
            client.write_all(byte).expect("room for a byte");
            clients.push(client);
        }
        for expected in *b"12" {
            let client = listen.next_client().expect("a channel").expect("a client");
            let mut byte = [0];
            assert_eq!(client.read(&mut byte).expect("a byte"), 1);
            assert_eq!(byte, [expected]);
        }
        wisher.write_all(b"x").expect("room for a byte");
        assert!(listen.next_client().expect("a channel").is_none());
    }

    #[test]
    fn the_wish_to_stop_ends_reading_and_writing() {
        let (_dir, path, stop, mut wisher) = setup();
        let mut listen = UnixListen::bind(&path, stop).expect("a socket");
        let _silent = UnixStream::connect(&path).expect("a connection");
        let client = listen.next_client().expect("a channel").expect("a client");
        wisher.write_all(b"x").expect("room for a byte");
        assert_eq!(client.read(&mut [0; 8]).expect("an end"), 0);
        let error = loop {
            if let Err(error) = client.write(&[0; 1 << 16]) {
                break error;
            }
        };
        assert_eq!(error.kind(), ErrorKind::BrokenPipe);
    }
}
