//! The agent from its start to its end.

use std::error::Error;
use std::io;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use qapi_runtime::session::Attendant;
use thiserror::Error;

use crate::config::{Fragment, Process, Settings, SettingsError};
use crate::daemon::{self, DaemonError};
use crate::handler::info;
use crate::log::file::LogFileError;
use crate::pid_file::{PidFile, PidFileError};
use crate::state::Marker;
use crate::sys::activation::Inherited;
use crate::sys::error::{errno, reason};
use crate::sys::{heap, secret};
use crate::{Agent, AgentError, Channel, ChannelError, Gate, StateError, Stop, SysError};
use crate::{channel, log, quiet, run};

/// Tells why the agent does not come as far as opening its log.
pub(crate) fn fail(error: &dyn Error) -> ExitCode {
    log::early::failure(error);
    ExitCode::FAILURE
}

/// The agent from its start to its end.
pub(crate) fn serve(fragment: Fragment, inherited: Option<Inherited>) -> ExitCode {
    heap::keep_little();
    secret::keep();
    let process = Process::new(&fragment);
    let settings = match Settings::new(fragment, inherited, |name| std::env::var_os(name)) {
        Err(error @ SettingsError::MissingPath) => return fail(&error),
        other => other,
    };
    let started = match start(&process, settings) {
        Ok(started) => started,
        Err(error) => {
            error.tell();
            return ExitCode::FAILURE;
        }
    };
    started.gate.take_over();
    run::attend(&started.attendant, started.channels, &started.gate);
    started.gate.end();
    ExitCode::SUCCESS
}

/// Thaws what an agent that is gone has left frozen, and tells the hook.
pub(crate) fn thaw(fragment: Fragment) -> ExitCode {
    let process = Process::new(&fragment);
    let mut settings = match Settings::new(fragment, None, |name| std::env::var_os(name)) {
        Ok(settings) => settings,
        Err(error) => return fail(&error),
    };
    // They are for hosts, and nothing in them may prevent this.
    settings.policy_dir = None;
    settings.audit = None;
    let marker = Marker::new(&settings.state_dir);
    marker.wait_for_guard();
    if !marker.is_set() {
        return ExitCode::SUCCESS;
    }
    let thawed = open_log(&process, true)
        .map_err(StartError::from)
        .and_then(|()| Ok(Agent::start(&settings)?))
        .map(|agent| Gate::new(agent).thaw());
    match thawed {
        Ok(Ok(_)) => ExitCode::SUCCESS,
        Ok(Err(error)) => fail(&error),
        Err(error) => fail(&error),
    }
}

/// An agent that is ready for clients.
struct Started {
    attendant: Attendant,
    channels: Vec<Box<dyn Channel>>,
    gate: Gate,
    /// Goes last: whoever sees that the file is gone finds nothing else of the agent.
    _pid_file: SharedPidFile,
}

/// The pid file of a daemon, from the moment it may be written.
type SharedPidFile = Arc<Mutex<Option<PidFile>>>;

/// Everything that can go wrong before the first client comes.
///
/// No thread may be started here before the last moment: the process may still fork.
fn start(
    process: &Process,
    settings: Result<Settings, SettingsError>,
) -> Result<Started, StartError> {
    let frozen = settings.as_ref().is_ok_and(is_frozen);
    open_log(process, frozen)?;
    // Before anything that a running daemon has could be taken from it.
    let pid_file = match &process.daemon {
        Some(path) if !frozen => Some(PidFile::lock(path)?),
        _ => None,
    };
    let settings = settings?;
    let agent = Agent::take_up(&settings, frozen)?;
    let gate = Gate::new(agent);
    let mut stop = Stop::on_signals()?;
    if gate.heeds_hangups() {
        let gate = gate.clone();
        stop.on_hangup(move || gate.reload())?;
    }
    let channels = channel::open(&settings, &stop)?;
    ::log::debug!("Guest agent version {} started", info::VERSION);
    let attendant = match process.daemon {
        Some(_) => daemon::detach(pid_file.as_ref(), run::attendant)?,
        None => run::attendant().map_err(StartError::Attendant)?,
    };
    log::start_writer();
    let pid_file = Arc::new(Mutex::new(pid_file));
    if frozen {
        postpone_pid_file(process, &pid_file);
    }
    Ok(Started {
        attendant,
        channels,
        gate,
        _pid_file: pid_file,
    })
}

/// Whether a former agent has left file systems frozen. Then little is allowed, so that is told
/// wherever messages go otherwise.
fn is_frozen(settings: &Settings) -> bool {
    let marker = Marker::new(&settings.state_dir);
    // Of an agent that was killed a moment ago.
    marker.wait_for_guard();
    let frozen = marker.is_set();
    if frozen {
        log::early::warning(
            "a former agent has left file systems frozen: until guest-fsfreeze-thaw there is no \
             log and no pid file, and few commands are allowed",
        );
    }
    frozen
}

/// The log file may be on a frozen file system, and is opened after the thaw then.
fn open_log(process: &Process, frozen: bool) -> Result<(), LogFileError> {
    log::install(process.verbose);
    match process.log_file.clone() {
        Some(path) if frozen => quiet::postpone(move || match log::file::open(&path) {
            Ok(file) => {
                log::use_file(file);
                log::start_writer();
            }
            Err(error) => ::log::error!("{error}"),
        }),
        Some(path) => log::use_file(log::file::open(&path)?),
        None => {}
    }
    Ok(())
}

fn postpone_pid_file(process: &Process, shared: &SharedPidFile) {
    let Some(path) = process.daemon.clone() else {
        return;
    };
    let shared = Arc::clone(shared);
    quiet::postpone(move || {
        let filled = PidFile::lock(&path).and_then(|file| file.fill().map(|()| file));
        match filled {
            Ok(file) => *shared.lock().unwrap_or_else(PoisonError::into_inner) = Some(file),
            Err(error) => ::log::error!("{error}"),
        }
    });
}

/// What prevents the start, once it is known where log lines go.
#[derive(Debug, Error)]
enum StartError {
    #[error(transparent)]
    Log(#[from] LogFileError),
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Agent(#[from] AgentError),
    #[error(transparent)]
    Signals(#[from] SysError),
    #[error(transparent)]
    Channel(#[from] ChannelError),
    #[error(transparent)]
    PidFile(#[from] PidFileError),
    #[error(transparent)]
    Daemon(#[from] DaemonError),
    #[error("cannot look after commands: {}", reason(errno(.0)))]
    Attendant(io::Error),
}

impl StartError {
    /// Tells it, and all that follows from it, as the C agent does.
    fn tell(&self) {
        let mut lines = vec![self.to_string()];
        lines.extend(self.consequences());
        for line in lines {
            match quiet::is_now() {
                // The agent ends, so this is the last chance.
                true => log::early::failure(line),
                false => ::log::error!("{line}"),
            }
        }
    }

    fn consequences(&self) -> Vec<String> {
        let own = match self {
            Self::Agent(AgentError::State(StateError::Write { path, .. })) => vec![
                format!("unable to create state file at path {}", path.display()),
                "failed to load persistent state".to_owned(),
            ],
            Self::Agent(AgentError::State(_)) => vec!["failed to load persistent state".to_owned()],
            Self::Settings(SettingsError::UnknownMethod(_)) => {
                vec!["failed to initialize guest agent channel".to_owned()]
            }
            Self::Settings(_) | Self::Channel(_) => vec![
                "failed to create guest agent channel".to_owned(),
                "failed to initialize guest agent channel".to_owned(),
            ],
            // A daemon says no more about it.
            Self::PidFile(_) | Self::Daemon(_) => return Vec::new(),
            Self::Log(_)
            | Self::Signals(_)
            | Self::Attendant(_)
            | Self::Agent(AgentError::Policy(_) | AgentError::Audit(_)) => Vec::new(),
        };
        let end = "error initializing guest agent".to_owned();
        own.into_iter().chain([end]).collect()
    }
}
