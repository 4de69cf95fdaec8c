//! guest-file-*: files of the guest, by handle.
//!
//! Handles belong to the agent, not to a client: they survive a reconnection. Nothing is buffered
//! between requests, so a write that is answered has been made and an error belongs to the
//! request that it answers; the C agent may report it a request later.
//!
//! A file may keep its user waiting, for ever if its server is gone. So each has a lock of its own,
//! and nobody waits for a file while holding the lock of the table.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use qapi_runtime::{Base64Stream, Delivery, Error, Upload};
use qga_types::{
    GuestFileCloseArgs, GuestFileFlushArgs, GuestFileOpenArgs, GuestFileRead, GuestFileReadArgs,
    GuestFileSeek, GuestFileSeekArgs, GuestFileWhence, GuestFileWrite, GuestFileWriteArgs, QGASeek,
};
use rustix::io::Errno;

use crate::agent::SharedAgent;
use crate::class::{Class, Kind};
use crate::client::Client;
use crate::config::Settings;
use crate::handler::upload::{FileUpload, OpenFile};
use crate::limits::{MAX_HANDLES, MAX_READ};
use crate::lock::lock;
use crate::log::ACCOUNTING;
use crate::policy::{Asking, Object};
use crate::shares::Shares;
use crate::state::HandleCounter;
use crate::sys::file::{OpenError, OpenMode, Whence};
use crate::sys::resolve::{self, Target};
use crate::sys::{self, os_string};

/// What a read gives if the host does not say.
const DEFAULT_READ: i64 = 4096;
const DEFAULT_MODE: &str = "r";

/// The open files.
#[derive(Debug)]
pub(crate) struct Handles {
    table: Mutex<Table>,
    counter: Mutex<HandleCounter>,
    shares: Shares,
}

#[derive(Debug, Default)]
struct Table {
    files: BTreeMap<i64, Handle>,
    /// The channels of those that are being opened.
    opening: Vec<Arc<str>>,
}

/// An open file.
#[derive(Clone, Debug)]
struct Handle {
    file: Arc<Mutex<OpenFile>>,
    /// The channel of who has opened it.
    channel: Arc<str>,
    /// What it was when the rules were asked whether it may be opened.
    path: Option<Arc<Path>>,
}

impl Handle {
    fn new(file: File, client: &Client, path: Option<&Path>) -> Self {
        Self {
            file: Arc::new(Mutex::new(OpenFile::new(file))),
            channel: Arc::clone(&client.channel),
            path: path.map(Arc::from),
        }
    }
}

impl Handles {
    pub(crate) fn new(counter: HandleCounter, settings: &Settings) -> Self {
        Self {
            table: Mutex::default(),
            counter: Mutex::new(counter),
            shares: Shares::new(MAX_HANDLES, settings),
        }
    }

    /// Keeps a place for a file, if there are not as many as there may be.
    fn reserve(&self, client: &Client) -> Option<Place<'_>> {
        let channel = Arc::clone(&client.channel);
        let mut table = lock(&self.table);
        let open = table.files.values().map(|handle| &handle.channel);
        let has_room = self
            .shares
            .has_room(&channel, open.chain(table.opening.iter()));
        has_room.then(|| {
            table.opening.push(Arc::clone(&channel));
            Place(self, channel)
        })
    }

    /// What is known about a handle, for `agent`, who must have it from its own channel if the
    /// channels differ in what they may do.
    fn find(&self, agent: &SharedAgent, handle: i64) -> Result<Handle, Error> {
        let found = lock(&self.table).files.get(&handle).cloned();
        let is_strange =
            |found: &Handle| found.channel != agent.client.channel && agent.policy.keeps_apart();
        found
            .filter(|found| !is_strange(found))
            .ok_or_else(|| not_found(handle))
    }

    /// The file, for a command that may be used on it, to be locked for as long as it is used.
    fn get(
        &self,
        agent: &SharedAgent,
        command: &str,
        handle: i64,
    ) -> Result<Arc<Mutex<OpenFile>>, Error> {
        let found = self.find(agent, handle)?;
        agent.note(|facts| facts.resolved = found.path.as_deref().map(Path::to_owned));
        if let Some(asking) = agent.policy.about(agent, command) {
            permit(&asking, command, &found).map_err(|errno| {
                sys::Error::new(format!("failed to use handle '{handle}'"), errno)
            })?;
        }
        Ok(found.file)
    }

    fn remove(&self, handle: i64) -> Result<Arc<Mutex<OpenFile>>, Error> {
        let removed = lock(&self.table).files.remove(&handle);
        let removed = removed.ok_or_else(|| not_found(handle))?;
        Ok(removed.file)
    }
}

/// The place of a file that is being opened, until this is dropped.
struct Place<'a>(&'a Handles, Arc<str>);

impl Place<'_> {
    /// Gives the file a handle that no file had before.
    fn fill(self, file: Handle) -> Result<i64, Error> {
        // This writes to the disk, for which only those who open files may have to wait.
        let handle = lock(&self.0.counter).next().map_err(|error| {
            log::error!("{error}");
            Error::generic("failed to commit persistent state to disk")
        })?;
        lock(&self.0.table).files.insert(handle, file);
        Ok(handle)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let opening = &mut lock(&self.0.table).opening;
        if let Some(at) = opening.iter().position(|channel| *channel == self.1) {
            opening.swap_remove(at);
        }
    }
}

/// Asks whether a file that is open may be used, also by rules that are newer than its opening.
fn permit(asking: &Asking<'_>, command: &str, handle: &Handle) -> Result<(), Errno> {
    let found;
    let path = match &handle.path {
        Some(path) => path,
        // There were no rules when it was opened.
        None => {
            found = resolve::path_of(lock(&handle.file).file())?;
            found.as_path()
        }
    };
    let access = match Class::of(command).object {
        Kind::File(access) => access,
        _ => None,
    };
    asking.permits(Object::File { path, access }).map(drop)
}

/// Opens a file that the rules may forbid, and says which one it is.
fn open_permitted(
    asking: &Asking<'_>,
    path: &OsStr,
    mode: OpenMode,
) -> Result<(File, PathBuf), OpenError> {
    let target = Target::find(path).map_err(OpenError::Open)?;
    asking.note(target.path());
    for access in mode.accesses() {
        let (path, access) = (target.path(), Some(access));
        let permitted = asking.permits(Object::File { path, access });
        permitted.map_err(OpenError::Open)?;
    }
    let file = target.open(mode)?;
    Ok((file, target.path().to_owned()))
}

/// Opens a file and gives it a handle.
pub(crate) fn open(agent: &SharedAgent, args: GuestFileOpenArgs) -> Result<i64, Error> {
    let (path, mode) = (&args.path, args.mode.as_deref().unwrap_or(DEFAULT_MODE));
    log::info!(target: ACCOUNTING, "guest-file-open called, filepath: {path}, mode: {mode}");
    let flags = OpenMode::parse(mode)
        .ok_or_else(|| Error::generic(format!("invalid file open mode '{mode}'")))?;
    let failed = |errno| {
        sys::Error::new(
            format!("failed to open file '{path}' (mode: '{mode}')"),
            errno,
        )
    };
    let place = agent
        .handles
        .reserve(&agent.client)
        .ok_or_else(|| failed(Errno::MFILE))?;
    let name = os_string(path);
    let opened = match agent.policy.about(agent, "guest-file-open") {
        None => sys::file::open(&name, flags).map(|file| {
            let is_told = agent.audit.is_on();
            let path = is_told.then(|| resolve::path_of(&file).ok()).flatten();
            (file, path)
        }),
        Some(asking) => {
            open_permitted(&asking, &name, flags).map(|(file, path)| (file, Some(path)))
        }
    };
    let (file, resolved) = opened.map_err(|error| match error {
        OpenError::Open(errno) => failed(errno),
        OpenError::Permissions(errno) => sys::Error::new(
            format!("failed to set permission 0666 on new file '{path}' (mode: '{mode}')"),
            errno,
        ),
    })?;
    let handle = Handle::new(file, &agent.client, resolved.as_deref());
    agent.note(|facts| facts.resolved = resolved);
    let handle = place.fill(handle)?;
    agent.note(|facts| facts.made = Some(handle));
    log::info!(target: ACCOUNTING, "guest-file-open, handle: {handle}");
    Ok(handle)
}

/// Closes a file. The handle is gone even if that fails; the file stays open for a command that is
/// still at it, to whose end nobody waits.
pub(crate) fn close(agent: &SharedAgent, args: GuestFileCloseArgs) -> Result<(), Error> {
    let handle = args.handle;
    log::info!(target: ACCOUNTING, "guest-file-close called, handle: {handle}");
    agent.handles.get(agent, "guest-file-close", handle)?;
    let file = agent.handles.remove(handle)?;
    let file = match Arc::try_unwrap(file) {
        Ok(file) => file.into_inner().unwrap_or_else(PoisonError::into_inner),
        Err(used) => {
            OpenFile::settle_orphan(&used);
            return Ok(());
        }
    };
    sys::file::close(file.into_file()).map_err(|errno| failed("close handle", errno))
}

/// Reads from where the last request stopped; what is long is read while it is sent.
pub(crate) fn read(agent: &SharedAgent, args: GuestFileReadArgs) -> Result<GuestFileRead, Error> {
    let file = agent.handles.get(agent, "guest-file-read", args.handle)?;
    let mut file = lock(&file);
    let file = file.settled();
    let count = checked_count(args.count.unwrap_or(DEFAULT_READ), MAX_READ)?;
    let failed = |errno| {
        log::info!(target: ACCOUNTING, "guest-file-read failed, handle: {}", args.handle);
        failed("read file", errno)
    };
    if let Some(stretch) = sys::file::stretch(file, count).map_err(failed)? {
        let (count, eof) = (wire_count(stretch.length()), stretch.eof);
        agent.note(|facts| facts.bytes = Some(stretch.length() as u64));
        return Ok(GuestFileRead::new(count, Base64Stream::new(stretch), eof));
    }
    let chunk = sys::file::read(file, count).map_err(failed)?;
    agent.note(|facts| facts.bytes = Some(chunk.data.len() as u64));
    let count = wire_count(chunk.data.len());
    Ok(GuestFileRead::new(count, chunk.data, chunk.eof))
}

/// Writes where the last request stopped. What is long has been written mostly when this begins.
///
/// A pipe may take only a part; the answer says how much, where the C agent answers with an error.
pub(crate) fn write(
    agent: &SharedAgent,
    args: GuestFileWriteArgs<'_>,
) -> Result<GuestFileWrite, Error> {
    let file = agent.handles.get(agent, "guest-file-write", args.handle)?;
    // All of it is looked at before any of it is written.
    let data = args.buf_b64.decode_short()?;
    let available = wire_count(data.check()?);
    let count = checked_count(args.count.unwrap_or(available), available)?;
    let written = match data.delivery::<FileUpload>() {
        Delivery::Upload(upload) => upload.commit(count),
        Delivery::Text(text) => sys::file::write(lock(&file).settled(), text.reader(), count),
    };
    let written = written.map_err(|errno| {
        log::info!(target: ACCOUNTING, "guest-file-write failed, handle: {}", args.handle);
        failed("write to file", errno)
    })?;
    agent.note(|facts| facts.bytes = Some(written as u64));
    Ok(GuestFileWrite::new(wire_count(written), false))
}

/// Begins to write what a request brings that is still being read, if it turns out to be right.
pub(crate) fn begin_write(
    agent: &SharedAgent,
    args: &GuestFileWriteArgs<'_>,
) -> Option<Box<dyn Upload>> {
    let command = "guest-file-write";
    let found = agent.handles.find(agent, args.handle).ok()?;
    let asking = agent.policy.about(agent, command);
    if let Some(asking) = asking.map(Asking::in_advance) {
        permit(&asking, command, &found).ok()?;
    }
    let upload = FileUpload::begin(&found.file)?;
    Some(Box::new(upload))
}

/// Moves to another place in the file.
pub(crate) fn seek(agent: &SharedAgent, args: GuestFileSeekArgs) -> Result<GuestFileSeek, Error> {
    let file = agent.handles.get(agent, "guest-file-seek", args.handle)?;
    let whence = whence(&args.whence)?;
    let position = sys::file::seek(lock(&file).settled(), args.offset, whence)
        .and_then(|position| i64::try_from(position).map_err(|_| Errno::OVERFLOW))
        .map_err(|errno| failed("seek file", errno))?;
    Ok(GuestFileSeek::new(position, false))
}

/// Has nothing to do: nothing is buffered. Like the C agent, it does not wait for the disk.
pub(crate) fn flush(agent: &SharedAgent, args: GuestFileFlushArgs) -> Result<(), Error> {
    let file = agent.handles.get(agent, "guest-file-flush", args.handle);
    file.map(drop)
}

fn whence(whence: &GuestFileWhence) -> Result<Whence, Error> {
    Ok(match whence {
        GuestFileWhence::Value(0) | GuestFileWhence::Name(QGASeek::Set) => Whence::Start,
        GuestFileWhence::Value(1) | GuestFileWhence::Name(QGASeek::Cur) => Whence::Current,
        GuestFileWhence::Value(2) | GuestFileWhence::Name(QGASeek::End) => Whence::End,
        GuestFileWhence::Value(other) => {
            return Err(Error::generic(format!("invalid whence code {other}")));
        }
        // Both enums may grow with the schema; what they grow by has no meaning here yet.
        other => return Err(Error::generic(format!("invalid whence code {other:?}"))),
    })
}

fn checked_count(count: i64, limit: i64) -> Result<usize, Error> {
    usize::try_from(count)
        .ok()
        .filter(|_| count <= limit)
        .ok_or_else(|| Error::generic(format!("value '{count}' is invalid for argument count")))
}

/// The length of something in memory, which is never more than the protocol's integers hold.
fn wire_count(length: usize) -> i64 {
    i64::try_from(length).expect("memory has fewer than 2^63 bytes")
}

fn not_found(handle: i64) -> Error {
    Error::generic(format!("handle '{handle}' has not been found"))
}

fn failed(what: &str, errno: Errno) -> Error {
    sys::Error::new(format!("failed to {what}"), errno).into()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use tempfile::tempdir;

    use super::*;
    use crate::Agent;
    use crate::audit::Facts;
    use crate::config::Fragment;

    #[test]
    fn open_handles_are_limited() {
        let dir = tempdir().expect("a directory");
        let fragment = Fragment {
            state_dir: Some(dir.path().into()),
            ..Fragment::default()
        };
        let settings = Settings::new(fragment, None, |_| None).expect("settings");
        let agent = SharedAgent::new(Agent::start(&settings).expect("a fresh state"));
        let file = || {
            let file = File::open("/dev/null").expect("a device");
            Handle::new(file, &agent.client, None)
        };
        lock(&agent.handles.table).files = (0..512).map(|handle| (handle, file())).collect();
        let args = || GuestFileOpenArgs::new("/dev/null");
        let error = open(&agent, args()).expect_err("a refusal");
        assert_eq!(
            error.to_string(),
            "failed to open file '/dev/null' (mode: 'r'): Too many open files"
        );
        close(&agent, GuestFileCloseArgs::new(0)).expect("a handle less");
        // Those who are at it count, and leave again if it fails.
        let place = agent.handles.reserve(&agent.client).expect("a place");
        assert!(open(&agent, args()).is_err());
        drop(place);
        assert!(open(&agent, GuestFileOpenArgs::new("/absent")).is_err());
        assert_eq!(open(&agent, args()), Ok(1000));
    }

    #[test]
    fn an_upload_that_is_refused_is_told_once() {
        let dir = tempdir().expect("a directory");
        let path = |name: &str| dir.path().join(name);
        let rule = format!(
            "[[rule]]\ndeny = ['guest-file-write']\npaths = ['{}']\n",
            path("file").display()
        );
        fs::create_dir(path("rules")).expect("a directory");
        fs::write(path("rules/rule.toml"), rule).expect("a file");
        for name in ["rules", "rules/rule.toml"] {
            fs::set_permissions(path(name), fs::Permissions::from_mode(0o700)).expect("ours");
        }
        let fragment = Fragment {
            state_dir: Some(dir.path().into()),
            policy_dir: Some(path("rules")),
            audit: Some(path("audit").display().to_string()),
            ..Fragment::default()
        };
        let settings = Settings::new(fragment, None, |_| None).expect("settings");
        let agent = SharedAgent::new(Agent::start(&settings).expect("a fresh state"));
        let mut opening = GuestFileOpenArgs::new(path("file").display().to_string());
        opening.mode = Some("w".to_owned());
        let handle = open(&agent, opening).expect("a handle");
        agent.take_facts();
        let args = || GuestFileWriteArgs::new(handle, b"x".as_slice());
        assert!(begin_write(&agent, &args()).is_none());
        assert_eq!(agent.take_facts(), Facts::default());
        write(&agent, args()).expect_err("a refusal");
        let rule = agent.take_facts().rule.expect("a rule");
        assert!(rule.ends_with("rule.toml:1"), "{rule}");
    }

    #[test]
    fn counts_from_the_host_are_checked() {
        assert_eq!(checked_count(0, 0).expect("a count"), 0);
        assert_eq!(
            checked_count(MAX_READ, MAX_READ).expect("a count"),
            48 << 20
        );
        for count in [-1, i64::MIN, MAX_READ + 1, i64::MAX] {
            let error = checked_count(count, MAX_READ).expect_err("a refusal");
            assert_eq!(
                error.to_string(),
                format!("value '{count}' is invalid for argument count")
            );
        }
    }

    #[test]
    fn whence_is_a_number_or_a_name() {
        assert_eq!(
            whence(&GuestFileWhence::Value(1)).expect("a place"),
            Whence::Current
        );
        assert_eq!(
            whence(&GuestFileWhence::Name(QGASeek::End)).expect("a place"),
            Whence::End
        );
        let error = whence(&GuestFileWhence::Value(3)).expect_err("a refusal");
        assert_eq!(error.to_string(), "invalid whence code 3");
    }
}
