//! Block devices as sysfs shows them, and what udev has found out about them.

pub(crate) mod address;
pub(crate) mod listed;
pub(crate) mod udev;

use std::cell::OnceCell;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

pub(crate) use address::{Address, Bus, Ccw, Pci};
use listed::Listed;
use rustix::io::Errno;

use super::directory::Directory;
use super::error::if_there;
use super::mount::Device;
use super::{Error, Root};

/// A disk, a partition, or a device that exists in software only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// Its directory below `/sys/devices`; no part of it is a link.
    path: PathBuf,
    /// What the kernel tells when the device appears, once it was asked for.
    uevent: OnceCell<Option<String>>,
    /// What udev has found out, in the same way.
    udev: OnceCell<Option<udev::Properties>>,
}

impl Block {
    /// Every disk with anything on it, in the order of the kernel; no partitions, and no empty
    /// drives, which have no size.
    ///
    /// # Errors
    /// sysfs is not there.
    pub(crate) fn all(root: &Root) -> Result<Vec<Self>, Error> {
        let path = Path::new("/sys/block");
        let failure = |errno| {
            let op = format!("Can't open directory \"{}\"", path.display());
            Error::new(op, errno)
        };
        let directory = Directory::open(root, path).map_err(failure)?;
        let entries = directory.entries().map_err(failure)?;
        let links = entries.iter().filter(|entry| entry.is_link);
        let listed = Listed::read(root);
        let filled = links.filter(|link| {
            let told = listed.is_filled(&link.name);
            told.unwrap_or_else(|| has_size(&directory, &link.name))
        });
        Ok(filled
            .filter_map(|link| Some(Self::new(target(path, &directory.link(&link.name).ok()?))))
            .collect())
    }

    /// The device with this number; `None` if sysfs does not have it, as in some containers.
    ///
    /// # Errors
    /// sysfs has it and does not show it.
    pub(crate) fn numbered(root: &Root, device: Device) -> Result<Option<Self>, Error> {
        let directory = Path::new("/sys/dev/block");
        let link = directory.join(device.to_string());
        match rustix::fs::readlink(root.path(&link), Vec::new()) {
            Ok(held) => {
                let held = Path::new(OsStr::from_bytes(held.as_bytes()));
                Ok(Some(Self::new(target(directory, held))))
            }
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(Error::at("realpath", link, errno)),
        }
    }

    fn new(path: PathBuf) -> Self {
        let (uevent, udev) = (OnceCell::new(), OnceCell::new());
        Self { path, uevent, udev }
    }

    /// Its name for the kernel, such as `vda1`.
    pub(crate) fn name(&self) -> &OsStr {
        self.path.file_name().unwrap_or_default()
    }

    /// Its node, such as `/dev/vda1`, if it has one.
    pub(crate) fn node(&self, root: &Root) -> Option<String> {
        let uevent = self.uevent(root)?;
        Some(format!("/dev/{}", property(uevent, "DEVNAME")?))
    }

    /// The serial number of the disk that it is, or is a part of, if udev has found it out.
    pub(crate) fn serial(&self, root: &Root) -> Option<String> {
        self.udev(root)?.get("ID_SERIAL")
    }

    /// The name that the device mapper gave it, if udev has found it out.
    pub(crate) fn alias(&self, root: &Root) -> Option<String> {
        self.udev(root)?.get("DM_NAME")
    }

    /// Whether it exists in software only, on top of others.
    pub(crate) fn is_virtual(&self) -> bool {
        let path = self.path.as_os_str().as_bytes();
        contains(path, b"/devices/virtual/block/")
    }

    /// What sysfs tells of the file that it, or the disk it is a part of, is an image of: the path
    /// and a line feed.
    pub(crate) fn image(&self, root: &Root) -> Option<Vec<u8>> {
        let mut disks = [Some(self.path.as_path()), self.path.parent()].into_iter();
        disks.find_map(|disk| root.read(disk?.join("loop/backing_file")).ok())
    }

    /// The devices that it is built on, or `None` if it is of no kind that has any.
    ///
    /// # Errors
    /// There are some, and sysfs does not show them.
    pub(crate) fn slaves(&self, root: &Root) -> Result<Option<Vec<Self>>, Error> {
        let path = self.path.join("slaves");
        let failure = |op| {
            let path = path.clone();
            move |errno| Error::at(op, path, errno)
        };
        let opened = Directory::open(root, &path).map_err(failure("opendir"));
        let Some(directory) = if_there(opened)? else {
            return Ok(None);
        };
        let entries = directory.entries().map_err(failure("readdir"))?;
        let mut slaves = Vec::new();
        for entry in entries.iter().filter(|entry| entry.is_link) {
            let held = directory.link(&entry.name);
            let held = if_there(held.map_err(failure("realpath")))?;
            slaves.extend(held.map(|held| Self::new(target(&path, &held))));
        }
        Ok(Some(slaves))
    }

    /// The devices of hardware that it comes down to: itself, or what it is built on.
    ///
    /// # Errors
    /// sysfs does not show them.
    pub(crate) fn hardware(self, root: &Root) -> Result<Vec<Self>, Error> {
        if !self.is_virtual() {
            return Ok(vec![self]);
        }
        let mut hardware = Vec::new();
        for slave in self.slaves(root)?.unwrap_or_default() {
            hardware.extend(slave.hardware(root)?);
        }
        Ok(hardware)
    }

    /// Its partitions, in the order of the kernel.
    pub(crate) fn partitions(&self, root: &Root) -> Vec<Self> {
        let name = self.name().as_bytes();
        let entries = root.list(&self.path).unwrap_or_default();
        let is_partition = |entry: &str| {
            let number = entry.as_bytes().strip_prefix(name);
            let number = number.map(|number| number.strip_prefix(b"p").unwrap_or(number));
            number.is_some_and(|number| number.first().is_some_and(u8::is_ascii_digit))
        };
        entries
            .iter()
            .filter(|entry| entry.is_directory)
            .filter(|entry| entry.name.to_str().is_some_and(is_partition))
            .map(|entry| Self::new(self.path.join(&entry.name)))
            .collect()
    }

    /// Where it sits in the hardware.
    pub(crate) fn address(&self, root: &Root) -> Address {
        address::locate(root, &self.path)
    }

    fn uevent(&self, root: &Root) -> Option<&str> {
        let read = || root.text(self.path.join("uevent")).ok();
        self.uevent.get_or_init(read).as_deref()
    }

    fn udev(&self, root: &Root) -> Option<&udev::Properties> {
        let read = || udev::read(root, self.device(root)?);
        self.udev.get_or_init(read).as_ref()
    }

    fn device(&self, root: &Root) -> Option<Device> {
        let uevent = self.uevent(root)?;
        let number = |key| property(uevent, key)?.parse().ok();
        Some(Device {
            major: number("MAJOR")?,
            minor: number("MINOR")?,
        })
    }
}

/// Whether there is anything on the device with this link in the directory of all.
fn has_size(all: &Directory, link: &OsStr) -> bool {
    let size = all.attribute(Path::new(link).join("size"));
    size.is_ok_and(|size| size.trim_ascii_end() != b"0")
}

/// Where a link in a directory of sysfs leads. There are no further ones on the way, so nobody has
/// to be asked.
fn target(directory: &Path, link: &Path) -> PathBuf {
    let mut path = directory.to_owned();
    for part in link.components() {
        match part {
            Component::ParentDir => drop(path.pop()),
            Component::CurDir => {}
            part => path.push(part),
        }
    }
    path
}

/// The value of a line `KEY=VALUE`.
fn property<'a>(uevent: &'a str, key: &str) -> Option<&'a str> {
    let mut lines = uevent.lines().filter_map(|line| line.split_once('='));
    lines.find(|(name, _)| *name == key).map(|(_, value)| value)
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
