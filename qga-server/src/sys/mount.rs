//! Local file systems and where they are mounted.
//!
//! They are the ones that can be frozen and trimmed: those on a block device. What is mounted
//! from memory or from a network is left out.

use std::ffi::OsString;
use std::fmt;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, StatxFlags};
use rustix::io::Errno;

use super::{Error, Root};

pub(super) const TABLE: &str = "/proc/self/mountinfo";
/// What there is where the kernel does not show the other one.
const SIMPLE_TABLE: &str = "/proc/self/mounts";

/// The numbers of a block device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Device {
    pub(crate) major: u32,
    pub(crate) minor: u32,
}

/// `MAJOR:MINOR`.
impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.major, self.minor)
    }
}

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mount {
    /// The kernel's number for it; the simple table has none.
    id: Option<u64>,
    /// Major number zero if the kernel made it up; the simple table has none.
    device: Option<Device>,
    pub(crate) point: PathBuf,
    pub(crate) kind: String,
    source: PathBuf,
    /// What holds for the file system wherever it is mounted, as the kernel writes it.
    options: Vec<u8>,
}

/// A file system on a block device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileSystem {
    pub(crate) device: Device,
    /// The name of its format, such as `ext4`.
    pub(crate) kind: String,
    /// Where it is mounted, in the order of the table; never empty.
    places: Vec<Place>,
}

/// One of the places where a file system is mounted.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    id: Option<u64>,
    point: PathBuf,
}

/// How much room a file system has, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Space {
    /// All of it.
    pub(crate) total: u64,
    /// What is free.
    pub(crate) free: u64,
    /// What of that is there for everybody.
    pub(crate) available: u64,
}

/// Why a file system cannot be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreachable {
    /// Something else is mounted over every place where it is mounted.
    Hidden,
    /// It cannot be opened.
    Closed(Errno),
}

/// The file systems on block devices, in the order in which they were mounted.
///
/// One that is mounted in several places is listed once, under the first of them.
///
/// # Errors
/// The table of mounts cannot be read.
pub(crate) fn local(root: &Root) -> Result<Vec<FileSystem>, Error> {
    Ok(on_devices(root, &all(root)?))
}

/// Every mount, in the order in which they were made.
///
/// # Errors
/// The table of mounts cannot be read.
pub(crate) fn all(root: &Root) -> Result<Vec<Mount>, Error> {
    if let Ok(table) = root.read(TABLE) {
        return Ok(parse(&table));
    }
    let op = format!("failed to open mtab file: '{SIMPLE_TABLE}'");
    match root.read(SIMPLE_TABLE) {
        Ok(table) => Ok(parse_simple(&table)),
        Err(error) => Err(Error::new(op, error.errno)),
    }
}

/// Keeps what is on a block device, and puts together what is on the same one.
pub(crate) fn on_devices(root: &Root, mounts: &[Mount]) -> Vec<FileSystem> {
    together(mounts, |source| device_at(&root.path(source)))
}

fn together(mounts: &[Mount], device_at: impl Fn(&Path) -> Option<Device>) -> Vec<FileSystem> {
    let mut systems: Vec<FileSystem> = Vec::new();
    for mount in mounts {
        let Some(device) = mount.block_device(&device_at) else {
            continue;
        };
        let place = Place {
            id: mount.id,
            point: mount.point.clone(),
        };
        match systems.iter_mut().find(|system| system.device == device) {
            Some(system) => system.places.push(place),
            None => systems.push(FileSystem {
                device,
                kind: mount.kind.clone(),
                places: vec![place],
            }),
        }
    }
    systems
}

impl Mount {
    /// The numbers of its device, as far as the kernel tells.
    pub(crate) fn number(&self) -> Option<Device> {
        self.device
    }

    /// Whether nothing can be written to its file system, wherever that is mounted.
    pub(crate) fn is_read_only(&self) -> bool {
        self.words().any(|word| word == b"ro")
    }

    /// Where a file system that lies on others, as an overlay does, keeps what is written to it.
    pub(crate) fn upper_directory(&self) -> Option<PathBuf> {
        let mut words = self.words();
        words.find_map(|word| word.strip_prefix(b"upperdir=").map(unescape))
    }

    /// The options, one by one. A comma in a value is escaped, as blanks are in paths.
    fn words(&self) -> impl Iterator<Item = &[u8]> {
        self.options.split(|&byte| byte == b',')
    }

    fn block_device(&self, device_at: impl Fn(&Path) -> Option<Device>) -> Option<Device> {
        match self.device {
            Some(device) if device.major != 0 => Some(device),
            // btrfs has a number of its own for each subvolume.
            Some(_) if self.kind == "btrfs" => device_at(&self.source),
            Some(_) => None,
            None if self.source.is_absolute() => device_at(&self.source),
            None => None,
        }
    }
}

/// The numbers of the block device with this node.
fn device_at(node: &Path) -> Option<Device> {
    let stat = rustix::fs::stat(node).ok()?;
    let is_device = FileType::from_raw_mode(stat.st_mode) == FileType::BlockDevice;
    is_device.then(|| Device {
        major: rustix::fs::major(stat.st_rdev),
        minor: rustix::fs::minor(stat.st_rdev),
    })
}

impl FileSystem {
    /// Whether it is mounted at `point`, there or also there.
    pub(crate) fn is_at(&self, point: &Path) -> bool {
        self.places.iter().any(|place| place.point == point)
    }

    /// Whether nothing about it changes without a mount but the path of the one place where it is.
    /// The devices of btrfs can be replaced.
    pub(super) fn is_lasting(&self) -> bool {
        self.places.len() == 1 && self.places[0].id.is_some() && self.kind != "btrfs"
    }

    /// Where it is mounted: the first place of several.
    pub(crate) fn point(&self) -> &Path {
        &self.places[0].point
    }

    /// Opens its root directory, or the file it is mounted on.
    ///
    /// A mount point may be hidden by what was mounted there or above later. What can be opened
    /// then is another file system, so the next place is tried.
    pub(crate) fn open(&self, root: &Root) -> Result<OwnedFd, Unreachable> {
        // Without waiting: a mount point may be a file of any kind.
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
        self.reach(root, flags)
    }

    /// Tells how much room there is; `None` if it cannot be reached.
    pub(crate) fn space(&self, root: &Root) -> Option<Space> {
        let file = self.reach(root, OFlags::PATH | OFlags::CLOEXEC).ok()?;
        let stat = rustix::fs::fstatvfs(file).ok()?;
        let bytes = |blocks: u64| blocks.saturating_mul(stat.f_frsize);
        Some(Space {
            total: bytes(stat.f_blocks),
            free: bytes(stat.f_bfree),
            available: bytes(stat.f_bavail),
        })
    }

    fn reach(&self, root: &Root, flags: OFlags) -> Result<OwnedFd, Unreachable> {
        let mut reason = Unreachable::Hidden;
        if !root.is_machine() {
            // A tree that stands in for a machine has its tables, and nothing is mounted in it.
            return Err(reason);
        }
        for place in &self.places {
            match rustix::fs::open(&place.point, flags, Mode::empty()) {
                Ok(file) if place.is_reached_by(&file) => return Ok(file),
                // The directory went away together with what it was in.
                Ok(_) | Err(Errno::NOENT | Errno::NOTDIR) => {}
                Err(errno) => reason = Unreachable::Closed(errno),
            }
        }
        Err(reason)
    }
}

impl Place {
    /// Whether an open file is in this mount. A kernel that does not tell is trusted.
    fn is_reached_by(&self, file: &OwnedFd) -> bool {
        let flags = AtFlags::EMPTY_PATH | AtFlags::STATX_DONT_SYNC;
        let found = rustix::fs::statx(file, "", flags, StatxFlags::MNT_ID)
            .ok()
            .filter(|found| found.stx_mask & StatxFlags::MNT_ID.bits() != 0);
        match (found, self.id) {
            (Some(found), Some(id)) => found.stx_mnt_id == id,
            _ => true,
        }
    }
}

/// Parses the bytes of `mountinfo`; lines that are not as they should be are skipped.
pub(crate) fn parse(table: &[u8]) -> Vec<Mount> {
    lines(table).filter_map(line).collect()
}

/// `36 35 98:0 /root /point options [optional]... - type source super-options`.
fn line(line: &[u8]) -> Option<Mount> {
    const SEPARATOR: &[u8] = b" - ";
    let middle = line
        .windows(SEPARATOR.len())
        .position(|window| window == SEPARATOR)?;
    let mut place = fields(&line[..middle]);
    let mut system = fields(&line[middle + SEPARATOR.len()..]);
    let id = text(place.next()?).parse().ok()?;
    let device = text(place.nth(1)?);
    let (major, minor) = device.split_once(':')?;
    Some(Mount {
        id: Some(id),
        device: Some(Device {
            major: major.parse().ok()?,
            minor: minor.parse().ok()?,
        }),
        point: unescape(place.nth(1)?),
        kind: text(system.next()?),
        source: unescape(system.next().unwrap_or_default()),
        options: system.next().unwrap_or_default().to_owned(),
    })
}

/// Parses the bytes of `mounts`: `source point type options 0 0`.
pub(crate) fn parse_simple(table: &[u8]) -> Vec<Mount> {
    let line = |line| {
        let mut fields = fields(line);
        Some(Mount {
            id: None,
            device: None,
            source: unescape(fields.next()?),
            point: unescape(fields.next()?),
            kind: text(fields.next()?),
            options: fields.next().unwrap_or_default().to_owned(),
        })
    };
    lines(table).filter_map(line).collect()
}

fn lines(table: &[u8]) -> impl Iterator<Item = &[u8]> {
    table.split(|&byte| byte == b'\n')
}

fn fields(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|&byte| byte == b' ')
}

fn text(field: &[u8]) -> String {
    String::from_utf8_lossy(field).into_owned()
}

/// A path in which the kernel wrote blanks, line feeds and backslashes as `\` and three octal digits.
fn unescape(mut field: &[u8]) -> PathBuf {
    let mut path = Vec::with_capacity(field.len());
    while let Some((&byte, rest)) = field.split_first() {
        match (byte, rest) {
            (b'\\', [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', rest @ ..]) => {
                path.push((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'));
                field = rest;
            }
            _ => {
                path.push(byte);
                field = rest;
            }
        }
    }
    OsString::from_vec(path).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[u8] = br"22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
28 27 254:16 / /srv/with\040blank\134 rw master:1 propagate_from:2 - xfs /dev/vdb rw
29 27 254:1 /home /srv/home rw - ext4 /dev/vda1 rw
30 27 0:40 /@ /data rw - btrfs /dev/vdc rw,subvol=/@
31 27 0:41 / /lost rw - btrfs /dev/gone rw
32 27 0:42 / /net rw - nfs4 server:/export rw
short 27 0:42
33 27 254:17 / /last rw - vfat
";

    fn device_at(node: &Path) -> Option<Device> {
        (node == Path::new("/dev/vdc")).then_some(device(254, 32))
    }

    fn device(major: u32, minor: u32) -> Device {
        Device { major, minor }
    }

    fn systems() -> Vec<FileSystem> {
        together(&parse(TABLE), device_at)
    }

    #[test]
    fn what_is_on_a_block_device_is_listed_in_order() {
        let listed: Vec<_> = systems()
            .iter()
            .map(|system| {
                (
                    system.device.to_string(),
                    system.point().to_owned(),
                    system.kind.clone(),
                )
            })
            .collect();
        let expected = [
            ("254:1", "/", "ext4"),
            ("254:16", r"/srv/with blank\", "xfs"),
            ("254:32", "/data", "btrfs"),
            ("254:17", "/last", "vfat"),
        ];
        let expected = expected.map(|(device, point, kind)| {
            (device.to_owned(), PathBuf::from(point), kind.to_owned())
        });
        assert_eq!(listed, expected);
    }

    #[test]
    fn places_of_one_file_system_are_put_together() {
        let places = &systems()[0].places;
        let ids: Vec<_> = places.iter().map(|place| place.id).collect();
        assert_eq!(ids, [Some(27), Some(29)]);
    }

    #[test]
    fn the_simple_table_tells_by_the_source() {
        let table =
            b"/dev/vdc /data ext4 rw 0 0\nproc /proc proc rw 0 0\n//server/x /net cifs rw 0 0\n";
        let systems = together(&parse_simple(table), device_at);
        assert_eq!(systems.len(), 1);
        assert_eq!(systems[0].device, device(254, 32));
        assert_eq!(systems[0].places[0].id, None);
    }

    #[test]
    fn options_tell_of_what_is_beneath() {
        let table = br"50 27 0:50 / /merged rw - overlay over ro,lowerdir=/l,upperdir=/up\040\0541,workdir=/w
51 27 7:0 / /image ro - ext4 /dev/loop0 rw
";
        let mounts = parse(table);
        let upper = mounts[0].upper_directory();
        assert_eq!(upper, Some(PathBuf::from("/up ,1")));
        assert!(mounts[0].is_read_only() && !mounts[1].is_read_only());
    }

    #[test]
    fn only_whole_escapes_mean_a_byte() {
        for (field, path) in [
            (&br"a\011b"[..], "a\tb"),
            (br"\134040", r"\040"),
            (br"\04", r"\04"),
            (br"\400", r"\400"),
            (br"end\", r"end\"),
        ] {
            assert_eq!(unescape(field), Path::new(path));
        }
    }

    #[test]
    fn a_place_is_reached_only_by_files_in_its_mount() {
        let here = rustix::fs::open("/proc", OFlags::PATH, Mode::empty()).expect("a directory");
        let table = Root::default().read(super::TABLE).expect("a table");
        let proc = parse(&table)
            .into_iter()
            .rfind(|mount| mount.point == Path::new("/proc"))
            .expect("a mount");
        let place = |id| Place {
            id,
            point: "/proc".into(),
        };
        assert!(place(proc.id).is_reached_by(&here));
        assert!(place(None).is_reached_by(&here));
        assert!(!place(proc.id.map(|id| id + 1000)).is_reached_by(&here));
    }

    #[test]
    fn a_machine_without_tables_is_an_error() {
        let error = local(&Root::new("/nonexistent")).expect_err("an error");
        assert_eq!(
            error.to_string(),
            "failed to open mtab file: '/proc/self/mounts': No such file or directory"
        );
    }
}
