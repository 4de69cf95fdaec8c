use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The modules of a kernel, and which of them each one needs.
///
/// What a kernel has built in, it has no file for, and nothing here.
pub(super) struct Modules {
    /// Below which the paths are.
    folder: PathBuf,
    /// The path of each by its name, before it those that it needs, in the order in which they can be loaded.
    paths: BTreeMap<String, Vec<PathBuf>>,
}

impl Modules {
    /// Finds out by `depmod`, from their symbols: a kernel that is not installed has no list.
    pub(super) fn new(folder: &Path, depmod: &Path) -> Self {
        let folder = folder.join("lib/modules");
        let mut versions = fs::read_dir(&folder).expect("a kernel has modules");
        let version = versions
            .next()
            .expect("and a version")
            .expect("with a name");
        let output = Command::new(depmod)
            .args(["-n", "-b"])
            .arg(folder.parent().and_then(Path::parent).expect("as above"))
            .arg(version.file_name())
            .output();
        let text = String::from_utf8(output.expect("it starts").stdout).expect("paths are text");
        Self {
            folder: version.path(),
            paths: text.lines().filter_map(parse).collect(),
        }
    }

    /// The files to load for these modules, each behind those that it needs.
    pub(super) fn in_order(&self, names: &[&str]) -> Vec<PathBuf> {
        let mut order = Vec::new();
        for path in names
            .iter()
            .filter_map(|name| self.paths.get(*name))
            .flatten()
        {
            let path = self.folder.join(path);
            if !order.contains(&path) {
                order.push(path);
            }
        }
        order
    }
}

/// A line such as `a/first.ko: a/second.ko a/third.ko`, the last of which has to be loaded first. Behind the modules are
/// lines of another kind.
fn parse(line: &str) -> Option<(String, Vec<PathBuf>)> {
    let (path, needed) = line.split_once(':')?;
    let paths = needed.split_whitespace().rev().chain([path]);
    Some((
        name(Path::new(path))?.to_owned(),
        paths.map(PathBuf::from).collect(),
    ))
}

/// What a module is called: its file, without what tells how that is compressed.
pub(super) fn name(path: &Path) -> Option<&str> {
    let (name, _) = path.file_name()?.to_str()?.split_once(".ko")?;
    Some(name)
}

/// Copies one, and takes it apart if it is compressed, so that whoever loads it need not know how.
pub(super) fn copy(from: &Path, to: &Path) {
    let tool = match from.extension().and_then(|extension| extension.to_str()) {
        Some("xz") => "xz",
        Some("zst") => "zstd",
        Some("gz") => "gzip",
        _ => return super::image::copy(from, to),
    };
    let file = fs::File::create(to).expect("a fresh file");
    let status = Command::new(tool)
        .arg("-dc")
        .arg(from)
        .stdout(file)
        .status();
    let done = status.is_ok_and(|status| status.success());
    assert!(done, "{tool} cannot read {}", from.display());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_comes_behind_those_that_it_needs() {
        let (name, paths) =
            parse("a/sd_mod.ko.xz: a/scsi_mod.ko.xz b/scsi_common.ko.xz").expect("a line");
        assert_eq!(name, "sd_mod");
        let order = ["b/scsi_common.ko.xz", "a/scsi_mod.ko.xz", "a/sd_mod.ko.xz"];
        assert_eq!(paths, order.map(PathBuf::from));
        assert_eq!(parse("alias pci:v00001AF4d* virtio_pci"), None);
    }

    #[test]
    fn compressed_modules_are_unpacked() {
        let directory = tempfile::tempdir().expect("a directory");
        let plain = directory.path().join("plain.ko");
        fs::write(&plain, "code").expect("a fresh file");
        for (tool, end) in [("xz", "xz"), ("gzip", "gz")] {
            let status = Command::new(tool).arg("-k").arg(&plain).status();
            assert!(status.is_ok_and(|status| status.success()), "{tool} fails");
            let to = directory.path().join("copy");
            copy(&directory.path().join(format!("plain.ko.{end}")), &to);
            assert_eq!(fs::read(&to).expect("it is there"), b"code");
        }
    }
}
