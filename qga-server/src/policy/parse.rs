//! From the text of a policy file to rules.
//!
//! All mistakes are collected. A rule that has one is left out, which nobody acts upon: a policy
//! with mistakes is not used at all.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use qga_types::COMMANDS;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mistake::{Mistake, Problem};
use super::pattern::{PathPattern, WordPattern};
use super::rule::{Condition, Effect, Place, Rule};
use crate::class::{Access, Class, Kind, Profile};

/// The only thing that a file has: a list of rules.
const RULE: &str = "rule";
/// What a rule may say.
const KEYS: [&str; 10] = [
    "allow",
    "deny",
    "profile",
    "channels",
    "paths",
    "access",
    "programs",
    "arguments",
    "environment",
    "users",
];

/// Reads one file; `channels` are those that the agent has.
pub(crate) fn parse(file: &Path, text: &str, channels: &[&str]) -> Result<Vec<Rule>, Vec<Mistake>> {
    let mut cx = Cx {
        file: file.into(),
        text,
        channels,
        mistakes: Vec::new(),
    };
    let rules = match DeTable::parse(text) {
        Ok(table) => parse_file(&mut cx, table.get_ref()),
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            let message = error.message().lines().collect::<Vec<_>>().join(", ");
            cx.report(&span, Problem::Syntax(message));
            Vec::new()
        }
    };
    match cx.mistakes.is_empty() {
        true => Ok(rules),
        false => {
            cx.mistakes.sort_by_key(|mistake| mistake.place.line);
            Err(cx.mistakes)
        }
    }
}

/// What all functions here need to know.
struct Cx<'a> {
    file: Arc<Path>,
    text: &'a str,
    channels: &'a [&'a str],
    mistakes: Vec<Mistake>,
}

impl Cx<'_> {
    fn place(&self, span: &Range<usize>) -> Place {
        let before = self.text.as_bytes().iter().take(span.start);
        Place {
            file: Arc::clone(&self.file),
            line: 1 + before.filter(|byte| **byte == b'\n').count(),
        }
    }

    fn report(&mut self, span: &Range<usize>, problem: Problem) {
        let place = self.place(span);
        self.mistakes.push(Mistake { place, problem });
    }
}

fn parse_file(cx: &mut Cx<'_>, table: &DeTable<'_>) -> Vec<Rule> {
    let mut rules = Vec::new();
    for (key, value) in table {
        if key.get_ref() != RULE {
            let similar = similar(key.get_ref(), [RULE]);
            let key_name = key.get_ref().to_string();
            cx.report(
                &key.span(),
                Problem::UnknownKey {
                    key: key_name,
                    similar,
                },
            );
            continue;
        }
        let wanted = Problem::Type {
            key: RULE,
            wanted: "a table that begins with `[[rule]]`",
        };
        let Some(tables) = value.get_ref().as_array() else {
            cx.report(&value.span(), wanted);
            continue;
        };
        for table in tables {
            match table.get_ref().as_table() {
                Some(fields) => rules.extend(parse_rule(cx, &table.span(), fields)),
                None => cx.report(&table.span(), wanted.clone()),
            }
        }
    }
    rules
}

fn parse_rule(cx: &mut Cx<'_>, span: &Range<usize>, fields: &DeTable<'_>) -> Option<Rule> {
    let before = cx.mistakes.len();
    let is_unknown = |key: &&Spanned<_>| !KEYS.contains(&AsRef::<str>::as_ref(key.get_ref()));
    for key in fields.keys().filter(is_unknown) {
        let similar = similar(key.get_ref(), KEYS);
        let key_name = key.get_ref().to_string();
        cx.report(
            &key.span(),
            Problem::UnknownKey {
                key: key_name,
                similar,
            },
        );
    }
    let mut fields = Fields { cx, span, fields };
    let channels = fields.channels();
    let effect = fields.effect();
    let condition = fields.condition(effect.as_ref());
    let rule = Rule {
        place: cx.place(span),
        channels,
        effect: effect?,
        condition: condition?,
    };
    (cx.mistakes.len() == before).then_some(rule)
}

/// The keys of one rule.
struct Fields<'a, 'c> {
    cx: &'a mut Cx<'c>,
    span: &'a Range<usize>,
    fields: &'a DeTable<'a>,
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

    fn channels(&mut self) -> Vec<String> {
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

    fn effect(&mut self) -> Option<Effect> {
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

    fn condition(&mut self, effect: Option<&Effect>) -> Option<Condition> {
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

/// The one of `names` that may be meant by a misspelt one.
fn similar<'n>(misspelt: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    /// More typing errors than that are another word.
    const MOST_ERRORS: usize = 3;

    let distances = names
        .into_iter()
        .map(|name| (strsim::osa_distance(misspelt, name), name));
    let (distance, name) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= MOST_ERRORS && distance < name.len() / 2).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The mistakes in a file, each with its line.
    fn mistakes(text: &str) -> Vec<String> {
        let mistakes = parse(Path::new("/p"), text, &["general", "metrics"]);
        let mistakes = mistakes.expect_err("mistakes");
        let told = mistakes.iter().map(Mistake::to_string);
        told.map(|told| told["/p:".len()..].to_owned()).collect()
    }

    #[test]
    fn a_rule_says_where_it_is_and_what_it_means() {
        let text = "# comment\n\n[[rule]]\nprofile = 'backup'\n\n[[rule]]\n# comment\n\
                    deny = ['guest-file-*']\npaths = ['/**']\nchannels = ['metrics']\n";
        let rules = parse(Path::new("/p"), text, &["general", "metrics"]).expect("rules");
        let lines: Vec<_> = rules.iter().map(|rule| rule.place.to_string()).collect();
        assert_eq!(lines, ["/p:3", "/p:6"]);
        assert_eq!(rules[0].effect, Effect::Profile(Profile::Backup));
        assert_eq!(rules[1].channels, ["metrics"]);
        assert!(matches!(&rules[1].effect, Effect::Deny(commands) if commands.len() == 6));
        assert_eq!(parse(Path::new("/p"), "# nothing\n", &[]), Ok(Vec::new()));
    }

    #[test]
    fn what_means_nothing_is_told_with_its_line_and_what_may_be_meant() {
        for (text, told) in [
            (
                "rules = 1",
                "1: `rules` means nothing here, did you mean `rule`?",
            ),
            ("x = 1", "1: `x` means nothing here"),
            (
                "[rule]",
                "1: `rule` has to be a table that begins with `[[rule]]`",
            ),
            (
                "rule = [1]",
                "1: `rule` has to be a table that begins with `[[rule]]`",
            ),
            (
                "[[rule]]\nprofile = 'full'\nchanels = ['general']",
                "3: `chanels` means nothing here, did you mean `channels`?",
            ),
            (
                "[[rule]]\nprofile = 'manag'",
                "2: there is no profile `manag`, did you mean `manage`?",
            ),
            (
                "[[rule]]\ndeny = [\n'guest-exec',\n'guest-shutdwn'\n]",
                "4: there is no command `guest-shutdwn`, did you mean `guest-shutdown`?",
            ),
            ("[[rule]]\ndeny = ['x-*']", "2: there is no command `x-*`"),
            (
                "[[rule]]\nprofile = 'full'\nchannels = ['metric']",
                "3: there is no channel `metric`, did you mean `metrics`?",
            ),
            (
                "[[rule]]\n",
                "1: a rule has one of `allow`, `deny` and `profile`, and this has 0",
            ),
            (
                "[[rule]]\nallow = ['*']\ndeny = ['*']",
                "1: a rule has one of `allow`, `deny` and `profile`, and this has 2",
            ),
            ("[[rule]]\nprofile = 1", "2: `profile` has to be a text"),
            (
                "[[rule]]\nallow = 'guest-ping'",
                "2: `allow` has to be a list of texts",
            ),
            (
                "[[rule]]\nallow = [1]",
                "2: `allow` has to be a list of texts",
            ),
            (
                "[[rule]]\nallow = []",
                "2: `allow` is empty, which no case fits",
            ),
        ] {
            assert_eq!(mistakes(text), [told], "{text}");
        }
    }

    #[test]
    fn conditions_go_with_commands_that_they_can_tell_apart() {
        let with = |lines: &str| format!("[[rule]]\nallow = ['guest-file-open']\n{lines}");
        for (text, told) in [
            (
                "[[rule]]\nallow = ['guest-ping']\npaths = ['/a']".to_owned(),
                "1: `guest-ping` is not about what `paths` tells apart",
            ),
            (
                with("users = ['root']"),
                "1: `guest-file-open` is not about what `users` tells apart",
            ),
            (
                "[[rule]]\nprofile = 'full'\nusers = ['root']".to_owned(),
                "1: `users` does not go together with `profile`",
            ),
            (
                with("paths = ['/a']\nusers = ['b']"),
                "1: `users` does not go together with `paths`",
            ),
            (
                with("access = 'read'"),
                "1: `access` needs `paths` beside it",
            ),
            (
                with("paths = ['/a']\nenvironment = true"),
                "1: `environment` needs `programs` beside it",
            ),
            (
                with("paths = ['/a']\naccess = 'exec'"),
                "4: `access` is read or write, and not `exec`",
            ),
            (with("paths = ['a']"), "3: `a` does not begin with `/`"),
            (
                with("paths = []"),
                "3: `paths` is empty, which no case fits",
            ),
        ] {
            assert_eq!(mistakes(&text), [told], "{text}");
        }
    }

    #[test]
    fn the_sample_is_a_policy_also_with_its_channel() {
        let sample = include_str!("../../dist/qga-policy.toml");
        let rules = parse(Path::new("/p"), sample, &["general"]).expect("a policy");
        // Those lines are rules that are commented out, and no prose.
        let is_rule = |line: &&str| line.starts_with("#[") || line.contains(" = ");
        let whole: Vec<_> = sample.lines().collect();
        let whole: Vec<_> = whole
            .iter()
            .map(|line| match is_rule(line) {
                true => line.strip_prefix('#').unwrap_or(line),
                false => line,
            })
            .collect();
        let more = parse(
            Path::new("/p"),
            &whole.join("\n"),
            &["general", "monitoring"],
        );
        assert_eq!(more.expect("a policy").len(), rules.len() + 1);
        // And so says the document about it what is so.
        let document = include_str!("../../POLICY.md");
        let example = document.split("```").nth(1).expect("an example");
        let example = example.strip_prefix("toml").expect("TOML");
        assert!(parse(Path::new("/p"), example, &["monitoring"]).is_ok());
        for key in KEYS {
            assert!(sample.contains(&format!("{key} = ")), "{key}");
            assert!(document.contains(&format!("`{key}`")), "{key}");
        }
    }

    #[test]
    fn all_mistakes_are_told_in_their_order() {
        let text = "[[rule]]\nallow = ['guest-pong']\nz = 1\na = 2\n[[rule]]\nprofile = 'x'\n";
        let lines: Vec<_> = mistakes(text).iter().map(|m| m[..2].to_owned()).collect();
        assert_eq!(lines, ["2:", "3:", "4:", "6:"]);
    }

    #[test]
    fn what_is_no_toml_is_told_with_its_line() {
        let told = mistakes("[[rule]]\nprofile = 'full\n");
        assert!(told.len() == 1 && told[0].starts_with("2: "), "{told:?}");
        let told = mistakes("[[rule]]\nprofile = 'full'\nprofile = 'full'\n");
        assert!(told.len() == 1 && told[0].starts_with("3: "), "{told:?}");
    }
}
