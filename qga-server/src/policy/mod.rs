//! Which commands may be used, by whom, and on what.
//!
//! The lists of the configuration say it by name for everybody, as those of the C agent do. On top
//! of them there may be a policy: a directory of files with rules.
//!
//! | step | from → to | lives in |
//! | --- | --- | --- |
//! | read | directory → texts that only root can have written | `sys/trusted.rs` |
//! | parse | text → [`Rule`](rule::Rule)s, or [`Mistake`]s with their lines | `parse.rs`, `fields.rs`, `pattern.rs` |
//! | decide | command, channel and object → the rule that decides | `rule.rs` |
//! | ask | before a command runs; before it touches a file, a program or a user | `gate.rs`, [`Policy::about`] |
//!
//! Without files nobody is asked anything: the agent does what the C agent does.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use qapi_runtime::Error;
use rustix::io::Errno;

use crate::agent::SharedAgent;
use crate::client::Client;
use crate::config::Settings;
use crate::lock::lock;
use crate::log::ACCOUNTING;

mod explain;
mod fields;
mod gate;
mod load;
mod mistake;
pub(crate) mod parse;
pub(crate) mod pattern;
mod rule;

pub(crate) use explain::explain;
pub use gate::Gate;
pub use mistake::{Mistake, PolicyError};
use rule::Rule;
pub(crate) use rule::{Answer, Object, Rules};

/// The commands that write nothing and wait for nothing, so that they can be used while file
/// systems are frozen.
const WHILE_FROZEN: [&str; 6] = [
    "guest-ping",
    "guest-info",
    "guest-sync",
    "guest-sync-delimited",
    "guest-fsfreeze-status",
    THAW,
];
const THAW: &str = "guest-fsfreeze-thaw";

/// Decides which commands may be used.
#[derive(Debug, Default)]
pub(crate) struct Policy {
    /// The only commands that may be used, if there are any here.
    allow: Vec<String>,
    /// Commands that may not be used, even if they are allowed.
    block: Vec<String>,
    /// Whether file systems are frozen, so that a command that writes would never end.
    frozen: AtomicBool,
    /// The rules of the administrator, if there is a policy. The lock is held for a look only.
    rules: RwLock<Option<Arc<Rules>>>,
    /// Where they are from.
    source: Option<Source>,
}

/// Where rules come from.
#[derive(Debug)]
struct Source {
    directory: PathBuf,
    /// The names of all channels.
    channels: Vec<String>,
    /// Held from reading them to using them.
    turn: Mutex<()>,
}

impl Source {
    fn load(&self) -> Result<Option<Rules>, PolicyError> {
        let channels: Vec<&str> = self.channels.iter().map(String::as_str).collect();
        load::load(&self.directory, &channels)
    }
}

impl Policy {
    /// The policy that the settings tell of, for a machine that is frozen or not.
    ///
    /// # Errors
    /// There are rules, and they cannot be used.
    pub(crate) fn new(settings: &Settings, frozen: bool) -> Result<Self, PolicyError> {
        let source = settings.policy_dir.clone().map(|directory| Source {
            directory,
            channels: settings.channel_names().map(str::to_owned).collect(),
            turn: Mutex::default(),
        });
        let rules = match &source {
            Some(source) => source.load()?.map(Arc::new),
            None => None,
        };
        Ok(Self {
            allow: settings.allow.clone(),
            block: settings.block.clone(),
            frozen: AtomicBool::new(frozen),
            rules: RwLock::new(rules),
            source,
        })
    }

    /// Whether file systems are frozen.
    pub(crate) fn is_frozen(&self) -> bool {
        self.frozen.load(Ordering::Relaxed)
    }

    /// Notes that file systems are frozen, or not any more.
    pub(crate) fn set_frozen(&self, frozen: bool) {
        self.frozen.store(frozen, Ordering::Relaxed);
    }

    /// Whether `client` may use `command` now, at least with some arguments.
    pub(crate) fn allows(&self, client: &Client, command: &str) -> bool {
        let is_frozen = self.is_frozen();
        let allowed = match is_frozen {
            // Whatever the lists say: somebody has to be able to thaw.
            true => WHILE_FROZEN.contains(&command),
            false => self.lists_allow(command),
        };
        allowed
            && self.rules().is_none_or(|rules| {
                let answer = rules.command(&client.channel, command);
                // The same goes for the rules if all of them forbid it.
                !matches!(answer, Answer::Refused(_))
                    || is_frozen && command == THAW && !self.somebody_may(&rules, THAW)
            })
    }

    /// Which rule forbids `command` to `client`, if one does.
    fn refuser(&self, client: &Client, command: &str) -> Option<String> {
        match self.rules()?.command(&client.channel, command) {
            Answer::Refused(rule) => Some(rule.place.to_string()),
            _ => None,
        }
    }

    /// What is to be asked before `client` uses `command` on something; nothing if that makes no
    /// difference.
    pub(crate) fn about<'a>(&self, agent: &'a SharedAgent, command: &'a str) -> Option<Asking<'a>> {
        let rules = self.rules()?;
        match rules.command(&agent.client.channel, command) {
            Answer::Depends => Some(Asking {
                rules,
                agent,
                command,
                is_told: true,
            }),
            _ => None,
        }
    }

    /// Takes the rules as they are now. Those from before go on to be used if there is anything
    /// wrong with them, and also if they are gone: whoever wants none leaves an empty directory.
    fn reload(&self) {
        let Some(source) = &self.source else {
            return;
        };
        let _turn = lock(&source.turn);
        match source.load() {
            Ok(Some(rules)) => {
                let count = rules.0.len();
                let mut present = self.rules.write().unwrap_or_else(PoisonError::into_inner);
                *present = Some(Arc::new(rules));
                drop(present);
                log::info!(target: ACCOUNTING, "policy read anew, rules: {count}");
            }
            // There was none before.
            Ok(None) if !self.has_rules() => {}
            Ok(None) => {
                let directory = source.directory.display();
                log::error!("the policy stays as it was: {directory} is not there");
            }
            Err(error) => log::error!("the policy stays as it was: {error}"),
        }
    }

    /// Whether there are rules of the administrator.
    pub(crate) fn has_rules(&self) -> bool {
        self.rules().is_some()
    }

    /// Whether what a client has opened or started is for clients of its channel only.
    pub(crate) fn keeps_apart(&self) -> bool {
        self.has_rules()
    }

    fn rules(&self) -> Option<Arc<Rules>> {
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        rules.clone()
    }

    fn lists_allow(&self, command: &str) -> bool {
        let is_in = |list: &[String]| list.iter().any(|name| name == command);
        (self.allow.is_empty() || is_in(&self.allow)) && !is_in(&self.block)
    }

    /// Whether there is a channel on which `command` may be used.
    fn somebody_may(&self, rules: &Rules, command: &str) -> bool {
        let mut channels = self.source.iter().flat_map(|source| &source.channels);
        channels.any(|channel| !matches!(rules.command(channel, command), Answer::Refused(_)))
    }

    /// What the host is told about a command that it may not use.
    pub(crate) fn refusal(command: &str) -> Error {
        Error::command_disabled(command, "the command is not allowed")
    }
}

/// Rules that tell one use of a command from another.
#[derive(Debug)]
pub(crate) struct Asking<'a> {
    rules: Arc<Rules>,
    agent: &'a SharedAgent,
    command: &'a str,
    /// Whether logs and records tell of a refusal.
    is_told: bool,
}

impl Asking<'_> {
    /// The same question before the command runs, which is asked again then and told once.
    pub(crate) fn in_advance(self) -> Self {
        Self {
            is_told: false,
            ..self
        }
    }

    /// Notes what the command is about, whether it is permitted or not.
    pub(crate) fn note(&self, path: &Path) {
        self.agent
            .note(|facts| facts.resolved = Some(path.to_owned()));
    }

    /// Whether the command may be used on that, and the rule that says so, if it is not that none
    /// says otherwise.
    ///
    /// # Errors
    /// It may not, which looks as if the system refused it.
    pub(crate) fn permits(&self, object: Object<'_>) -> Result<Option<&Rule>, Errno> {
        match self
            .rules
            .decide(&self.agent.client.channel, self.command, object)
        {
            Ok(rule) => Ok(rule),
            Err(rule) => {
                if self.is_told {
                    self.tell(rule, object);
                }
                Err(Errno::ACCESS)
            }
        }
    }

    fn tell(&self, rule: &Rule, object: Object<'_>) {
        let (command, place) = (self.command, &rule.place);
        self.agent
            .note(|facts| facts.rule = Some(place.to_string()));
        log::info!(target: ACCOUNTING, "{command} refused by {place}: {object}");
    }
}

#[cfg(test)]
mod tests {
    use qga_types::COMMANDS;

    use super::*;

    fn allows(policy: &Policy, command: &str) -> bool {
        policy.allows(&Client::default(), command)
    }

    #[test]
    fn little_is_allowed_while_frozen() {
        let policy = Policy::default();
        assert!(allows(&policy, "guest-file-open") && allows(&policy, THAW));
        policy.set_frozen(true);
        assert!(!allows(&policy, "guest-file-open") && allows(&policy, THAW));
    }

    #[test]
    fn the_lists_of_the_administrator_count_until_something_is_frozen() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let allow = names(&["guest-ping", "guest-info"]);
        let block = names(&["guest-info", "guest-fsfreeze-thaw"]);
        let mut policy = Policy {
            allow,
            block,
            ..Policy::default()
        };
        let allowed = |policy: &Policy| {
            ["guest-ping", "guest-info", "guest-sync"].map(|command| allows(policy, command))
        };
        assert_eq!(allowed(&policy), [true, false, false]);
        policy.allow.clear();
        assert_eq!(allowed(&policy), [true, false, true]);
        policy.allow = names(&["", ""]);
        assert_eq!(allowed(&policy), [false, false, false]);
        assert!(!allows(&policy, THAW));
        policy.set_frozen(true);
        assert_eq!(allowed(&policy), [true, true, true]);
        assert!(allows(&policy, THAW));
    }

    #[test]
    fn a_policy_leaves_somebody_who_may_thaw() {
        let channels = ["general", "other"];
        let may_thaw = |text: &str| {
            let rules = parse::parse(Path::new("/p"), text, &channels).expect("a policy");
            let policy = Policy {
                rules: RwLock::new(Some(Arc::new(Rules(rules)))),
                source: Some(Source {
                    directory: PathBuf::new(),
                    channels: channels.map(str::to_owned).to_vec(),
                    turn: Mutex::default(),
                }),
                ..Policy::default()
            };
            policy.set_frozen(true);
            channels.map(|channel| policy.allows(&Client::of(channel), THAW))
        };
        let monitor = "[[rule]]\nprofile = 'monitor'\n";
        assert_eq!(may_thaw(monitor), [true, true]);
        let other = format!("{monitor}channels = ['general']\n");
        assert_eq!(may_thaw(&other), [false, true]);
        assert_eq!(may_thaw(""), [true, true]);
    }

    #[test]
    fn every_command_with_a_rule_is_in_the_schema() {
        for command in &WHILE_FROZEN {
            assert!(
                COMMANDS.iter().any(|known| known.name == *command),
                "{command}"
            );
        }
    }
}
