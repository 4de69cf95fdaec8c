//! What kind of thing each command does: the one table that rules about commands are made from.
//!
//! A test goes through the commands of the schema, so that none can be forgotten here. One that is
//! not in the table counts as the worst there is.

use std::fmt;
use std::str::FromStr;

/// A command as those see it who decide about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Class {
    /// The smallest profile that has it.
    pub(crate) profile: Profile,
    /// What its arguments name.
    pub(crate) object: Kind,
    /// What a record of the audit tells of its arguments; nothing if it neither reads nor changes
    /// the guest and has no record.
    pub(crate) told: Option<&'static [Tell]>,
}

/// What a record tells of an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tell {
    /// What it is.
    Value(&'static str),
    /// How many elements it has, since they may be secret.
    Count(&'static str),
    /// Not even that.
    Nothing(&'static str),
}

/// A choice of commands for a purpose. Each has those of the one before it, but for the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Profile {
    /// What a guest tells about itself, contents of files excepted.
    Monitor,
    /// And what a consistent snapshot needs.
    Backup,
    /// And what changes the guest by means that are meant for it.
    Manage,
    /// And files and programs: whoever may use these may do anything.
    Full,
    /// For a guest that does not trust its host: nothing but signs of life, and its end in order.
    Confidential,
}

/// What a command is about, as far as a rule can tell one from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The machine as a whole.
    Machine,
    /// A file, named by its path or by a handle, for this.
    File(Option<Access>),
    /// A program.
    Program,
    /// A program that was started.
    Child,
    /// A user.
    User,
}

/// What a file is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

/// What commands do that the table does not know.
const UNKNOWN: Class = Class {
    profile: Profile::Full,
    object: Kind::Machine,
    told: Some(&[]),
};

/// A command and its class.
type Row = (&'static str, Profile, Kind, Option<&'static [Tell]>);

/// The commands of the schema, in its order.
const CLASSES: &[Row] = {
    use Access::{Read, Write};
    use Kind::{Child, File, Machine, Program, User};
    use Profile::{Backup, Full, Manage, Monitor};
    use Tell::{Count, Nothing, Value};
    &[
        ("guest-sync-delimited", Monitor, Machine, None),
        ("guest-sync", Monitor, Machine, None),
        ("guest-ping", Monitor, Machine, None),
        ("guest-get-time", Monitor, Machine, Some(&[])),
        ("guest-set-time", Manage, Machine, Some(&[Value("time")])),
        ("guest-info", Monitor, Machine, None),
        ("guest-shutdown", Manage, Machine, Some(&[Value("mode")])),
        // What a file is opened for is said by an argument.
        (
            "guest-file-open",
            Full,
            File(None),
            Some(&[Value("path"), Value("mode")]),
        ),
        (
            "guest-file-close",
            Full,
            File(None),
            Some(&[Value("handle")]),
        ),
        (
            "guest-file-read",
            Full,
            File(Some(Read)),
            Some(&[Value("handle"), Value("count")]),
        ),
        (
            "guest-file-write",
            Full,
            File(Some(Write)),
            Some(&[Value("handle"), Nothing("buf-b64"), Value("count")]),
        ),
        (
            "guest-file-seek",
            Full,
            File(None),
            Some(&[Value("handle"), Value("offset"), Value("whence")]),
        ),
        (
            "guest-file-flush",
            Full,
            File(None),
            Some(&[Value("handle")]),
        ),
        ("guest-fsfreeze-status", Monitor, Machine, Some(&[])),
        ("guest-fsfreeze-freeze", Backup, Machine, Some(&[])),
        (
            "guest-fsfreeze-freeze-list",
            Backup,
            Machine,
            Some(&[Value("mountpoints")]),
        ),
        ("guest-fsfreeze-thaw", Backup, Machine, Some(&[])),
        ("guest-fstrim", Manage, Machine, Some(&[Value("minimum")])),
        ("guest-suspend-disk", Manage, Machine, Some(&[])),
        ("guest-suspend-ram", Manage, Machine, Some(&[])),
        ("guest-suspend-hybrid", Manage, Machine, Some(&[])),
        ("guest-network-get-interfaces", Monitor, Machine, Some(&[])),
        ("guest-get-vcpus", Monitor, Machine, Some(&[])),
        ("guest-set-vcpus", Manage, Machine, Some(&[Value("vcpus")])),
        ("guest-get-disks", Monitor, Machine, Some(&[])),
        ("guest-get-fsinfo", Monitor, Machine, Some(&[])),
        (
            "guest-set-user-password",
            Manage,
            User,
            Some(&[Value("username"), Nothing("password"), Value("crypted")]),
        ),
        ("guest-get-memory-blocks", Monitor, Machine, Some(&[])),
        (
            "guest-set-memory-blocks",
            Manage,
            Machine,
            Some(&[Value("mem-blks")]),
        ),
        ("guest-get-memory-block-info", Monitor, Machine, Some(&[])),
        ("guest-exec-status", Full, Child, Some(&[Value("pid")])),
        (
            "guest-exec",
            Full,
            Program,
            Some(&[
                Value("path"),
                Value("arg"),
                Count("env"),
                Nothing("input-data"),
                Value("capture-output"),
            ]),
        ),
        ("guest-get-host-name", Monitor, Machine, Some(&[])),
        ("guest-get-users", Monitor, Machine, Some(&[])),
        ("guest-get-timezone", Monitor, Machine, Some(&[])),
        ("guest-get-osinfo", Monitor, Machine, Some(&[])),
        (
            "guest-ssh-get-authorized-keys",
            Manage,
            User,
            Some(&[Value("username")]),
        ),
        (
            "guest-ssh-add-authorized-keys",
            Manage,
            User,
            Some(&[Value("username"), Count("keys"), Value("reset")]),
        ),
        (
            "guest-ssh-remove-authorized-keys",
            Manage,
            User,
            Some(&[Value("username"), Count("keys")]),
        ),
        ("guest-get-diskstats", Monitor, Machine, Some(&[])),
        ("guest-get-cpustats", Monitor, Machine, Some(&[])),
        ("guest-get-load", Monitor, Machine, Some(&[])),
        ("guest-network-get-route", Monitor, Machine, Some(&[])),
    ]
};

/// The commands for a host that is not trusted. It can switch the machine off in any case.
const CONFIDENTIAL: [&str; 5] = [
    "guest-sync-delimited",
    "guest-sync",
    "guest-ping",
    "guest-info",
    "guest-shutdown",
];

impl Class {
    /// The class of a command.
    pub(crate) fn of(command: &str) -> Self {
        let mut classes = CLASSES.iter();
        match classes.find(|(name, ..)| *name == command) {
            Some(&(_, profile, object, told)) => Self {
                profile,
                object,
                told,
            },
            None => UNKNOWN,
        }
    }
}

impl Profile {
    pub(crate) const ALL: [Self; 5] = [
        Self::Monitor,
        Self::Backup,
        Self::Manage,
        Self::Full,
        Self::Confidential,
    ];

    /// Whether the command is one of the profile.
    pub(crate) fn has(self, command: &str) -> bool {
        match self {
            Self::Confidential => CONFIDENTIAL.contains(&command),
            other => Class::of(command).profile <= other,
        }
    }

    /// The word for it in a policy.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Monitor => "monitor",
            Self::Backup => "backup",
            Self::Manage => "manage",
            Self::Full => "full",
            Self::Confidential => "confidential",
        }
    }
}

impl FromStr for Profile {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        let mut all = Self::ALL.into_iter();
        all.find(|profile| profile.name() == word).ok_or(())
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "read",
            Self::Write => "write",
        })
    }
}

#[cfg(test)]
mod tests {
    use qga_types::COMMANDS;

    use super::*;

    #[test]
    fn every_command_of_the_schema_has_a_class() {
        let known = COMMANDS.iter().map(|command| command.name);
        assert!(known.eq(CLASSES.iter().map(|(name, ..)| *name)));
    }

    /// Every command of the schema with the names of its arguments, in their order.
    fn schema() -> Vec<(String, Vec<String>)> {
        use qapi_parser::{DefinitionKind, Members};

        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema/qga-10.2.json");
        let schema = qapi_parser::load(path).expect("a schema");
        let commands = schema.definitions().filter_map(|(_, definition)| {
            let DefinitionKind::Command(command) = &definition.kind else {
                return None;
            };
            let members = match &command.arguments {
                Members::Inline(members) => members.iter().collect(),
                Members::Named(id) => schema.object_members(*id),
            };
            let names = members.iter().map(|member| member.name.to_string());
            Some((definition.name.to_string(), names.collect()))
        });
        commands.collect()
    }

    #[test]
    fn every_argument_of_the_schema_is_told_or_kept_secret() {
        for (command, arguments) in schema() {
            // Those of other systems are not there.
            if !COMMANDS.iter().any(|known| known.name == command) {
                continue;
            }
            let told = Class::of(&command).told;
            let silent = [
                "guest-sync",
                "guest-sync-delimited",
                "guest-ping",
                "guest-info",
            ];
            assert_eq!(
                told.is_none(),
                silent.contains(&command.as_str()),
                "{command}"
            );
            let told = told.unwrap_or_default().iter().map(|tell| match tell {
                Tell::Value(name) | Tell::Count(name) | Tell::Nothing(name) => *name,
            });
            if !silent.contains(&command.as_str()) {
                assert_eq!(told.collect::<Vec<_>>(), arguments, "{command}");
            }
        }
    }

    #[test]
    fn profiles_grow_and_the_last_is_apart() {
        let count = |profile: Profile| {
            let commands = COMMANDS.iter();
            commands.filter(|command| profile.has(command.name)).count()
        };
        assert_eq!(Profile::ALL.map(count), [20, 23, 35, 43, 5]);
        assert!(!Profile::Manage.has("guest-file-open") && Profile::Full.has("guest-file-open"));
        assert!(Profile::Full.has("guest-some-day") && !Profile::Manage.has("guest-some-day"));
        for profile in Profile::ALL {
            assert!(profile.has("guest-sync") && profile.has("guest-info"));
            assert_eq!(profile.name().parse(), Ok(profile));
        }
    }
}
