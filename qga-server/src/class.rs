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
};

/// The commands of the schema, in its order.
const CLASSES: &[(&str, Profile, Kind)] = {
    use Access::{Read, Write};
    use Kind::{Child, File, Machine, Program, User};
    use Profile::{Backup, Full, Manage, Monitor};
    &[
        ("guest-sync-delimited", Monitor, Machine),
        ("guest-sync", Monitor, Machine),
        ("guest-ping", Monitor, Machine),
        ("guest-get-time", Monitor, Machine),
        ("guest-set-time", Manage, Machine),
        ("guest-info", Monitor, Machine),
        ("guest-shutdown", Manage, Machine),
        // What a file is opened for is said by an argument.
        ("guest-file-open", Full, File(None)),
        ("guest-file-close", Full, File(None)),
        ("guest-file-read", Full, File(Some(Read))),
        ("guest-file-write", Full, File(Some(Write))),
        ("guest-file-seek", Full, File(None)),
        ("guest-file-flush", Full, File(None)),
        ("guest-fsfreeze-status", Monitor, Machine),
        ("guest-fsfreeze-freeze", Backup, Machine),
        ("guest-fsfreeze-freeze-list", Backup, Machine),
        ("guest-fsfreeze-thaw", Backup, Machine),
        ("guest-fstrim", Manage, Machine),
        ("guest-suspend-disk", Manage, Machine),
        ("guest-suspend-ram", Manage, Machine),
        ("guest-suspend-hybrid", Manage, Machine),
        ("guest-network-get-interfaces", Monitor, Machine),
        ("guest-get-vcpus", Monitor, Machine),
        ("guest-set-vcpus", Manage, Machine),
        ("guest-get-disks", Monitor, Machine),
        ("guest-get-fsinfo", Monitor, Machine),
        ("guest-set-user-password", Manage, User),
        ("guest-get-memory-blocks", Monitor, Machine),
        ("guest-set-memory-blocks", Manage, Machine),
        ("guest-get-memory-block-info", Monitor, Machine),
        ("guest-exec-status", Full, Child),
        ("guest-exec", Full, Program),
        ("guest-get-host-name", Monitor, Machine),
        ("guest-get-users", Monitor, Machine),
        ("guest-get-timezone", Monitor, Machine),
        ("guest-get-osinfo", Monitor, Machine),
        ("guest-ssh-get-authorized-keys", Manage, User),
        ("guest-ssh-add-authorized-keys", Manage, User),
        ("guest-ssh-remove-authorized-keys", Manage, User),
        ("guest-get-diskstats", Monitor, Machine),
        ("guest-get-cpustats", Monitor, Machine),
        ("guest-get-load", Monitor, Machine),
        ("guest-network-get-route", Monitor, Machine),
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
            Some(&(_, profile, object)) => Self { profile, object },
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
