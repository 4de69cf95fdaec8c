//! From the text of a policy file to rules.
//!
//! All mistakes are collected. A rule that has one is left out, which nobody acts upon: a policy
//! with mistakes is not used at all.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use toml::Spanned;
use toml::de::DeTable;

use super::fields::Fields;
use super::mistake::{Mistake, Problem};
use super::rule::{Place, Rule};

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
pub(super) struct Cx<'a> {
    file: Arc<Path>,
    text: &'a str,
    pub(super) channels: &'a [&'a str],
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

    pub(super) fn report(&mut self, span: &Range<usize>, problem: Problem) {
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

/// The one of `names` that may be meant by a misspelt one.
pub(super) fn similar<'n>(
    misspelt: &str,
    names: impl IntoIterator<Item = &'n str>,
) -> Option<&'n str> {
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
    use crate::class::Profile;
    use crate::policy::rule::Effect;

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
