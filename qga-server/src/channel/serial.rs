//! One device that leads to the host: a virtio port or a serial line.
//!
//! Nobody connects here. The host closes its end and opens it again, which this end sees as the
//! end of the input for a while; so whatever comes after such an end is from a new client.

use std::io::{self, ErrorKind, PipeReader, PipeWriter};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

use super::{Channel, ChannelError, Connection};
use crate::lock::lock;
use crate::sys::stop::Wake;
use crate::sys::{self, Root, Stop, virtio_ports};

/// How long to wait for the host to open its end again.
const ABSENCE_PAUSE: Duration = Duration::from_millis(100);
/// How long to wait for the device to be there again.
const RETRY_PAUSE: Duration = Duration::from_secs(1);
/// The speed of a serial line.
const BAUD: u32 = 38_400;

/// What kind of device it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A port of a virtio console.
    Virtio,
    /// A serial line.
    Line,
}

/// A device, open as long as it is there.
#[derive(Debug)]
pub struct Serial {
    kind: Kind,
    path: PathBuf,
    root: Root,
    /// Whether to wait for a device that is not there or is lost.
    retry: bool,
    stop: Stop,
    device: Option<Arc<Device>>,
    /// Hangs up when the present client has left.
    left: Option<PipeReader>,
    /// Whether a client has had the device since it was opened.
    used: bool,
}

#[derive(Debug)]
struct Device {
    fd: OwnedFd,
    /// Whether the device itself failed, and not only the host is away.
    lost: AtomicBool,
}

impl Serial {
    /// Opens the device at `path`, or with `retry` begins to wait for it.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn open(
        kind: Kind,
        path: PathBuf,
        root: Root,
        retry: bool,
        stop: Stop,
    ) -> Result<Self, ChannelError> {
        let mut serial = Self {
            kind,
            path,
            root,
            retry,
            stop,
            device: None,
            left: None,
            used: false,
        };
        match serial.open_device() {
            Ok(device) => serial.device = Some(device),
            Err(error) if retry => log::warn!("{error}, waiting for it"),
            Err(error) => return Err(error.into()),
        }
        Ok(serial)
    }

    fn open_device(&self) -> Result<Arc<Device>, sys::Error> {
        let path = match self.kind {
            Kind::Virtio => virtio_ports::device(&self.root, &self.path),
            Kind::Line => self.root.path(&self.path),
        };
        let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
        let opened = rustix::fs::open(&path, flags, Mode::empty()).and_then(|fd| {
            if self.kind == Kind::Line {
                make_transparent(&fd)?;
            }
            Ok(fd)
        });
        let fd = opened.map_err(|errno| {
            sys::Error::new(
                format!("error opening channel '{}'", self.path.display()),
                errno,
            )
        })?;
        Ok(Arc::new(Device {
            fd,
            lost: AtomicBool::new(false),
        }))
    }

    /// The device, after waiting for it if need be; none if the agent is asked to stop.
    fn device(&mut self) -> io::Result<Option<Arc<Device>>> {
        if let Some(device) = &self.device {
            if !device.lost.load(Ordering::Relaxed) {
                return Ok(Some(Arc::clone(device)));
            }
            self.device = None;
            if !self.retry {
                return Err(Errno::NODEV.into());
            }
            log::warn!("channel lost, waiting for it");
        }
        self.used = false;
        loop {
            if let Ok(device) = self.open_device() {
                self.device = Some(Arc::clone(&device));
                return Ok(Some(device));
            }
            if self.stop.wait_for(RETRY_PAUSE)? == Wake::Stop {
                return Ok(None);
            }
        }
    }
}

/// Lets every byte pass as it is.
fn make_transparent(fd: &OwnedFd) -> Result<(), Errno> {
    let mut line = tcgetattr(fd)?;
    line.make_raw();
    line.set_speed(BAUD)?;
    tcsetattr(fd, OptionalActions::Flush, &line)
}

impl Channel for Serial {
    fn next_client(&mut self) -> io::Result<Option<Box<dyn Connection>>> {
        // Who reads beside the present client would take its bytes.
        if let Some(left) = &self.left
            && self.stop.wait_readable(left)? == Wake::Stop
        {
            return Ok(None);
        }
        let Some(device) = self.device()? else {
            return Ok(None);
        };
        let pause = match self.used {
            true => ABSENCE_PAUSE,
            false => Duration::ZERO,
        };
        if self.stop.wait_for(pause)? == Wake::Stop {
            return Ok(None);
        }
        self.used = true;
        let (left, leaves) = io::pipe()?;
        self.left = Some(left);
        Ok(Some(Box::new(Client {
            device,
            stop: self.stop.clone(),
            present: Mutex::new(Some(leaves)),
            has_come: AtomicBool::new(self.kind == Kind::Line),
        })))
    }
}

/// The host, until it closes its end.
struct Client {
    device: Arc<Device>,
    stop: Stop,
    /// Gone when the host has closed its end: what is written from then on would reach somebody
    /// who has not asked.
    present: Mutex<Option<PipeWriter>>,
    /// Whether the host has sent anything. Until then it cannot leave, it is only awaited: a
    /// thread for every look whether it is there would be wasted. The end of a line is that of
    /// the line, whoever was there.
    has_come: AtomicBool,
}

impl Client {
    fn leave(&self) {
        *lock(&self.present) = None;
    }

    fn has_left(&self) -> bool {
        lock(&self.present).is_none()
    }

    /// Waits for bytes; none are the end.
    fn wait_and_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            // The wish to stop ends the input, so all that was asked before is answered.
            if self.stop.wait_readable(&self.device.fd)? == Wake::Stop || self.has_left() {
                return Ok(0);
            }
            match rustix::io::read(&self.device.fd, &mut *buffer) {
                Err(Errno::AGAIN | Errno::INTR) => {}
                Err(error) => return Err(self.failed(error)),
                Ok(0) if !self.has_come.load(Ordering::Relaxed) => {
                    if self.stop.wait_for(ABSENCE_PAUSE)? == Wake::Stop {
                        return Ok(0);
                    }
                }
                Ok(count) => {
                    self.has_come.store(true, Ordering::Relaxed);
                    return Ok(count);
                }
            }
        }
    }

    fn failed(&self, error: Errno) -> io::Error {
        self.device.lost.store(true, Ordering::Relaxed);
        error.into()
    }
}

impl Connection for Client {
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let result = self.wait_and_read(buffer);
        if !matches!(result, Ok(1..)) {
            self.leave();
        }
        result
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let mut waited = false;
        loop {
            if self.has_left() {
                return Err(ErrorKind::BrokenPipe.into());
            }
            match rustix::io::write(&self.device.fd, bytes) {
                Err(Errno::INTR) => {}
                // The wait is over but there is no room: nobody is at the other end, and an
                // answer for somebody else is of no use.
                Err(Errno::AGAIN) if waited => return Err(ErrorKind::BrokenPipe.into()),
                Err(Errno::AGAIN) => {
                    waited = true;
                    if self.stop.wait_writable(&self.device.fd)? == Wake::Stop {
                        return Err(io::Error::new(ErrorKind::BrokenPipe, "the agent stops"));
                    }
                }
                Err(error) => return Err(self.failed(error)),
                Ok(count) => return Ok(count),
            }
        }
    }

    /// What the host sends next is for the next client to read.
    fn hang_up(&self) {
        self.leave();
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{Read, Write};
    use std::os::unix::fs::symlink;
    use std::thread;

    use rustix::fs::{CWD, FileType, mknodat};
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use tempfile::{TempDir, tempdir};

    use super::*;

    /// The host's end of a line, whose other end lies at `/line` below the directory.
    fn line(dir: &TempDir) -> fs::File {
        let host = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&host)
            .and_then(|()| unlockpt(&host))
            .expect("a terminal");
        let name = ptsname(&host, Vec::new()).expect("a name");
        let link = dir.path().join("line");
        let _ = fs::remove_file(&link);
        symlink(name.to_str().expect("text"), link).expect("a link");
        host.into()
    }

    fn open(dir: &TempDir, retry: bool) -> (Result<Serial, ChannelError>, io::PipeWriter) {
        let (wish, wisher) = io::pipe().expect("a pipe");
        let stop = Stop::from(OwnedFd::from(wish));
        let root = Root::new(dir.path());
        let serial = Serial::open(Kind::Line, "/line".into(), root, retry, stop);
        (serial, wisher)
    }

    #[test]
    fn a_device_that_is_not_there_is_told_or_waited_for() {
        let dir = tempdir().expect("a directory");
        let error = open(&dir, false).0.expect_err("a refusal");
        let text = "error opening channel '/line': No such file or directory";
        assert_eq!(error.to_string(), text);
        let (serial, _wisher) = open(&dir, true);
        let mut serial = serial.expect("a channel");
        let mut host = line(&dir);
        let client = serial.next_client().expect("a channel").expect("a client");
        host.write_all(b"x").expect("room");
        assert_eq!(client.read(&mut [0; 8]).expect("a byte"), 1);
    }

    #[test]
    fn every_byte_passes_as_it_is() {
        let dir = tempdir().expect("a directory");
        let mut host = line(&dir);
        let (serial, _wisher) = open(&dir, false);
        let mut serial = serial.expect("a channel");
        let client = serial.next_client().expect("a channel").expect("a client");
        let bytes: Vec<u8> = (0..=255).collect();
        let mut buffer = [0; 256];
        host.write_all(&bytes).expect("room");
        let mut filled = 0;
        while filled < buffer.len() {
            filled += client.read(&mut buffer[filled..]).expect("bytes");
        }
        assert_eq!(buffer.as_slice(), bytes);
        assert_eq!(client.write(&bytes).expect("room"), bytes.len());
        host.read_exact(&mut buffer).expect("bytes");
        assert_eq!(buffer.as_slice(), bytes);
    }

    #[test]
    fn a_lost_device_ends_the_channel_unless_it_is_opened_again() {
        let dir = tempdir().expect("a directory");
        for retry in [false, true] {
            let host = line(&dir);
            let (serial, _wisher) = open(&dir, retry);
            let mut serial = serial.expect("a channel");
            let client = serial.next_client().expect("a channel").expect("a client");
            drop(host);
            let ends = matches!(client.read(&mut [0; 8]), Ok(0) | Err(_));
            assert!(ends);
            serial
                .device
                .as_ref()
                .expect("a device")
                .lost
                .store(true, Ordering::Relaxed);
            let mut host = line(&dir);
            match serial.next_client() {
                Ok(client) => {
                    assert!(retry);
                    host.write_all(b"x").expect("room");
                    let count = client.expect("a client").read(&mut [0; 8]);
                    assert_eq!(count.expect("a byte"), 1);
                }
                Err(_) => assert!(!retry),
            }
        }
    }

    #[test]
    fn a_host_that_is_away_is_awaited_and_leaves_only_once_it_has_come() {
        let dir = tempdir().expect("a directory");
        let path = dir.path().join("port");
        mknodat(CWD, &path, FileType::Fifo, Mode::RWXU, 0).expect("a pipe");
        let flags = OFlags::RDONLY | OFlags::NONBLOCK;
        let fd = rustix::fs::open(&path, flags, Mode::empty()).expect("a pipe");
        let host = || fs::OpenOptions::new().write(true).open(&path);
        // From now on the end of the input shows that nobody is there.
        drop(host().expect("a reader"));
        let (wish, mut wisher) = io::pipe().expect("a pipe");
        let (left, leaves) = io::pipe().expect("a pipe");
        let lost = AtomicBool::new(false);
        let client = Client {
            device: Arc::new(Device { fd, lost }),
            stop: Stop::from(OwnedFd::from(wish)),
            present: Mutex::new(Some(leaves)),
            has_come: AtomicBool::new(false),
        };
        thread::scope(|scope| {
            let read = scope.spawn(|| client.read(&mut [0; 8]));
            thread::sleep(ABSENCE_PAUSE * 2);
            host().expect("a reader").write_all(b"x").expect("room");
            let read = read.join().expect("no panic");
            assert_eq!(read.expect("a byte"), 1);
        });
        assert!(!client.has_left());
        assert_eq!(client.read(&mut [0; 8]).expect("an end"), 0);
        assert!(client.has_left());
        drop(left);
        client.has_come.store(false, Ordering::Relaxed);
        wisher.write_all(b"x").expect("room");
        assert_eq!(client.read(&mut [0; 8]).expect("an end"), 0);
    }

    #[test]
    fn the_wish_to_stop_ends_waiting_for_a_device() {
        let dir = tempdir().expect("a directory");
        let (serial, mut wisher) = open(&dir, true);
        wisher.write_all(b"x").expect("room");
        let client = serial.expect("a channel").next_client();
        assert!(client.expect("a channel").is_none());
    }
}
