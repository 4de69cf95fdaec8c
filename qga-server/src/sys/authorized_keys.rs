//! `.ssh/authorized_keys` of a user.
//!
//! The directory is the user's, who may put anything there at any moment. So it is used with the
//! rights of the user only, no symbolic link in it is followed, and everything happens relative to
//! what has been opened, so that nothing can be exchanged between a look and a use.

use std::ffi::{CStr, CString};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

use super::as_user::AsUser;
use super::error::errno;
use super::passwd::User;
use super::{Error, Root};
use crate::limits::MAX_KEY_FILE;

const DIRECTORY: &str = ".ssh";
const FILE: &str = "authorized_keys";
/// How many unfinished files others may have left before a new one has no name.
const UNFINISHED_LIMIT: u32 = 100;

/// What is opened is never the target of a link, and opening never waits.
const CAUTIOUS: OFlags = OFlags::NOFOLLOW
    .union(OFlags::CLOEXEC)
    .union(OFlags::NONBLOCK)
    .union(OFlags::NOCTTY);

/// The file of one user.
#[derive(Debug)]
pub(crate) struct KeyFile<'a> {
    user: &'a User,
    /// The home below the root.
    home: PathBuf,
}

impl<'a> KeyFile<'a> {
    /// The file of `user`.
    pub(crate) fn of(root: &Root, user: &'a User) -> Self {
        Self {
            user,
            home: root.path(&user.home),
        }
    }

    /// Its content, if it is there.
    ///
    /// # Errors
    /// It cannot be read, is no plain file, or is too long.
    pub(crate) fn read(&self) -> Result<Option<Vec<u8>>, Error> {
        match self.try_read() {
            Ok(bytes) => Ok(Some(bytes)),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(self.unreadable(errno)),
        }
    }

    /// What the host is told about a file that cannot be read or is not there, in the words of
    /// the C agent and its library.
    pub(crate) fn unreadable(&self, errno: Errno) -> Error {
        let path = self.path();
        let path = path.display();
        Error::new(
            format!("failed to read '{path}': Failed to open file \u{201C}{path}\u{201D}"),
            errno,
        )
    }

    fn try_read(&self) -> Result<Vec<u8>, Errno> {
        let _user = AsUser::new(self.user)?;
        let directory = self.open_directory(&self.open_home()?)?;
        let file = rustix::fs::openat(directory, FILE, CAUTIOUS, Mode::empty())?;
        if FileType::from_raw_mode(rustix::fs::fstat(&file)?.st_mode) != FileType::RegularFile {
            return Err(Errno::INVAL);
        }
        let mut bytes = Vec::new();
        let mut beginning = File::from(file).take(MAX_KEY_FILE + 1);
        let read = beginning.read_to_end(&mut bytes);
        match read.map_err(|error| errno(&error))? {
            size if size as u64 > MAX_KEY_FILE => Err(Errno::FBIG),
            _ => Ok(bytes),
        }
    }

    /// Replaces its content at once; the directory and the file are made if they are not there.
    ///
    /// # Errors
    /// Something cannot be made or written, or it would be too long to be read again. Then the
    /// content is still the old one.
    pub(crate) fn write(&self, content: &[u8]) -> Result<(), Error> {
        let directory = self.user.home.join(DIRECTORY);
        let (directory, path) = (directory.display(), self.path());
        let failed = |errno| Error::new(format!("failed to write to '{}'", path.display()), errno);
        if content.len() as u64 > MAX_KEY_FILE {
            return Err(failed(Errno::FBIG));
        }
        let home = AsUser::new(self.user)
            .and_then(|user| Ok((self.open_home()?, user)))
            .map_err(|errno| {
                Error::new(format!("failed to create directory '{directory}'"), errno)
            });
        let (home, _user) = home?;
        let opened = match self.open_directory(&home) {
            Err(Errno::NOENT) => self.make_directory(&home).map_err(|errno| {
                Error::new(format!("failed to create directory '{directory}'"), errno)
            })?,
            opened => opened.map_err(failed)?,
        };
        replace(&opened, content).map_err(failed)
    }

    /// The path on the machine, for messages.
    fn path(&self) -> PathBuf {
        self.user.home.join(DIRECTORY).join(FILE)
    }

    /// The home itself may be a link: the administrator says where it is.
    fn open_home(&self) -> Result<OwnedFd, Errno> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        rustix::fs::open(&self.home, flags, Mode::empty())
    }

    fn open_directory(&self, home: &OwnedFd) -> Result<OwnedFd, Errno> {
        let flags = CAUTIOUS | OFlags::DIRECTORY;
        rustix::fs::openat(home, DIRECTORY, flags, Mode::empty())
    }

    fn make_directory(&self, home: &OwnedFd) -> Result<OwnedFd, Errno> {
        rustix::fs::mkdirat(home, DIRECTORY, Mode::RWXU)?;
        let directory = self.open_directory(home)?;
        // The mask of the agent may have taken something away.
        rustix::fs::fchmod(&directory, Mode::RWXU)?;
        Ok(directory)
    }
}

/// Writes a new file beside the old one, and gives it the name when it is whole.
fn replace(directory: &OwnedFd, content: &[u8]) -> Result<(), Errno> {
    let (name, file) = new_file(directory)?;
    let finished = fill(file, content)
        .map_err(|error| errno(&error))
        .and_then(|()| rustix::fs::renameat(directory, &name, directory, FILE));
    if finished.is_err() {
        // It may be gone already, and the first error is the one that matters.
        let _ = rustix::fs::unlinkat(directory, &name, AtFlags::empty());
        return finished;
    }
    sweep(directory);
    rustix::fs::fsync(directory)
}

/// Removes what agents have left unfinished that were killed. It does no harm if some of it stays.
fn sweep(directory: &OwnedFd) {
    for entry in Dir::read_from(directory).into_iter().flatten().flatten() {
        if maker(entry.file_name()).is_some_and(is_gone) {
            let _ = rustix::fs::unlinkat(directory, entry.file_name(), AtFlags::empty());
        }
    }
}

/// The process that makes a file with this name, if that is an unfinished one.
fn maker(name: &CStr) -> Option<Pid> {
    let rest = name.to_str().ok()?.strip_prefix(FILE)?.strip_prefix('.')?;
    let (process, number) = rest.split_once('.')?;
    let _: u32 = number.parse().ok()?;
    Pid::from_raw(process.parse().ok().filter(|process| *process > 0)?)
}

fn is_gone(process: Pid) -> bool {
    test_kill_process(process) == Err(Errno::SRCH)
}

/// A file under a name that nobody has taken.
fn new_file(directory: &OwnedFd) -> Result<(CString, File), Errno> {
    let flags = CAUTIOUS | OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
    let mode = Mode::RUSR | Mode::WUSR;
    for number in 0..UNFINISHED_LIMIT {
        let name = CString::new(format!("{FILE}.{}.{number}", std::process::id()))
            .expect("a name without NUL");
        match rustix::fs::openat(directory, &name, flags, mode) {
            Ok(file) => {
                // What the mask of the agent has taken away.
                let permitted = rustix::fs::fchmod(&file, mode).inspect_err(|_| {
                    let _ = rustix::fs::unlinkat(directory, &name, AtFlags::empty());
                });
                return permitted.map(|()| (name, file.into()));
            }
            Err(Errno::EXIST) => {}
            Err(errno) => return Err(errno),
        }
    }
    Err(Errno::EXIST)
}

fn fill(mut file: File, content: &[u8]) -> io::Result<()> {
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    use std::sync::atomic::{AtomicBool, Ordering};

    use tempfile::TempDir;

    use super::*;
    use crate::need;

    /// A machine with one user, who is the one that runs the test.
    struct Machine {
        dir: TempDir,
        user: User,
    }

    impl Machine {
        fn new() -> Self {
            let dir = tempfile::tempdir().expect("a directory");
            fs::create_dir_all(dir.path().join("home/user")).expect("a fresh directory");
            let user = User {
                uid: rustix::process::geteuid(),
                gid: rustix::process::getegid(),
                home: "/home/user".into(),
            };
            Self { dir, user }
        }

        /// A machine whose user is somebody else; only root can become another.
        fn of_somebody_else() -> Option<Self> {
            need::root()?;
            let mut machine = Self::new();
            machine.user.uid = rustix::fs::Uid::from_raw(54_321);
            machine.user.gid = rustix::fs::Gid::from_raw(54_322);
            let open = fs::Permissions::from_mode(0o755);
            fs::set_permissions(machine.dir.path(), open).expect("a directory of ours");
            std::os::unix::fs::chown(machine.path(""), Some(54_321), Some(54_322))
                .expect("root may give away");
            Some(machine)
        }

        fn path(&self, name: &str) -> PathBuf {
            self.dir.path().join("home/user").join(name)
        }

        fn read(&self) -> Result<Option<Vec<u8>>, String> {
            let root = Root::new(self.dir.path());
            let read = KeyFile::of(&root, &self.user).read();
            read.map_err(|error| error.to_string())
        }

        fn write(&self, content: &str) -> Result<(), String> {
            let root = Root::new(self.dir.path());
            let written = KeyFile::of(&root, &self.user).write(content.as_bytes());
            written.map_err(|error| error.to_string())
        }

        /// Mode and owner.
        fn rights(&self, name: &str) -> (u32, u32, u32) {
            let data = fs::symlink_metadata(self.path(name)).expect("a file");
            (data.mode() & 0o7777, data.uid(), data.gid())
        }
    }

    #[test]
    fn what_dead_agents_left_unfinished_is_removed() {
        let machine = Machine::new();
        fs::create_dir(machine.path(".ssh")).expect("a fresh directory");
        let own = format!("authorized_keys.{}.7", std::process::id());
        let names = ["authorized_keys.2147483647.0", "authorized_keys.1.x", &own];
        for name in names {
            fs::write(machine.path(".ssh").join(name), "half").expect("a file");
        }
        machine.write("key").expect("a new file");
        let left = names.map(|name| machine.path(".ssh").join(name).exists());
        assert_eq!(left, [false, true, true]);
    }

    #[test]
    fn the_file_and_its_directory_are_made_for_the_user_alone() {
        for machine in [Some(Machine::new()), Machine::of_somebody_else()]
            .into_iter()
            .flatten()
        {
            assert_eq!(machine.read(), Ok(None));
            assert_eq!(machine.write("key\n"), Ok(()));
            assert_eq!(machine.read(), Ok(Some(b"key\n".to_vec())));
            let (uid, gid) = (machine.user.uid.as_raw(), machine.user.gid.as_raw());
            assert_eq!(machine.rights(".ssh"), (0o700, uid, gid));
            assert_eq!(machine.rights(".ssh/authorized_keys"), (0o600, uid, gid));
            let files = fs::read_dir(machine.path(".ssh")).expect("a directory");
            assert_eq!(files.count(), 1, "nothing unfinished is left");
        }
    }

    #[test]
    fn a_file_that_is_there_gets_the_right_mode() {
        let machine = Machine::new();
        fs::create_dir(machine.path(".ssh")).expect("a fresh directory");
        let file = machine.path(".ssh/authorized_keys");
        fs::write(&file, "old").expect("a fresh file");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).expect("a file of ours");
        assert_eq!(machine.write("new"), Ok(()));
        assert_eq!(machine.rights(".ssh/authorized_keys").0, 0o600);
        assert_eq!(machine.read(), Ok(Some(b"new".to_vec())));
    }

    #[test]
    fn no_file_is_made_longer_than_one_that_is_read() {
        let machine = Machine::new();
        let most = "k".repeat(usize::try_from(MAX_KEY_FILE).expect("a size"));
        assert_eq!(machine.write(&most), Ok(()));
        let told = machine.write(&format!("{most}k")).expect_err("a refusal");
        assert_eq!(
            told,
            "failed to write to '/home/user/.ssh/authorized_keys': File too large"
        );
        assert_eq!(machine.read(), Ok(Some(most.into_bytes())));
    }

    #[test]
    fn links_are_not_followed() {
        let machine = Machine::new();
        let secret = machine.path("secret");
        fs::write(&secret, "secret").expect("a fresh file");
        fs::create_dir(machine.path(".ssh")).expect("a fresh directory");
        symlink(&secret, machine.path(".ssh/authorized_keys")).expect("a fresh link");
        let told = machine.read().expect_err("a refusal");
        assert!(
            told.ends_with("Too many levels of symbolic links"),
            "{told}"
        );
        // The link is replaced, and what it led to stays as it is.
        assert_eq!(machine.write("key"), Ok(()));
        assert_eq!(fs::read(&secret).expect("a file of ours"), b"secret");

        let machine = Machine::new();
        let elsewhere = machine.path("elsewhere");
        fs::create_dir(&elsewhere).expect("a fresh directory");
        symlink(&elsewhere, machine.path(".ssh")).expect("a fresh link");
        assert!(machine.write("key").is_err());
        assert!(machine.read().is_err());
        assert_eq!(fs::read_dir(elsewhere).expect("a directory").count(), 0);
    }

    #[test]
    fn a_directory_that_is_exchanged_for_a_link_all_the_time_leads_nowhere_else() {
        let machine = Machine::new();
        let (real, link) = (machine.path("real"), machine.path("link"));
        let elsewhere = machine.path("elsewhere");
        for directory in [&real, &elsewhere] {
            fs::create_dir(directory).expect("a fresh directory");
        }
        fs::write(elsewhere.join("authorized_keys"), "secret").expect("a fresh file");
        let (stop, ssh) = (AtomicBool::new(false), machine.path(".ssh"));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    for directory in [&real, &link] {
                        let _ = symlink(&elsewhere, &link);
                        let _ = fs::rename(directory, &ssh);
                        let _ = fs::rename(&ssh, directory);
                    }
                }
            });
            for _ in 0..200 {
                let read = machine.read().ok().flatten();
                assert_ne!(read.as_deref(), Some(&b"secret"[..]));
                let _ = machine.write("key");
            }
            stop.store(true, Ordering::Relaxed);
        });
        let files = fs::read_dir(&elsewhere).expect("a directory").count();
        assert_eq!(files, 1);
        let secret = fs::read(elsewhere.join("authorized_keys")).expect("a file");
        assert_eq!(secret, b"secret");
    }

    #[test]
    fn the_rights_are_those_of_the_user() {
        let Some(machine) = Machine::of_somebody_else() else {
            return;
        };
        // A directory of root, as a user without rights there could never make one.
        fs::create_dir(machine.path(".ssh")).expect("a fresh directory");
        let told = machine.write("key").expect_err("a refusal");
        assert!(told.ends_with("Permission denied"), "{told}");
        let file = machine.path(".ssh/authorized_keys");
        fs::write(&file, "of root").expect("a fresh file");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("a file of ours");
        let told = machine.read().expect_err("a refusal");
        assert!(told.ends_with("Permission denied"), "{told}");
    }

    #[test]
    fn pipes_and_directories_are_no_key_files() {
        let machine = Machine::new();
        fs::create_dir_all(machine.path(".ssh/authorized_keys")).expect("a fresh directory");
        assert!(machine.read().is_err());
        fs::remove_dir(machine.path(".ssh/authorized_keys")).expect("a directory of ours");
        let pipe = machine.path(".ssh/authorized_keys");
        let mode = Mode::RUSR | Mode::WUSR;
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, FileType::Fifo, mode, 0).expect("a fresh pipe");
        assert!(machine.read().is_err());
    }

    #[test]
    fn messages_have_the_path_on_the_machine() {
        let machine = Machine::new();
        fs::remove_dir(machine.path("")).expect("a directory of ours");
        assert_eq!(
            machine.write("key"),
            Err("failed to create directory '/home/user/.ssh': No such file or directory".into())
        );
    }
}
