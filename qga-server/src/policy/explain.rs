//! What the policy says about a command, for `--explain`.

use std::ffi::OsString;
use std::fmt;

use qapi_runtime::{Decode, Document, Unknown};
use qga_types::{
    COMMANDS, GuestExecArgs, GuestFileOpenArgs, GuestSetUserPasswordArgs,
    GuestSshAddAuthorizedKeysArgs, GuestSshGetAuthorizedKeysArgs, GuestSshRemoveAuthorizedKeysArgs,
};
use thiserror::Error;

use super::Policy;
use super::mistake::PolicyError;
use super::rule::{Answer, Decision, Effect, Object, Rule, Rules};
use crate::class::{Class, Kind};
use crate::client::GENERAL;
use crate::config::Settings;
use crate::sys::error::reason;
use crate::sys::file::OpenMode;
use crate::sys::os_string;
use crate::sys::resolve::{self, Target};
use crate::sys::spawn::Launch;

/// What `--explain` prints, and the status it ends with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Explanation {
    pub(crate) text: String,
    pub(crate) status: u8,
}

const ALLOWED: u8 = 0;
const DEPENDS: u8 = 2;
const REFUSED: u8 = 3;

/// Why nothing can be said.
#[derive(Debug, Error)]
pub(crate) enum ExplainError {
    /// There is no policy that could be explained, and the agent would not start.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    #[error("The command {0} has not been found")]
    UnknownCommand(String),
    #[error("there is no channel {0}")]
    UnknownChannel(String),
    #[error("'{0}' is one word too many")]
    Operand(String),
    #[error("the arguments cannot be used: {0}")]
    Arguments(String),
}

/// Says what decides about `command`; the operands are its arguments and a channel, if given.
///
/// # Errors
/// There is no such command or channel, or the policy or the arguments cannot be used.
pub(crate) fn explain(
    settings: &Settings,
    command: &str,
    operands: &[String],
) -> Result<Explanation, ExplainError> {
    let policy = Policy::new(settings, false)?;
    let Some(command) = COMMANDS.iter().find(|known| known.name == command) else {
        return Err(ExplainError::UnknownCommand(command.to_owned()));
    };
    let (mut arguments, mut channel) = (None, None);
    for operand in operands {
        let place = match operand.trim_start().starts_with('{') {
            true => &mut arguments,
            false => &mut channel,
        };
        if place.replace(operand.as_str()).is_some() {
            return Err(ExplainError::Operand(operand.clone()));
        }
    }
    let channel = channel.unwrap_or(GENERAL);
    if !settings.channel_names().any(|name| name == channel) {
        return Err(ExplainError::UnknownChannel(channel.to_owned()));
    }
    let case = Case {
        command: command.name,
        channel,
    };
    case.explain(&policy, arguments)
}

/// A command of clients of a channel.
struct Case<'a> {
    command: &'static str,
    channel: &'a str,
}

impl Case<'_> {
    fn explain(
        &self,
        policy: &Policy,
        arguments: Option<&str>,
    ) -> Result<Explanation, ExplainError> {
        if !policy.lists_allow(self.command) {
            let list = match policy.block.iter().any(|name| name == self.command) {
                true => "block-rpcs",
                false => "allow-rpcs",
            };
            return Ok(self.tell(REFUSED, &format!("refused by the list {list}"), ""));
        }
        let Some(rules) = policy.rules() else {
            return Ok(self.tell(ALLOWED, "allowed: there is no policy", ""));
        };
        match (rules.command(self.channel, self.command), arguments) {
            (Answer::Allowed(rule), _) => Ok(self.tell(ALLOWED, &decided(Ok(rule)), "")),
            (Answer::Refused(rule), _) => Ok(self.tell(REFUSED, &decided(Err(rule)), "")),
            (Answer::Depends, Some(arguments)) => self.explain_arguments(&rules, arguments),
            (Answer::Depends, None) => Ok(self.depends(&rules)),
        }
    }

    fn depends(&self, rules: &Rules) -> Explanation {
        let what = match Class::of(self.command).object {
            Kind::File(_) => "the file",
            Kind::Program | Kind::Child => "the program",
            Kind::User => "the user",
            Kind::Machine => "the arguments",
        };
        let mut said = format!("depends on {what}:");
        for (rule, _) in rules.about(self.channel, self.command) {
            said.push_str(&format!("\n  {}", Told(rule)));
        }
        self.tell(DEPENDS, &said, "")
    }

    fn explain_arguments(
        &self,
        rules: &Rules,
        arguments: &str,
    ) -> Result<Explanation, ExplainError> {
        let document = Document::parse(arguments.as_bytes())
            .map_err(|error| ExplainError::Arguments(error.to_string()))?;
        match self.command {
            "guest-file-open" => self.file(rules, read(&document)?),
            "guest-exec" => self.program(rules, read(&document)?),
            "guest-set-user-password" => {
                let args: GuestSetUserPasswordArgs<'_> = read(&document)?;
                Ok(self.user(rules, &args.username))
            }
            "guest-ssh-get-authorized-keys" => {
                let args: GuestSshGetAuthorizedKeysArgs = read(&document)?;
                Ok(self.user(rules, &args.username))
            }
            "guest-ssh-add-authorized-keys" => {
                let args: GuestSshAddAuthorizedKeysArgs = read(&document)?;
                Ok(self.user(rules, &args.username))
            }
            "guest-ssh-remove-authorized-keys" => {
                let args: GuestSshRemoveAuthorizedKeysArgs = read(&document)?;
                Ok(self.user(rules, &args.username))
            }
            // Handles mean something to an agent that runs only.
            _ => Ok(self.depends(rules)),
        }
    }

    fn file(&self, rules: &Rules, args: GuestFileOpenArgs) -> Result<Explanation, ExplainError> {
        let mode = args.mode.as_deref().unwrap_or("r");
        let mode = OpenMode::parse(mode)
            .ok_or_else(|| ExplainError::Arguments(format!("invalid file open mode '{mode}'")))?;
        let target = Target::find(&os_string(&args.path)).map_err(|errno| {
            ExplainError::Arguments(format!("{}: {}", args.path, reason(errno)))
        })?;
        let mut explanation = None;
        for access in mode.accesses() {
            let object = Object::File {
                path: target.path(),
                access: Some(access),
            };
            let next = self.object(rules, object);
            // Both ways have to be allowed.
            if next.status == REFUSED || explanation.is_none() {
                explanation = Some(next);
            }
        }
        Ok(explanation.expect("every mode is for reading or writing"))
    }

    fn program(&self, rules: &Rules, args: GuestExecArgs<'_>) -> Result<Explanation, ExplainError> {
        let strings = |list: Vec<String>| list.iter().map(|text| os_string(text)).collect();
        let program = os_string(&args.path);
        let words: Vec<OsString> = args.arg.map(strings).unwrap_or_default();
        let environment: Option<Vec<OsString>> = args.env.map(strings);
        let found = Launch::find(&program, environment.as_deref())
            .and_then(|path| Ok((Target::find(path.as_os_str())?, resolve::name_of(&path)?)));
        let (target, name) = found.map_err(|errno| {
            ExplainError::Arguments(format!("{}: {}", args.path, reason(errno)))
        })?;
        let object = Object::Program {
            path: target.path(),
            name: &name,
            arguments: &words,
            environment: environment.is_some(),
        };
        Ok(self.object(rules, object))
    }

    fn user(&self, rules: &Rules, name: &str) -> Explanation {
        self.object(rules, Object::User(name))
    }

    fn object(&self, rules: &Rules, object: Object<'_>) -> Explanation {
        let decision = rules.decide(self.channel, self.command, object);
        let status = match decision {
            Ok(_) => ALLOWED,
            Err(_) => REFUSED,
        };
        self.tell(
            status,
            &decided(decision),
            &format!(", being about {object}"),
        )
    }

    fn tell(&self, status: u8, said: &str, about: &str) -> Explanation {
        let (command, channel) = (self.command, self.channel);
        let text = format!("{command} on channel {channel}: {said}{about}\n");
        Explanation { text, status }
    }
}

fn read<'d, T: Decode<'d>>(document: &'d Document) -> Result<T, ExplainError> {
    let input = document.input("arguments", Unknown::Refuse);
    let decoded = input.decode();
    decoded.map_err(|error| ExplainError::Arguments(error.to_string()))
}

fn decided(decision: Decision<'_>) -> String {
    match decision {
        Ok(None) => "allowed: no rule says otherwise".to_owned(),
        Ok(Some(rule)) => format!("allowed by {}", Told(rule)),
        Err(rule) => format!("refused by {}", Told(rule)),
    }
}

/// A rule as the administrator finds it.
struct Told<'a>(&'a Rule);

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.0.place)?;
        match &self.0.effect {
            Effect::Allow(_) => f.write_str("(allow)"),
            Effect::Deny(_) => f.write_str("(deny)"),
            Effect::Profile(profile) => write!(f, "(profile {profile})"),
        }
    }
}
