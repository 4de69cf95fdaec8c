//! What an administrator allows and forbids.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use qga_types::COMMANDS;

use super::{split_line, text};
use crate::class::{Class, Kind};
use crate::policy::parse::parse;
use crate::policy::pattern::{PathPattern, WordPattern};
use crate::policy::{Answer, Object, Rules};

const CHANNELS: [&str; 2] = ["general", "more"];

/// A policy file: rules, or mistakes of which each is told. What rules say of a command they say of
/// whatever it is used on.
pub fn policy(bytes: &[u8]) {
    match parse(Path::new("/p"), &text(bytes), &CHANNELS) {
        Ok(rules) => check(&Rules(rules)),
        Err(mistakes) => {
            assert!(!mistakes.is_empty());
            let mut told = mistakes.iter().map(ToString::to_string);
            assert!(told.all(|told| told.starts_with("/p:")));
        }
    }
}

fn check(rules: &Rules) {
    for (channel, command) in CHANNELS
        .iter()
        .flat_map(|name| COMMANDS.iter().map(move |c| (name, c.name)))
    {
        let object = match Class::of(command).object {
            Kind::File(access) => Object::File {
                path: Path::new("/etc/passwd"),
                access,
            },
            Kind::User => Object::User("root"),
            _ => continue,
        };
        let decision = rules.decide(channel, command, object);
        match rules.command(channel, command) {
            Answer::Allowed(_) => assert!(decision.is_ok(), "{command}"),
            Answer::Refused(_) => assert!(decision.is_err(), "{command}"),
            Answer::Depends => {}
        }
    }
}

/// The pattern in the first line, and something that may match it.
pub fn pattern(bytes: &[u8]) {
    let (pattern, word) = split_line(bytes);
    let (pattern, word) = (text(pattern), OsStr::from_bytes(word));
    let is_plain = !pattern.contains(['*', '?', '[', '\\']);
    let words = WordPattern::new(&pattern);
    if is_plain {
        assert!(words.matches(&*pattern));
        assert_eq!(words.matches(word), *word == *pattern);
    }
    if let Ok(paths) = PathPattern::new(&pattern) {
        paths.matches(Path::new(word));
        assert!(!is_plain || paths.matches(Path::new(&*pattern)));
    }
}
