//! Where helper programs are.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

use super::Root;

/// Where programs for the administrator are, if the environment has no `PATH`.
const DEFAULT_PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

/// The program of that name in the directories of `PATH`.
///
/// A tree of a test has only the programs that lie in it.
pub(crate) fn find(root: &Root, name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_else(|| DEFAULT_PATH.into());
    env::split_paths(&path)
        .filter(|directory| directory.is_absolute())
        .map(|directory| directory.join(name))
        .find(|path| is_executable(root, path))
        .map(|path| root.path(path))
}

/// What to run under that name. If there is no such program, it cannot be run, and the message
/// about that has the name.
pub(crate) fn named(root: &Root, name: &str) -> OsString {
    match find(root, name) {
        Some(path) => path.into(),
        None if root.is_machine() => name.into(),
        None => root.path(name).into(),
    }
}

/// Whether `path` is a program.
pub(crate) fn is_executable(root: &Root, path: impl AsRef<Path>) -> bool {
    let path = root.path(path);
    path.is_file() && access(path, Access::EXEC_OK).is_ok()
}

#[cfg(test)]
pub(crate) mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use tempfile::TempDir;

    use super::*;

    /// A tree to put stand-ins for programs into.
    pub(crate) struct Tree {
        dir: TempDir,
        pub(crate) root: Root,
    }

    impl Tree {
        /// A tree with nothing in it.
        pub(crate) fn new() -> Self {
            let dir = tempfile::tempdir().expect("a directory");
            let root = Root::new(dir.path());
            Self { dir, root }
        }

        /// A file at a path on the machine.
        pub(crate) fn file(&self, path: &str, text: &str) {
            let path = self.root.path(path);
            let directory = path.parent().expect("a file is in a directory");
            fs::create_dir_all(directory).expect("a fresh directory");
            fs::write(path, text).expect("a fresh file");
        }

        /// A program that notes its arguments and its input, and then ends with that status.
        pub(crate) fn program(&self, path: &str, status: i32) {
            self.file(&format!("{path}.status"), &status.to_string());
            let stand_in = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stand-in");
            symlink(stand_in, self.root.path(path)).expect("a fresh link");
        }

        /// The same, where [`find`] looks.
        pub(crate) fn program_in_path(&self, name: &str, status: i32) {
            self.program(&in_path(name), status);
        }

        /// What the programs in the directory of that one noted.
        pub(crate) fn log(&self, path: &str) -> String {
            let log = self.root.path(path).with_file_name("log");
            fs::read_to_string(log).unwrap_or_default()
        }

        /// What the programs noted that are where [`find`] looks.
        pub(crate) fn log_in_path(&self) -> String {
            self.log(&in_path("log"))
        }
    }

    /// A path that [`find`] tries first.
    fn in_path(name: &str) -> String {
        let path = env::var_os("PATH").expect("tests run with a PATH");
        let directory = env::split_paths(&path).find(|directory| directory.is_absolute());
        let path = directory.expect("a directory").join(name);
        path.to_str().expect("text").to_owned()
    }

    #[test]
    fn trees_have_only_the_programs_in_them() {
        let tree = Tree::new();
        assert_eq!(find(&tree.root, "sh"), None);
        assert_eq!(named(&tree.root, "sh"), tree.root.path("sh"));
        tree.program_in_path("sh", 0);
        let found = find(&tree.root, "sh").expect("a program");
        assert!(found.starts_with(tree.dir.path()));
        assert!(find(&Root::default(), "sh").is_some());
        assert_eq!(
            named(&Root::default(), "no-such-program"),
            "no-such-program"
        );
    }

    #[test]
    fn files_without_the_right_are_no_programs() {
        let tree = Tree::new();
        tree.file("/sbin/plain", "");
        assert!(!is_executable(&tree.root, "/sbin/plain"));
        assert!(!is_executable(&tree.root, "/sbin"));
        tree.program("/sbin/program", 0);
        assert!(is_executable(&tree.root, "/sbin/program"));
    }
}
