//! What a freeze does to each mount, in which order, and why.
//!
//! - A file system is frozen once, wherever it is mounted: by its first place.
//! - The last one that was mounted comes first, but whatever lies on another one comes before that
//!   in any case. Thawing goes the other way.
//! - What is not on a block device is left out. An overlay is: what is written to it goes to a file
//!   system that is frozen. So is what comes over the network, and what is in memory.
//! - A file system that nobody can write to is frozen and counted like others, as hosts are used to.
//! - The kernel is asked about every kind of file system. One that cannot be frozen is passed over.

use std::fmt;
use std::path::PathBuf;

use super::beneath::{beneath, holder};
use crate::sys::mount::{self, FileSystem, Mount, Unreachable};
use crate::sys::{Error, Root};

/// Kinds for which Linux has no freezing so far.
const UNABLE: [&str; 16] = [
    "fuseblk", "vfat", "msdos", "exfat", "ntfs", "ntfs3", "squashfs", "erofs", "cramfs", "romfs",
    "iso9660", "udf", "hfs", "hfsplus", "minix", "ufs",
];
/// Kinds whose files are on another machine.
const NETWORK: [&str; 13] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "9p",
    "virtiofs",
    "ceph",
    "afs",
    "coda",
    "orangefs",
    "lustre",
    "fuse.sshfs",
];
/// Kinds that the kernel makes up, and in which nothing is kept.
const MADE_UP: [&str; 27] = [
    "autofs",
    "binfmt_misc",
    "bpf",
    "cgroup",
    "cgroup2",
    "configfs",
    "cpuset",
    "debugfs",
    "devpts",
    "devtmpfs",
    "efivarfs",
    "fusectl",
    "hugetlbfs",
    "mqueue",
    "nfsd",
    "nsfs",
    "pipefs",
    "proc",
    "pstore",
    "resctrl",
    "rpc_pipefs",
    "securityfs",
    "selinuxfs",
    "smackfs",
    "sysfs",
    "tracefs",
    "usbfs",
];

/// What a freeze does to each mount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// What is to be frozen, in that order.
    systems: Vec<FileSystem>,
    /// One for each mount: first those, then what is left out.
    steps: Vec<Step>,
    /// How many mounts are not worth a step.
    made_up: usize,
}

/// What happens to one mount.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    point: PathBuf,
    device: String,
    kind: String,
    action: Action,
    reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Freeze,
    /// The kernel is asked to freeze it, and will most likely not.
    Try,
    Skip,
}

/// Plans for the mounts of the machine. Nothing is opened or changed.
///
/// # Errors
/// The table of mounts cannot be read.
pub(crate) fn plan(root: &Root) -> Result<Plan, Error> {
    let mounts = mount::all(root)?;
    let systems = mount::on_devices(root, &mounts);
    let beneath = beneath(root, &mounts, &systems);
    Ok(Plan::new(&mounts, &systems, &beneath))
}

impl Plan {
    /// The file systems in the order in which they are to be frozen.
    pub(crate) fn systems(&self) -> &[FileSystem] {
        &self.systems
    }

    /// Notes what no path leads to, which has to be tried out.
    pub(crate) fn mark_hidden(&mut self, root: &Root) {
        for (system, step) in self.systems.iter().zip(&mut self.steps) {
            if let Err(Unreachable::Hidden) = system.open(root) {
                step.action = Action::Skip;
                step.reason = "hidden by what was mounted over it".into();
            }
        }
    }

    fn new(mounts: &[Mount], systems: &[FileSystem], beneath: &[Vec<usize>]) -> Self {
        let order = order(beneath);
        let mut steps: Vec<Step> = Vec::new();
        for &index in &order {
            steps.push(first_place(mounts, systems, index, &beneath[index]));
        }
        let is_made_up = |mount: &&Mount| MADE_UP.contains(&mount.kind.as_str());
        let others = mounts.iter().filter(|mount| !is_made_up(mount));
        steps.extend(others.filter_map(|mount| skipped(mount, mounts, systems)));
        Self {
            steps,
            systems: order.iter().map(|&index| systems[index].clone()).collect(),
            made_up: mounts.iter().filter(is_made_up).count(),
        }
    }
}

/// The indices from the last to the first, but each before those that it lies on.
fn order(beneath: &[Vec<usize>]) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::new();
    let mut left: Vec<usize> = (0..beneath.len()).rev().collect();
    while !left.is_empty() {
        let is_free = |candidate: &usize| {
            let mut others = left.iter().filter(|other| *other != candidate);
            !others.any(|&other| beneath[other].contains(candidate))
        };
        // In a circle, which the kernel does not allow, any one is as good as another.
        let next = left.iter().position(is_free).unwrap_or(0);
        order.push(left.remove(next));
    }
    order
}

fn first_place(mounts: &[Mount], systems: &[FileSystem], index: usize, beneath: &[usize]) -> Step {
    let system = &systems[index];
    let below: Vec<String> = beneath
        .iter()
        .map(|&below| systems[below].point().display().to_string())
        .collect();
    let mount = mounts.iter().find(|mount| mount.point == system.point());
    let (action, reason) = if UNABLE.contains(&system.kind.as_str()) {
        let reason = format!("Linux has no freezing for {} so far", system.kind);
        (Action::Try, reason)
    } else if !below.is_empty() {
        (Action::Freeze, format!("lies on {}", below.join(", ")))
    } else if mount.is_some_and(Mount::is_read_only) {
        (Action::Freeze, "read-only, and counted all the same".into())
    } else {
        (Action::Freeze, String::new())
    };
    Step {
        point: system.point().to_owned(),
        device: system.device.to_string(),
        kind: system.kind.clone(),
        action,
        reason,
    }
}

/// A mount that is no file system's first place.
fn skipped(mount: &Mount, mounts: &[Mount], systems: &[FileSystem]) -> Option<Step> {
    let device = mount.number();
    let same = systems.iter().find(|system| system.is_at(&mount.point));
    let reason = match (same, mount.upper_directory()) {
        (Some(system), _) if system.point() == mount.point => return None,
        (Some(system), _) => format!("the same file system as {}", system.point().display()),
        (None, Some(upper)) => match holder(&upper, mounts, systems) {
            Some(index) => format!(
                "what is written to it goes to {}",
                systems[index].point().display()
            ),
            None => "what is written to it goes to no file system here".into(),
        },
        (None, None) => reason(&mount.kind).into(),
    };
    Some(Step {
        point: mount.point.clone(),
        device: device.map_or_else(|| "-".to_owned(), |device| device.to_string()),
        kind: mount.kind.clone(),
        action: Action::Skip,
        reason,
    })
}

fn reason(kind: &str) -> &'static str {
    match kind {
        "tmpfs" | "ramfs" => "in memory",
        "overlay" => "nothing is written to it",
        kind if NETWORK.contains(&kind) => "on another machine",
        kind if kind.starts_with("fuse") => "served by a program",
        _ => "not on a block device",
    }
}

/// A table for people.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["MOUNT POINT", "DEVICE", "TYPE", "ACTION", "REASON"].map(str::to_owned);
        let rows: Vec<_> = std::iter::once(head)
            .chain(self.steps.iter().map(Step::cells))
            .collect();
        let width = |column: usize| {
            let widths = rows.iter().map(|row| row[column].chars().count());
            widths.max().unwrap_or(0)
        };
        let widths = [0, 1, 2, 3].map(width);
        for [point, device, kind, action, reason] in &rows {
            let [a, b, c, d] = widths;
            let line = format!("{point:a$}  {device:b$}  {kind:c$}  {action:d$}  {reason}");
            writeln!(f, "{}", line.trim_end())?;
        }
        match self.made_up {
            0 => Ok(()),
            count => writeln!(
                f,
                "and {count} that the kernel makes up, in which nothing is kept"
            ),
        }
    }
}

impl Step {
    fn cells(&self) -> [String; 5] {
        [
            // A name may hold anything, a line feed as well.
            self.point.display().to_string().escape_debug().to_string(),
            self.device.clone(),
            self.kind.clone(),
            self.action.to_string(),
            self.reason.escape_debug().to_string(),
        ]
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Freeze => "freeze",
            Self::Try => "try",
            Self::Skip => "skip",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The plan for a captured machine, as it is printed.
    fn printed(root: &str) -> String {
        plan(&Root::captured(root)).expect("a table").to_string()
    }

    #[test]
    fn each_comes_before_what_it_lies_on() {
        assert_eq!(order(&[vec![], vec![], vec![]]), [2, 1, 0]);
        // The first lies on the last, which was mounted after it.
        assert_eq!(order(&[vec![2], vec![], vec![]]), [1, 0, 2]);
        assert_eq!(order(&[vec![1], vec![2], vec![]]), [0, 1, 2]);
        assert_eq!(order(&[vec![0], vec![0, 1], vec![1]]), [2, 1, 0]);
        assert_eq!(order(&[vec![1], vec![0]]).len(), 2);
        assert!(order(&[]).is_empty());
    }

    #[test]
    fn a_machine_of_containers_is_planned() {
        let expected = "\
MOUNT POINT                             DEVICE  TYPE         ACTION  REASON
/archive                                254:48  ext4         freeze  read-only, and counted all the same
/snap/core/1                            7:3     squashfs     try     Linux has no freezing for squashfs so far
/var/lib/docker/overlay2/1/merged/disk  252:1   ext4         freeze  lies on /var
/var                                    252:0   xfs          freeze
/mnt/image                              7:0     ext4         freeze  lies on /data
/data                                   254:32  xfs          freeze
/boot/efi                               254:15  vfat         try     Linux has no freezing for vfat so far
/                                       254:1   ext4         freeze
/run                                    0:23    tmpfs        skip    in memory
/home                                   254:1   ext4         skip    the same file system as /
/var/lib/docker/overlay2/1/merged       0:50    overlay      skip    what is written to it goes to /var
/net                                    0:60    nfs4         skip    on another machine
/home/user/remote                       0:61    fuse.rclone  skip    served by a program
/merged                                 0:62    overlay      skip    nothing is written to it
/tank                                   0:63    zfs          skip    not on a block device
and 2 that the kernel makes up, in which nothing is kept
";
        assert_eq!(printed("containers"), expected);
    }

    #[test]
    fn a_machine_without_a_table_has_no_plan() {
        assert!(plan(&Root::captured("empty")).is_err());
    }
}
