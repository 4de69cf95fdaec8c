//! The agent from its start to its end.

use std::error::Error;
use std::process::ExitCode;

use crate::config::{Fragment, Settings};
use crate::handler::info;
use crate::{Agent, Channel, Gate, Stop, channel, log, run};

/// Tells why the agent does not come as far as opening its log.
pub(crate) fn fail(error: &dyn Error) -> ExitCode {
    log::install(false);
    ::log::error!("{error}");
    ExitCode::FAILURE
}

/// The agent from its start to its end.
pub(crate) fn serve(fragment: Fragment) -> ExitCode {
    log::install(fragment.verbose.unwrap_or(false));
    let (mut channel, mut gate) = match start(fragment) {
        Ok(started) => started,
        Err(error) => {
            ::log::error!("{error}");
            ::log::error!("error initializing guest agent");
            return ExitCode::FAILURE;
        }
    };
    ::log::debug!("Guest agent version {} started", info::VERSION);
    match run(channel.as_mut(), &mut gate) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            ::log::error!("error reading channel: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Everything that can go wrong before the first client comes.
fn start(fragment: Fragment) -> Result<(Box<dyn Channel>, Gate), Box<dyn Error>> {
    let settings = Settings::new(fragment, |name| std::env::var_os(name))?;
    let stop = Stop::on_signals()?;
    let agent = Agent::start(&settings)?;
    let channel = channel::open(&settings, stop)?;
    Ok((channel, Gate::new(agent)))
}
