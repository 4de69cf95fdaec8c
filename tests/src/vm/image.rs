//! What the machine boots from: the kernel, its first files, and a disk.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use super::modules::{self, Modules};
use super::static_agent;
use crate::need;

/// What the kernel needs for its disk, its ports and vsock. What a kernel has built in, it has no file for.
const MODULES: [&str; 4] = [
    "virtio_pci",
    "virtio_blk",
    "virtio_console",
    "vsock_loopback",
];

/// What there is besides, for machines that ask for it.
const FURTHER_MODULES: [&str; 6] = [
    "dm-mod",
    "raid1",
    "virtio_scsi",
    "sd_mod",
    "ata_piix",
    "loop",
];

/// The scripts of the machine: where they lie, what they are, and whether they are programs.
const SCRIPTS: [(&str, &str, bool); 6] = [
    ("etc/boot", include_str!("guest/boot"), true),
    ("etc/agent", include_str!("guest/agent"), true),
    ("etc/door", include_str!("guest/door"), true),
    ("etc/plain", include_str!("guest/plain"), true),
    ("etc/hook", include_str!("guest/hook"), true),
    ("etc/inittab", include_str!("guest/inittab"), false),
];

/// Who there is: a superuser and a user, without passwords.
const FILES: [(&str, &str); 5] = [
    (
        "etc/passwd",
        "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:User:/home/user:/bin/sh\n",
    ),
    ("etc/group", "root:x:0:\nshadow:x:42:\nuser:x:1000:\n"),
    (
        "etc/shadow",
        "root:*:19000:0:99999:7:::\nuser:!:19000:0:99999:7:::\n",
    ),
    ("etc/os-release", "ID=guest\nNAME=Guest\n"),
    ("etc/login.defs", "ENCRYPT_METHOD SHA512\n"),
];

/// Directories that are empty until something is mounted or written there.
const DIRECTORIES: [&str; 10] = [
    "dev",
    "proc",
    "sys",
    "run",
    "tmp",
    "mnt",
    "root",
    "home/user",
    "var/log",
    "etc/qemu",
];

/// Room on the disk for the system, and for what tests write.
const DISK_SIZE: &str = "96M";

/// The files that a machine is made of.
///
/// The machine keeps nothing: give it the disk as a snapshot, or a copy.
#[derive(Clone, Debug)]
pub struct Image {
    /// The kernel.
    pub kernel: PathBuf,
    /// What it boots first.
    pub initramfs: PathBuf,
    /// The raw image of its disk, which has to be the first one on virtio.
    pub disk: PathBuf,
}

impl Image {
    /// The command line of the kernel, for an agent with these arguments.
    pub fn words(&self, agent: &str) -> String {
        // The check of its timer fails now and then where the machine does not get all the time that it thinks it has.
        format!("console=ttyS0 quiet panic=-1 no_timer_check agent=\"{agent}\"")
    }
}

/// Makes them, once, below `scratch`, the directory for temporary files that Cargo tells a test of.
///
/// # Panics
/// Something that it takes is not there and `CI=true`.
pub fn image(scratch: &Path) -> Option<&'static Image> {
    static IMAGE: OnceLock<Option<Image>> = OnceLock::new();
    IMAGE.get_or_init(|| make(scratch)).as_ref()
}

fn make(scratch: &Path) -> Option<Image> {
    let folder = need::vm_kernel()?;
    let busybox = need::tool("busybox")?;
    let foreign = Foreign::new()?;
    let depmod = need::tool("depmod")?;
    need::tool("mke2fs")?;
    need::tool("cpio")?;
    let agent = static_agent(scratch)?;
    let work = TempDir::with_prefix_in("vm-", scratch).expect("a temporary directory");
    let image = Image {
        kernel: the_kernel(&folder),
        initramfs: scratch.join("vm-initramfs"),
        disk: scratch.join("vm-disk"),
    };
    // What another test program uses is replaced and never written to.
    let fresh = [work.path().join("initramfs"), work.path().join("disk")];
    let modules = Modules::new(&folder, &depmod);
    make_initramfs(&work.path().join("first"), &modules, &busybox, &fresh[0]);
    make_disk(
        &work.path().join("root"),
        &busybox,
        &agent,
        &foreign,
        &fresh[1],
    );
    for (fresh, place) in fresh.iter().zip([&image.initramfs, &image.disk]) {
        fs::rename(fresh, place).expect("both are in one directory");
    }
    Some(image)
}

fn the_kernel(folder: &Path) -> PathBuf {
    let mut files = fs::read_dir(folder.join("boot")).expect("a kernel is there");
    let found = files.find_map(|entry| {
        let path = entry.expect("it can be listed").path();
        let name = path.file_name()?.to_str()?;
        name.starts_with("vmlinuz").then_some(path)
    });
    found.expect("it has been looked for")
}

fn make_initramfs(tree: &Path, modules: &Modules, busybox: &Path, to: &Path) {
    for directory in ["bin", "dev", "sys", "disk", "modules"] {
        fs::create_dir_all(tree.join(directory)).expect("a fresh directory");
    }
    copy(busybox, &tree.join("bin/busybox"));
    write(&tree.join("init"), include_str!("guest/init"), true);
    let place = |list: &str| tree.join(format!("modules/{list}.order"));
    write(
        &place("first"),
        &copy_modules(tree, modules, &MODULES),
        false,
    );
    for name in FURTHER_MODULES {
        write(&place(name), &copy_modules(tree, modules, &[name]), false);
    }
    let archive = fs::File::create(to).expect("a fresh file");
    let status = Command::new("sh")
        .args(["-c", "find . | cpio --quiet -o -H newc -R 0:0"])
        .current_dir(tree)
        .stdout(archive)
        .status();
    assert!(status.is_ok_and(|status| status.success()), "cpio fails");
}

/// Copies modules with all that they need, and gives their names in the order in which to load them.
fn copy_modules(tree: &Path, modules: &Modules, names: &[&str]) -> String {
    let mut order = String::new();
    for file in modules.in_order(names) {
        let name = modules::name(&file).expect("it is a module");
        modules::copy(&file, &tree.join(format!("modules/{name}.ko")));
        order += &format!("{name}\n");
    }
    order
}

fn make_disk(tree: &Path, busybox: &Path, agent: &Path, foreign: &Foreign, to: &Path) {
    for directory in ["bin", "sbin", "lib", "lib64"] {
        let merged = Path::new("usr").join(directory);
        fs::create_dir_all(tree.join(&merged)).expect("a fresh directory");
        symlink(merged, tree.join(directory)).expect("a fresh link");
    }
    for directory in DIRECTORIES {
        fs::create_dir_all(tree.join(directory)).expect("a fresh directory");
    }
    symlink("/run", tree.join("var/run")).expect("a fresh link");
    copy(busybox, &tree.join("bin/busybox"));
    let output = Command::new(busybox).arg("--list-full").output();
    let applets = String::from_utf8(output.expect("it starts").stdout).expect("names");
    for applet in applets.lines().filter(|path| *path != "bin/busybox") {
        symlink("/bin/busybox", tree.join(applet)).expect("a fresh link");
    }
    copy(agent, &tree.join("usr/sbin/qga-server"));
    foreign.copy(tree);
    for (path, text, is_program) in SCRIPTS {
        write(&tree.join(path), text, is_program);
    }
    for (path, text) in FILES {
        write(&tree.join(path), text, false);
    }
    make_file_system(Some(tree), DISK_SIZE, to);
}

/// An ext4 file system of that size in a file, with what is below `tree`.
pub(super) fn make_file_system(tree: Option<&Path>, size: &str, to: &Path) {
    let mut command = Command::new(need::tool("mke2fs").expect("it has been asked for"));
    command.args(["-q", "-t", "ext4", "-E", "root_owner=0:0"]);
    if let Some(tree) = tree {
        command.arg("-d").arg(tree);
    }
    let output = command.arg(to).arg(size).output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "mke2fs fails: {said}");
}

/// Programs of this machine that busybox of Debian does not have.
struct Foreign {
    chpasswd: PathBuf,
    socat: PathBuf,
    /// What `chpasswd` loads by itself.
    module: PathBuf,
}

impl Foreign {
    fn new() -> Option<Self> {
        Some(Self {
            chpasswd: need::tool("chpasswd")?,
            socat: need::tool("socat")?,
            module: need::pam_unix()?,
        })
    }

    /// Copies them with their libraries.
    fn copy(&self, tree: &Path) {
        copy(&self.chpasswd, &tree.join("usr/sbin/chpasswd"));
        copy(&self.socat, &tree.join("usr/bin/socat"));
        // By its path, for where it is looked for otherwise is not where it lies on every machine.
        let settings = format!("password required {} sha512\n", self.module.display());
        write(&tree.join("etc/pam.d/chpasswd"), &settings, false);
        let libraries = [&self.chpasswd, &self.socat, &self.module].map(|file| libraries(file));
        for library in [&self.module].into_iter().chain(libraries.iter().flatten()) {
            let place = tree.join(library.strip_prefix("/").expect("it is absolute"));
            fs::create_dir_all(place.parent().expect("it has one")).expect("a directory");
            copy(library, &place);
        }
    }
}

/// What a program loads.
pub(super) fn libraries(program: &Path) -> Vec<PathBuf> {
    let output = Command::new("ldd").arg(program).output();
    let text = String::from_utf8(output.expect("ldd starts").stdout).expect("paths");
    let paths = text.split_whitespace().filter(|word| word.starts_with('/'));
    paths.map(PathBuf::from).collect()
}

pub(super) fn copy(from: &Path, to: &Path) {
    if let Err(error) = fs::copy(from, to) {
        panic!("{} is not copied: {error}", from.display());
    }
}

pub(super) fn write(path: &Path, text: &str, is_program: bool) {
    fs::create_dir_all(path.parent().expect("it has one")).expect("a directory");
    fs::write(path, text).expect("a fresh file");
    let mode = if is_program { 0o755 } else { 0o644 };
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("a file of ours");
}
