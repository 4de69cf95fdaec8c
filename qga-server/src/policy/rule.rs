//! Rules, and which of them decides.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::pattern::{PathPattern, WordPattern};
use crate::class::{Access, Class, Kind, Profile};

/// All rules, in the order in which they are asked. The first one that fits decides.
#[derive(Debug, Default)]
pub(crate) struct Rules(pub(crate) Vec<Rule>);

/// One rule: for whom, about what, on which condition, and where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) place: Place,
    /// The channels that it is for; all if there are none.
    pub(crate) channels: Vec<String>,
    pub(crate) effect: Effect,
    pub(crate) condition: Condition,
}

/// Where a rule begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: Arc<Path>,
    pub(crate) line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.line)
    }
}

/// What a rule says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// These commands may be used.
    Allow(Vec<&'static str>),
    /// These may not.
    Deny(Vec<&'static str>),
    /// Those of the profile may be used, and no others.
    Profile(Profile),
}

/// What has to be so for a rule to fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Nothing.
    None,
    /// The file is one of these, and used for that.
    File {
        paths: Vec<PathPattern>,
        access: Option<Access>,
    },
    /// The program is one of these, with such arguments.
    Program {
        programs: Vec<PathPattern>,
        arguments: Option<Vec<WordPattern>>,
        /// Whether the host may choose the environment, by which most programs can be made to run
        /// others.
        environment: bool,
    },
    /// The user is one of these.
    User(Vec<WordPattern>),
}

/// What a command is used on, as it really is: no links are left in paths.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Object<'a> {
    File {
        path: &'a Path,
        access: Option<Access>,
    },
    Program {
        path: &'a Path,
        /// The path by which it is called, whose last component may be a link.
        name: &'a Path,
        arguments: &'a [OsString],
        environment: bool,
    },
    User(&'a str),
}

impl fmt::Display for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, access } => {
                write!(f, "{}", path.display())?;
                access.map_or(Ok(()), |access| write!(f, ", to {access} it"))
            }
            Self::Program {
                path,
                name,
                arguments,
                ..
            } => {
                write!(f, "{}", path.display())?;
                if name != path {
                    write!(f, " by the name of {}", name.display())?;
                }
                let mut words = arguments.iter();
                words.try_for_each(|word| write!(f, " {}", word.display()))
            }
            Self::User(name) => f.write_str(name),
        }
    }
}

/// What is known about a command before its arguments are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer<'a> {
    /// It may be used, by that rule or because none says otherwise.
    Allowed(Option<&'a Rule>),
    /// It may not be used, whatever the arguments are.
    Refused(&'a Rule),
    /// That depends on the arguments.
    Depends,
}

/// What is decided about a command with its arguments.
pub(crate) type Decision<'a> = Result<Option<&'a Rule>, &'a Rule>;

impl Rules {
    /// What is known about `command`, for whoever comes by `channel`.
    pub(crate) fn command(&self, channel: &str, command: &str) -> Answer<'_> {
        let mut depends = false;
        for (rule, allows) in self.about(channel, command) {
            if rule.condition.always_fits(command, allows) {
                return match (allows, depends) {
                    (_, true) => Answer::Depends,
                    (true, _) => Answer::Allowed(Some(rule)),
                    (false, _) => Answer::Refused(rule),
                };
            }
            depends |= rule.condition.can_fit(command);
        }
        match depends {
            true => Answer::Depends,
            false => Answer::Allowed(None),
        }
    }

    /// What the rules decide about `command` when it is used on `object`.
    pub(crate) fn decide(&self, channel: &str, command: &str, object: Object<'_>) -> Decision<'_> {
        let mut about = self.about(channel, command);
        match about.find(|(rule, allows)| rule.condition.fits(object, *allows)) {
            Some((rule, true)) => Ok(Some(rule)),
            Some((rule, false)) => Err(rule),
            None => Ok(None),
        }
    }

    /// The rules about `command`, each with what it says.
    pub(super) fn about<'a, 'n>(
        &'a self,
        channel: &'n str,
        command: &'n str,
    ) -> impl Iterator<Item = (&'a Rule, bool)> + use<'a, 'n> {
        let rules = self.0.iter().filter(move |rule| rule.is_for(channel));
        rules.filter_map(move |rule| Some((rule, rule.effect.allows(command)?)))
    }
}

impl Rule {
    /// Whether a program that the rule is about may be called by this name, too, and not only by
    /// the path that it has without links.
    pub(crate) fn allows_name(&self, name: &Path) -> bool {
        match &self.condition {
            Condition::Program { programs, .. } => {
                programs.iter().any(|program| program.names(name))
            }
            _ => true,
        }
    }

    fn is_for(&self, channel: &str) -> bool {
        self.channels.is_empty() || self.channels.iter().any(|name| name == channel)
    }
}

impl Effect {
    /// Whether `command` may be used, if this says anything about it.
    fn allows(&self, command: &str) -> Option<bool> {
        match self {
            Self::Allow(commands) => commands.contains(&command).then_some(true),
            Self::Deny(commands) => commands.contains(&command).then_some(false),
            Self::Profile(profile) => Some(profile.has(command)),
        }
    }
}

impl Condition {
    /// Whether it makes no difference for `command`.
    fn always_fits(&self, command: &str, allows: bool) -> bool {
        match self {
            Self::None => true,
            // Which programs a client may start is decided when it does. What it has started it
            // may ask about, and it can ask about nothing else.
            Self::Program { .. } => allows && Class::of(command).object == Kind::Child,
            Self::File { .. } | Self::User(_) => false,
        }
    }

    /// Whether there can be an object that fits, for `command`.
    fn can_fit(&self, command: &str) -> bool {
        let object = Class::of(command).object;
        match (self, object) {
            (Self::File { access, .. }, Kind::File(Some(used))) => {
                access.is_none_or(|access| access == used)
            }
            (Self::Program { .. }, Kind::Child) => false,
            _ => true,
        }
    }

    fn fits(&self, object: Object<'_>, allows: bool) -> bool {
        match (self, object) {
            (Self::None, _) => true,
            (
                Self::File { paths, access },
                Object::File {
                    path,
                    access: wanted,
                },
            ) => {
                let fits = match (access, wanted) {
                    (None, _) => true,
                    // Neither reading nor writing, such as closing: goes with what is allowed,
                    // and not with what is not.
                    (Some(_), None) => allows,
                    (Some(access), Some(wanted)) => *access == wanted,
                };
                fits && any_path(paths, path)
            }
            (
                Self::Program {
                    programs,
                    arguments,
                    environment,
                },
                Object::Program {
                    path,
                    name,
                    arguments: given,
                    environment: chosen,
                },
            ) => {
                // Some programs are another by each name. Whoever allows one allows no other.
                let is_named = |program: &PathPattern| program.names(name) || program.names(path);
                let is_meant =
                    |program: &PathPattern| program.matches(path) && (!allows || is_named(program));
                let fits = *environment || !chosen || !allows;
                let arguments = arguments.as_deref();
                fits && programs.iter().any(is_meant)
                    && arguments.is_none_or(|patterns| all_words(patterns, given))
            }
            (Self::User(users), Object::User(name)) => users.iter().any(|user| user.matches(name)),
            _ => false,
        }
    }
}

fn any_path(patterns: &[PathPattern], path: &Path) -> bool {
    patterns.iter().any(|pattern| pattern.matches(path))
}

/// Whether each word has its pattern; `**` at the end stands for the rest of them.
fn all_words(patterns: &[WordPattern], words: &[OsString]) -> bool {
    let (patterns, is_open) = match patterns.split_last() {
        Some((last, rest)) if last.is_rest() => (rest, true),
        _ => (patterns, false),
    };
    let count = words.len() == patterns.len() || is_open && words.len() > patterns.len();
    let mut pairs = patterns.iter().zip(words);
    count && pairs.all(|(pattern, word)| pattern.matches(OsStr::new(word)))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::super::parse::parse;
    use super::*;

    const LOG: &str = "/var/log/x";

    fn rules(text: &str) -> Rules {
        let rules = parse(Path::new("/p"), text, &["general", "other"]);
        Rules(rules.expect("a policy"))
    }

    /// What is known about a command: a line that decides, or `?`, with a sign for the decision.
    fn answer(rules: &Rules, channel: &str, command: &str) -> String {
        match rules.command(channel, command) {
            Answer::Allowed(None) => "+".to_owned(),
            Answer::Allowed(Some(rule)) => format!("+{}", rule.place.line),
            Answer::Refused(rule) => format!("-{}", rule.place.line),
            Answer::Depends => "?".to_owned(),
        }
    }

    fn decision(decision: Decision<'_>) -> String {
        match decision {
            Ok(None) => "+".to_owned(),
            Ok(Some(rule)) => format!("+{}", rule.place.line),
            Err(rule) => format!("-{}", rule.place.line),
        }
    }

    fn file(rules: &Rules, command: &str, path: &str, access: Option<Access>) -> String {
        let path = Path::new(path);
        decision(rules.decide("general", command, Object::File { path, access }))
    }

    fn program(rules: &Rules, path: &str, words: &[&str], environment: bool) -> String {
        let words: Vec<_> = words.iter().map(OsString::from).collect();
        let object = Object::Program {
            path: Path::new(path),
            name: Path::new(path),
            arguments: &words,
            environment,
        };
        decision(rules.decide("general", "guest-exec", object))
    }

    #[test]
    fn no_rule_allows_everything() {
        assert_eq!(answer(&Rules::default(), "general", "guest-exec"), "+");
    }

    #[test]
    fn the_first_rule_that_fits_decides() {
        let rules = rules(
            "[[rule]]\nallow = ['guest-shutdown']\n\
             [[rule]]\ndeny = ['guest-shut*', 'guest-exec']\n\
             [[rule]]\nprofile = 'monitor'\n\
             [[rule]]\nallow = ['guest-exec-status']",
        );
        for (command, expected) in [
            ("guest-shutdown", "+1"),
            ("guest-exec", "-3"),
            ("guest-get-load", "+5"),
            ("guest-exec-status", "-5"),
        ] {
            assert_eq!(answer(&rules, "general", command), expected, "{command}");
        }
    }

    #[test]
    fn rules_are_for_their_channels() {
        let rules = rules(
            "[[rule]]\nchannels = ['other']\nprofile = 'monitor'\n\
             [[rule]]\ndeny = ['guest-ping']",
        );
        assert_eq!(answer(&rules, "other", "guest-exec"), "-1");
        assert_eq!(answer(&rules, "general", "guest-exec"), "+");
        assert_eq!(answer(&rules, "other", "guest-ping"), "+1");
        assert_eq!(answer(&rules, "general", "guest-ping"), "-4");
    }

    #[test]
    fn a_command_is_there_as_long_as_some_use_of_it_is_allowed() {
        let rules = rules(
            "[[rule]]\nallow = ['guest-file-*']\npaths = ['/var/log/**']\naccess = 'read'\n\
             [[rule]]\nprofile = 'monitor'",
        );
        for (command, expected) in [
            ("guest-file-open", "?"),
            ("guest-file-read", "?"),
            ("guest-file-close", "?"),
            // Nothing that is opened for reading can be written to.
            ("guest-file-write", "-5"),
            ("guest-exec", "-5"),
        ] {
            assert_eq!(answer(&rules, "general", command), expected, "{command}");
        }
        let open = |path, access| file(&rules, "guest-file-open", path, Some(access));
        assert_eq!(open(LOG, Access::Read), "+1");
        assert_eq!(open(LOG, Access::Write), "-5");
        assert_eq!(open("/etc/shadow", Access::Read), "-5");
        assert_eq!(file(&rules, "guest-file-close", LOG, None), "+1");
        assert_eq!(file(&rules, "guest-file-close", "/etc/shadow", None), "-5");
    }

    #[test]
    fn what_is_forbidden_to_write_can_be_read_and_closed() {
        let rules =
            rules("[[rule]]\ndeny = ['guest-file-*']\npaths = ['/etc/**']\naccess = 'write'");
        assert_eq!(answer(&rules, "general", "guest-file-read"), "+");
        assert_eq!(answer(&rules, "general", "guest-file-write"), "?");
        let open = |access| file(&rules, "guest-file-open", "/etc/x", Some(access));
        assert_eq!(
            (open(Access::Read), open(Access::Write)),
            ("+".into(), "-1".into())
        );
        assert_eq!(file(&rules, "guest-file-close", "/etc/x", None), "+");
    }

    #[test]
    fn programs_are_told_apart_by_their_arguments() {
        let rules = rules(
            "[[rule]]\nallow = ['guest-exec*']\nprograms = ['/opt/a', '/opt/b*']\n\
             arguments = ['status', '--*', '**']\n\
             [[rule]]\nallow = ['guest-exec']\nprograms = ['/opt/free']\nenvironment = true\n\
             [[rule]]\nprofile = 'manage'",
        );
        assert_eq!(answer(&rules, "general", "guest-exec"), "?");
        assert_eq!(answer(&rules, "general", "guest-exec-status"), "+1");
        for (path, words, environment, expected) in [
            ("/opt/a", &["status", "--wait"][..], false, "+1"),
            ("/opt/bc", &["status", "--wait", "x", "y"], false, "+1"),
            ("/opt/a", &["status"], false, "-9"),
            ("/opt/a", &["stop", "--wait"], false, "-9"),
            // By the environment most programs can be made to run others.
            ("/opt/a", &["status", "--wait"], true, "-9"),
            ("/opt/free", &[], true, "+5"),
            ("/opt/free", &["x"], false, "+5"),
            ("/opt/other", &[], false, "-9"),
        ] {
            let decision = program(&rules, path, words, environment);
            assert_eq!(decision, expected, "{path} {words:?}");
        }
    }

    #[test]
    fn a_forbidden_program_is_forbidden_with_any_environment() {
        let rules =
            rules("[[rule]]\ndeny = ['guest-exec*']\nprograms = ['/opt/a']\narguments = []");
        assert_eq!(program(&rules, "/opt/a", &[], true), "-1");
        assert_eq!(program(&rules, "/opt/a", &["x"], true), "+");
        assert_eq!(answer(&rules, "general", "guest-exec-status"), "+");
    }

    #[test]
    fn a_program_with_many_names_is_allowed_by_those_of_the_rule_only() {
        let dir = tempfile::tempdir().expect("a directory");
        let dir = fs::canonicalize(dir.path()).expect("a path");
        let path = |name: &str| dir.join(name);
        fs::write(path("box"), "").expect("a file");
        symlink("box", path("ls")).expect("a link");
        let about = |name: &str, effect: &str| {
            let name = path(name);
            let name = name.display();
            rules(&format!(
                "[[rule]]\n{effect} = ['guest-exec']\nprograms = ['{name}']\n\
                 [[rule]]\nallow = ['guest-ping']\n[[rule]]\ndeny = ['guest-exec']"
            ))
        };
        let called = |rules: &Rules, name: &str| {
            let object = Object::Program {
                path: &path("box"),
                name: &path(name),
                arguments: &[],
                environment: false,
            };
            let decided = rules.decide("general", "guest-exec", object);
            let by_name =
                decided.map(|rule| rule.is_some_and(|rule| rule.allows_name(&path(name))));
            by_name.map_err(|rule| rule.place.line)
        };
        let ls = about("ls", "allow");
        assert_eq!(called(&ls, "ls"), Ok(true));
        assert_eq!(called(&ls, "sh"), Err(6));
        assert_eq!(called(&ls, "box"), Err(6));
        // Allowed as such, and not as a shell.
        assert_eq!(called(&about("box", "allow"), "sh"), Ok(false));
        assert_eq!(called(&about("*", "allow"), "sh"), Ok(true));
        // Whatever it is called.
        assert_eq!(called(&about("ls", "deny"), "sh"), Err(1));
    }

    #[test]
    fn users_are_told_apart() {
        let rules = rules(
            "[[rule]]\nallow = ['guest-ssh-*']\nusers = ['deploy', 'web-?']\n\
             [[rule]]\ndeny = ['guest-ssh-*', 'guest-set-user-password']",
        );
        assert_eq!(answer(&rules, "general", "guest-set-user-password"), "-4");
        let user = |name| {
            let command = "guest-ssh-add-authorized-keys";
            decision(rules.decide("general", command, Object::User(name)))
        };
        assert_eq!(["deploy", "web-1", "root"].map(user), ["+1", "+1", "-4"]);
    }
}
