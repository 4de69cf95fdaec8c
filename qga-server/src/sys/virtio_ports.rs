//! The virtio ports of the machine, in `/sys/class/virtio-ports`.

use std::path::{Path, PathBuf};

use super::Root;

const PORTS: &str = "/sys/class/virtio-ports";
/// Where udev, if it runs, makes a link with the name of each port.
const LINKS: &str = "/dev/virtio-ports";

/// The device that `path` means: the file there, or, if the path is one of udev's and udev does
/// not run, the device of the port with that name.
pub(crate) fn device(root: &Root, path: &Path) -> PathBuf {
    let found = || {
        let name = path.strip_prefix(LINKS).ok()?;
        let ports = root.list(PORTS).ok()?;
        let port = ports.into_iter().find(|port| {
            let file = Path::new(PORTS).join(&port.name).join("name");
            let text = root.text(file).unwrap_or_default();
            Path::new(text.trim_end()) == name
        })?;
        Some(root.path(Path::new("/dev").join(port.name)))
    };
    let usual = root.path(path);
    match usual.exists() {
        true => usual,
        false => found().unwrap_or(usual),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::tempdir;

    use super::*;

    #[test]
    fn a_port_is_found_by_its_name_without_udev() {
        let dir = tempdir().expect("a directory");
        let root = Root::new(dir.path());
        let link = Path::new("/dev/virtio-ports/org.qemu.guest_agent.0");
        assert_eq!(device(&root, link), root.path(link));
        for (port, name) in [
            ("vport1p1", "other"),
            ("vport1p2", "org.qemu.guest_agent.0"),
        ] {
            let port = root.path(Path::new(PORTS).join(port));
            fs::create_dir_all(&port).expect("a directory");
            fs::write(port.join("name"), format!("{name}\n")).expect("a file");
        }
        assert_eq!(device(&root, link), root.path("/dev/vport1p2"));
        let absent = Path::new("/dev/virtio-ports/absent");
        assert_eq!(device(&root, absent), root.path(absent));
        let other = Path::new("/dev/ttyS0");
        assert_eq!(device(&root, other), root.path(other));
        fs::create_dir_all(root.path(LINKS)).expect("a directory");
        fs::write(root.path(link), "").expect("a file");
        assert_eq!(device(&root, link), root.path(link));
    }
}
