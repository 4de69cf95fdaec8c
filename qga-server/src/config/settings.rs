//! What the agent runs with.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;

use super::process::from_here;
use super::{Fragment, VsockAddress};
use crate::audit::AuditSettings;
use crate::client::GENERAL;
use crate::sys::Root;
use crate::sys::activation::Inherited;

/// Where state is kept unless told otherwise.
pub(crate) const DEFAULT_STATE_DIR: &str = "/var/run";
/// The hook if one is wanted and not named.
pub(crate) const DEFAULT_FSFREEZE_HOOK: &str = "/etc/qemu/fsfreeze-hook";
/// Where the rules of the administrator are unless told otherwise.
pub(crate) const DEFAULT_POLICY_DIR: &str = "/etc/qemu/qga-policy.d";
/// How long file systems may be frozen, in seconds, unless told otherwise: longer than any host takes
/// for a snapshot.
pub(crate) const DEFAULT_FREEZE_TIMEOUT: u64 = 3600;
/// How long the hook may take, in seconds, unless told otherwise: a database may have much to write.
pub(crate) const DEFAULT_HOOK_TIMEOUT: u64 = 600;
/// What runs in this process, for a second one of it.
const THIS_PROGRAM: &str = "/proc/self/exe";
/// The method unless told otherwise.
pub(super) const DEFAULT_METHOD: &str = "virtio-serial";
/// Where a daemon tells its process unless told otherwise.
pub(crate) const DEFAULT_PID_FILE: &str = "/var/run/qemu-ga.pid";

/// Everything that the agent's behaviour depends on, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How the host reaches the agent.
    pub channel: ChannelSettings,
    /// Further ways, for others beside the usual host.
    pub more_channels: Vec<MoreSettings>,
    /// Where state is kept between runs.
    pub state_dir: PathBuf,
    /// Whether to log everything, or failures only.
    pub verbose: bool,
    /// The program that is run before file systems are frozen and after they are thawed.
    pub fsfreeze_hook: Option<PathBuf>,
    /// How long that may take each time; none for any time.
    pub hook_timeout: Option<Duration>,
    /// How long file systems may be frozen, from the moment the host is told; none for any time.
    pub freeze_timeout: Option<Duration>,
    /// The program that is started to thaw if this process cannot any more: one that begins with
    /// [`main`](crate::main). Without one, nobody does.
    pub guard: Option<PathBuf>,
    /// The only commands that may be used, if there are any here.
    pub allow: Vec<String>,
    /// Commands that may not be used.
    pub block: Vec<String>,
    /// The directory with the rules of the administrator, if there may be any. It has to be there
    /// unless it is the usual one, `/etc/qemu/qga-policy.d`.
    pub policy_dir: Option<PathBuf>,
    /// Where records of what hosts do are kept, if they are.
    pub audit: Option<AuditSettings>,
    /// Whether to wait for a device that is not there, at the start and later.
    pub retry_path: bool,
    /// The directory that system files are looked up below.
    pub root: Root,
    /// The os-release file to use instead of the usual ones.
    pub os_release: Option<PathBuf>,
    /// The time zone to use instead of the machine's, as in the variable `TZ`.
    pub time_zone: Option<String>,
}

/// One more way to the agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoreSettings {
    /// What the administrator calls it.
    pub name: String,
    /// Where it is.
    pub settings: ChannelSettings,
}

/// How the host reaches the agent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChannelSettings {
    /// The virtio port that this path, or a port of the name at its end, leads to.
    VirtioSerial(PathBuf),
    /// The serial line at this path.
    IsaSerial(PathBuf),
    /// Clients connect to a socket at this path.
    UnixListen(PathBuf),
    /// Clients connect from outside the machine, by its number.
    VsockListen(VsockAddress),
    /// Clients connect to a socket that whoever started the agent has opened for it.
    Inherited(Inherited),
}

/// Options that do not go together.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum SettingsError {
    /// The method has no default path, and none is given.
    #[error("must specify a path for this channel")]
    MissingPath,
    /// The path is no address: it has not two parts.
    #[error("error parsing address '{0}'")]
    VsockAddress(String),
    /// The number of the machine is none.
    #[error("Failed to parse cid '{0}'")]
    VsockCid(String),
    /// The port is no number.
    #[error("Failed to parse port '{0}'")]
    VsockPort(String),
    /// Nobody knows the method.
    #[error("unsupported channel method/type: {0}")]
    UnknownMethod(String),
    /// Records cannot go there.
    #[error("audit is to be off, journal or a path that begins with /, and not '{0}'")]
    Audit(String),
    /// A time that is none.
    #[error("'{key}' is to be a number of seconds, and not '{value}'")]
    Seconds {
        /// What it is for.
        key: &'static str,
        /// What it is.
        value: String,
    },
    /// Something is wrong with one of the further channels.
    #[error("channel {name}: {problem}")]
    Channel {
        /// What it is called.
        name: String,
        /// What is wrong.
        problem: Box<SettingsError>,
    },
}

impl Settings {
    /// Checks the options given, and adds what the environment has to say. A socket that is
    /// `inherited` is the channel, whatever the options say.
    ///
    /// # Errors
    /// The channel cannot be told.
    pub(crate) fn new(
        fragment: Fragment,
        inherited: Option<Inherited>,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, SettingsError> {
        let more = fragment.channels.into_iter().map(|more| {
            match channel(more.method.as_deref(), more.path) {
                Ok(settings) => Ok(MoreSettings {
                    name: more.name,
                    settings,
                }),
                Err(problem) => Err(SettingsError::Channel {
                    name: more.name,
                    problem: Box::new(problem),
                }),
            }
        });
        Ok(Self {
            more_channels: more.collect::<Result<_, _>>()?,
            channel: match inherited {
                // Whatever method is given.
                Some(socket) => ChannelSettings::Inherited(socket),
                None => channel(fragment.method.as_deref(), fragment.path)?,
            },
            state_dir: from_here(
                &fragment
                    .state_dir
                    .unwrap_or_else(|| DEFAULT_STATE_DIR.into()),
            ),
            verbose: fragment.verbose.unwrap_or(false),
            fsfreeze_hook: fragment.fsfreeze_hook.map(hook),
            hook_timeout: seconds("hook-timeout", fragment.hook_timeout, DEFAULT_HOOK_TIMEOUT)?,
            freeze_timeout: seconds(
                "freeze-timeout",
                fragment.freeze_timeout,
                DEFAULT_FREEZE_TIMEOUT,
            )?,
            guard: Some(THIS_PROGRAM.into()),
            allow: fragment.allow_rpcs,
            block: fragment.block_rpcs,
            policy_dir: Some(from_here(
                &fragment
                    .policy_dir
                    .unwrap_or_else(|| DEFAULT_POLICY_DIR.into()),
            )),
            audit: fragment.audit.as_deref().map(audit).transpose()?.flatten(),
            retry_path: fragment.retry_path.unwrap_or(false),
            root: Root::default(),
            os_release: variable("QGA_OS_RELEASE").map(|path| from_here(Path::new(&path))),
            time_zone: variable("TZ").map(|tz| tz.to_string_lossy().into_owned()),
        })
    }
}

impl Settings {
    /// What the channels are called, the usual one first.
    pub(crate) fn channel_names(&self) -> impl Iterator<Item = &str> {
        let more = self.more_channels.iter().map(|more| more.name.as_str());
        [GENERAL].into_iter().chain(more)
    }
}

/// Where records go, in a word or by a path.
fn audit(word: &str) -> Result<Option<AuditSettings>, SettingsError> {
    match word {
        "" | "off" => Ok(None),
        "journal" => Ok(Some(AuditSettings::Journal)),
        path if path.starts_with('/') => Ok(Some(AuditSettings::File(path.into()))),
        other => Err(SettingsError::Audit(other.to_owned())),
    }
}

/// A time in seconds; zero is none.
fn seconds(
    key: &'static str,
    given: Option<String>,
    default: u64,
) -> Result<Option<Duration>, SettingsError> {
    let seconds = match given {
        Some(value) => value
            .trim()
            .parse()
            .map_err(|_| SettingsError::Seconds { key, value })?,
        None => default,
    };
    Ok((seconds > 0).then(|| Duration::from_secs(seconds)))
}

/// A hook without a slash is looked up as programs are; others mean a place.
fn hook(path: PathBuf) -> PathBuf {
    match path.as_os_str().as_bytes().contains(&b'/') {
        true => from_here(&path),
        false => path,
    }
}

/// Where the channels of this method are, if one can know.
pub(super) fn default_path(method: &str) -> Option<&'static str> {
    match method {
        "virtio-serial" => Some("/dev/virtio-ports/org.qemu.guest_agent.0"),
        "isa-serial" => Some("/dev/ttyS0"),
        _ => None,
    }
}

fn channel(method: Option<&str>, path: Option<PathBuf>) -> Result<ChannelSettings, SettingsError> {
    let method = method.unwrap_or(DEFAULT_METHOD);
    // An empty path would mean an address that no client can guess.
    let path = path
        .filter(|path| !path.as_os_str().is_empty())
        .or_else(|| default_path(method).map(PathBuf::from));
    match (method, path) {
        ("virtio-serial", Some(path)) => Ok(ChannelSettings::VirtioSerial(from_here(&path))),
        ("isa-serial", Some(path)) => Ok(ChannelSettings::IsaSerial(from_here(&path))),
        (_, None) => Err(SettingsError::MissingPath),
        ("unix-listen", Some(path)) => Ok(ChannelSettings::UnixListen(path)),
        ("vsock-listen", Some(path)) => {
            VsockAddress::parse(&path).map(ChannelSettings::VsockListen)
        }
        (other, _) => Err(SettingsError::UnknownMethod(other.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fragment::ChannelFragment;
    use super::*;

    fn refusal(method: Option<&str>, path: Option<&str>) -> String {
        channel(method, path.map(PathBuf::from))
            .expect_err("a refusal")
            .to_string()
    }

    #[test]
    fn sockets_need_a_path() {
        let settings = channel(Some("unix-listen"), Some("/s".into()));
        assert_eq!(settings, Ok(ChannelSettings::UnixListen("/s".into())));
        for method in ["unix-listen", "vsock-listen", "other"] {
            assert_eq!(
                refusal(Some(method), None),
                "must specify a path for this channel"
            );
            assert_eq!(
                refusal(Some(method), Some("")),
                "must specify a path for this channel"
            );
        }
    }

    #[test]
    fn devices_have_usual_paths() {
        let virtio = "/dev/virtio-ports/org.qemu.guest_agent.0";
        let usual = Ok(ChannelSettings::VirtioSerial(virtio.into()));
        assert_eq!(channel(None, None), usual);
        let line = Ok(ChannelSettings::IsaSerial("/dev/ttyS0".into()));
        assert_eq!(channel(Some("isa-serial"), None), line);
        let given = Ok(ChannelSettings::VirtioSerial("/p".into()));
        assert_eq!(channel(None, Some("/p".into())), given);
    }

    #[test]
    fn records_go_to_the_journal_or_to_a_file() {
        assert_eq!(audit("off"), Ok(None));
        assert_eq!(audit("journal"), Ok(Some(AuditSettings::Journal)));
        assert_eq!(audit("/a"), Ok(Some(AuditSettings::File("/a".into()))));
        let told = "audit is to be off, journal or a path that begins with /, and not 'on'";
        let error = audit("on").expect_err("a refusal");
        assert_eq!(error.to_string(), told);
    }

    #[test]
    fn what_is_not_understood_is_named() {
        assert_eq!(
            refusal(Some("vsock-listen"), Some("/s")),
            "error parsing address '/s'"
        );
        assert_eq!(
            refusal(Some("foo"), Some("/s")),
            "unsupported channel method/type: foo"
        );
    }

    #[test]
    fn times_are_whole_seconds_and_zero_is_for_ever() {
        let of = |value: &str| seconds("freeze-timeout", Some(value.into()), 7);
        assert_eq!(seconds("k", None, 7), Ok(Some(Duration::from_secs(7))));
        assert_eq!(of(" 60 "), Ok(Some(Duration::from_secs(60))));
        assert_eq!(of("0"), Ok(None));
        for wrong in ["", "1h", "-1", "99999999999999999999"] {
            let told = format!("'freeze-timeout' is to be a number of seconds, and not '{wrong}'");
            assert_eq!(of(wrong).map_err(|error| error.to_string()), Err(told));
        }
    }

    #[test]
    fn a_further_channel_is_named_if_it_is_wrong() {
        let fragment = Fragment {
            channels: vec![ChannelFragment {
                name: "metrics".into(),
                method: Some("unix-listen".into()),
                path: None,
            }],
            ..Fragment::default()
        };
        let error = Settings::new(fragment, None, |_| None).expect_err("a refusal");
        assert_eq!(
            error.to_string(),
            "channel metrics: must specify a path for this channel"
        );
    }

    #[test]
    fn the_environment_is_read_once() {
        let fragment = Fragment {
            method: Some("unix-listen".into()),
            path: Some("/s".into()),
            ..Fragment::default()
        };
        let settings = Settings::new(fragment, None, |name| {
            Some(OsString::from(format!("<{name}>")))
        })
        .expect("settings");
        assert_eq!(
            settings.os_release,
            Some(from_here(Path::new("<QGA_OS_RELEASE>")))
        );
        assert_eq!(settings.time_zone.as_deref(), Some("<TZ>"));
        assert_eq!(settings.state_dir, PathBuf::from(DEFAULT_STATE_DIR));
        assert!(!settings.verbose);
    }
}
