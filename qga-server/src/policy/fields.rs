//! The keys of one rule, and what they mean together.
//!
//! Each key is looked at even if another one has a mistake, so that all mistakes are told at once.

use std::ops::Range;

use qga_types::COMMANDS;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mistake::Problem;
use super::parse::{Cx, similar};
use super::pattern::{PathPattern, WordPattern};
use super::rule::{Condition, Effect};
use crate::class::{Access, Class, Kind, Profile};

/// The keys of one rule.
pub(super) struct Fields<'a, 'c> {
    pub(super) cx: &'a mut Cx<'c>,
    /// Where the rule begins.
    pub(super) span: &'a Range<usize>,
    pub(super) fields: &'a DeTable<'a>,
}

impl<'a> Fields<'a, '_> {
    fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        let mut fields = self.fields.iter();
        let found = fields.find(|(name, _)| name.get_ref() == key);
        found.map(|(_, value)| value)
    }

    fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    fn text(&mut self, key: &'static str) -> Option<(&'a str, Range<usize>)> {
        let value = self.get(key)?;
        let text = value.get_ref().as_str();
        if text.is_none() {
            let wanted = "a text";
            self.cx.report(&value.span(), Problem::Type { key, wanted });
        }
        Some((text?, value.span()))
    }

    fn boolean(&mut self, key: &'static str) -> Option<bool> {
        let value = self.get(key)?;
        let truth = value.get_ref().as_bool();
        if truth.is_none() {
            let wanted = "true or false";
            self.cx.report(&value.span(), Problem::Type { key, wanted });
        }
        truth
    }

    /// The texts of a list, which may be empty only where that means something.
    fn list(
        &mut self,
        key: &'static str,
        may_be_empty: bool,
    ) -> Option<Vec<(&'a str, Range<usize>)>> {
        let value = self.get(key)?;
        let wanted = || Problem::Type {
            key,
            wanted: "a list of texts",
        };
        let Some(elements) = value.get_ref().as_array() else {
            self.cx.report(&value.span(), wanted());
            return None;
        };
        if elements.is_empty() && !may_be_empty {
            self.cx.report(&value.span(), Problem::Empty(key));
        }
        let mut texts = Vec::new();
        for element in elements {
            match element.get_ref().as_str() {
                Some(text) => texts.push((text, element.span())),
                None => self.cx.report(&element.span(), wanted()),
            }
        }
        Some(texts)
    }

    /// The channels that it is for.
    pub(super) fn channels(&mut self) -> Vec<String> {
        let names = self.list("channels", false).unwrap_or_default();
        for (name, span) in &names {
            if !self.cx.channels.contains(name) {
                let known = self.cx.channels.iter().copied();
                let problem = Problem::UnknownChannel {
                    name: (*name).to_owned(),
                    similar: similar(name, known).map(str::to_owned),
                };
                self.cx.report(span, problem);
            }
        }
        names.into_iter().map(|(name, _)| name.to_owned()).collect()
    }

    /// What it says, which is one thing.
    pub(super) fn effect(&mut self) -> Option<Effect> {
        let keys = ["allow", "deny", "profile"];
        let count = keys.into_iter().filter(|key| self.has(key)).count();
        if count != 1 {
            self.cx.report(self.span, Problem::Effects(count));
            return None;
        }
        if let Some(commands) = self.commands("allow") {
            return Some(Effect::Allow(commands));
        }
        if let Some(commands) = self.commands("deny") {
            return Some(Effect::Deny(commands));
        }
        let (name, span) = self.text("profile")?;
        let profile = name.parse();
        if profile.is_err() {
            let problem = Problem::UnknownProfile {
                name: name.to_owned(),
                similar: similar(name, Profile::ALL.map(Profile::name)),
            };
            self.cx.report(&span, problem);
        }
        profile.ok().map(Effect::Profile)
    }

    /// The commands that a list of patterns means. One that means none is a mistake.
    fn commands(&mut self, key: &'static str) -> Option<Vec<&'static str>> {
        let mut commands = Vec::new();
        for (name, span) in self.list(key, false)? {
            let pattern = WordPattern::new(name);
            let known = || COMMANDS.iter().map(|command| command.name);
            let before = commands.len();
            commands.extend(known().filter(|command| pattern.matches(command)));
            if commands.len() == before {
                let problem = Problem::UnknownCommand {
                    name: name.to_owned(),
                    similar: similar(name, known()),
                };
                self.cx.report(&span, problem);
            }
        }
        Some(commands)
    }

    /// What has to be so for it to fit.
    pub(super) fn condition(&mut self, effect: Option<&Effect>) -> Option<Condition> {
        let keys = ["paths", "programs", "users"];
        let mut given = keys.into_iter().filter(|key| self.has(key));
        let key = given.next();
        if let (Some(first), Some(second)) = (key, given.next()) {
            self.cx
                .report(self.span, Problem::Together { first, second });
        }
        for (key, other) in [
            ("access", "paths"),
            ("arguments", "programs"),
            ("environment", "programs"),
        ] {
            if self.has(key) && !self.has(other) {
                self.cx.report(self.span, Problem::Lonely { key, other });
            }
        }
        let Some(key) = key else {
            return Some(Condition::None);
        };
        self.check_commands(effect?, key);
        match key {
            "paths" => Some(Condition::File {
                paths: self.paths("paths")?,
                access: self.access(),
            }),
            "programs" => {
                let arguments = self.list("arguments", true);
                Some(Condition::Program {
                    programs: self.paths("programs")?,
                    arguments: arguments.map(|list| words(&list)),
                    environment: self.boolean("environment").unwrap_or(false),
                })
            }
            _ => Some(Condition::User(words(&self.list("users", false)?))),
        }
    }

    /// Whether all commands are about what the condition tells apart.
    fn check_commands(&mut self, effect: &Effect, key: &'static str) {
        let commands = match effect {
            Effect::Allow(commands) | Effect::Deny(commands) => commands,
            Effect::Profile(_) => {
                let first = "profile";
                let second = key;
                self.cx
                    .report(self.span, Problem::Together { first, second });
                return;
            }
        };
        for command in commands {
            let fits = match Class::of(command).object {
                Kind::Machine => false,
                Kind::File(_) => key == "paths",
                Kind::Program | Kind::Child => key == "programs",
                Kind::User => key == "users",
            };
            if !fits {
                let problem = Problem::NoSuchObject { command, key };
                self.cx.report(self.span, problem);
            }
        }
    }

    fn paths(&mut self, key: &'static str) -> Option<Vec<PathPattern>> {
        let mut paths = Vec::new();
        for (text, span) in self.list(key, false)? {
            match PathPattern::new(text) {
                Ok(path) => paths.push(path),
                Err(problem) => {
                    let path = text.to_owned();
                    self.cx.report(&span, Problem::Path { path, problem });
                }
            }
        }
        Some(paths)
    }

    fn access(&mut self) -> Option<Access> {
        let (word, span) = self.text("access")?;
        match word {
            "read" => Some(Access::Read),
            "write" => Some(Access::Write),
            other => {
                self.cx.report(&span, Problem::Access(other.to_owned()));
                None
            }
        }
    }
}

fn words(list: &[(&str, Range<usize>)]) -> Vec<WordPattern> {
    list.iter()
        .map(|(text, _)| WordPattern::new(text))
        .collect()
}
