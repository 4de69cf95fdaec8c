//! What each group of commands needs.

use std::path::Path;

use rustix::fs::{Access, access};

use super::{Finding, State};
use crate::config::{ChannelSettings, Settings};
use crate::sys::block::Block;
use crate::sys::power::{self, End};
use crate::sys::rtc::Rtc;
use crate::sys::suspend::{self, Sleep};
use crate::sys::{
    Root, cpu_stat, cpus, disk_stats, freeze, interfaces, memory_blocks, mount, os_release,
    program, routes, virtio_ports,
};

/// How far a group works, and how, or why not.
type Look = fn(&Settings, bool) -> (State, String);

/// One group of commands that need the same.
pub(super) struct Check {
    pub(super) group: &'static str,
    pub(super) commands: &'static [&'static str],
    /// Looks at a machine, for a process that is root or not.
    pub(super) look: Look,
}

/// All of them, with each command of the schema once.
pub(super) const CHECKS: [Check; 18] = [
    Check {
        group: "protocol",
        commands: &[
            "guest-ping",
            "guest-sync",
            "guest-sync-delimited",
            "guest-info",
        ],
        look: |_, _| works("always"),
    },
    Check {
        group: "system",
        commands: &[
            "guest-get-osinfo",
            "guest-get-host-name",
            "guest-get-timezone",
            "guest-get-users",
            "guest-get-time",
        ],
        look: system,
    },
    Check {
        group: "statistics",
        commands: &[
            "guest-get-load",
            "guest-get-cpustats",
            "guest-get-diskstats",
        ],
        look: statistics,
    },
    Check {
        group: "network",
        commands: &["guest-network-get-interfaces", "guest-network-get-route"],
        look: network,
    },
    Check {
        group: "disks",
        commands: &["guest-get-disks", "guest-get-fsinfo"],
        look: disks,
    },
    Check {
        group: "files",
        commands: &[
            "guest-file-open",
            "guest-file-close",
            "guest-file-read",
            "guest-file-write",
            "guest-file-seek",
            "guest-file-flush",
        ],
        look: |_, is_root| own_user(is_root, "any file"),
    },
    Check {
        group: "programs",
        commands: &["guest-exec", "guest-exec-status"],
        look: |_, is_root| own_user(is_root, "any program"),
    },
    Check {
        group: "freeze",
        commands: &[
            "guest-fsfreeze-freeze",
            "guest-fsfreeze-freeze-list",
            "guest-fsfreeze-status",
            "guest-fsfreeze-thaw",
        ],
        look: |settings, is_root| for_root(is_root, || freezing(settings)),
    },
    Check {
        group: "trim",
        commands: &["guest-fstrim"],
        look: |settings, is_root| for_root(is_root, || trimming(&settings.root)),
    },
    Check {
        group: "set time",
        commands: &["guest-set-time"],
        look: |settings, is_root| for_root(is_root, || setting_time(settings)),
    },
    Check {
        group: "passwords",
        commands: &["guest-set-user-password"],
        look: |settings, is_root| for_root(is_root, || passwords(&settings.root)),
    },
    Check {
        group: "keys",
        commands: &[
            "guest-ssh-get-authorized-keys",
            "guest-ssh-add-authorized-keys",
            "guest-ssh-remove-authorized-keys",
        ],
        look: |_, is_root| match is_root {
            true => works("of every user"),
            false => limited("only those of the user that the agent runs as"),
        },
    },
    Check {
        group: "processors",
        commands: &["guest-get-vcpus", "guest-set-vcpus"],
        look: |settings, _| processors(&settings.root),
    },
    Check {
        group: "memory blocks",
        commands: &[
            "guest-get-memory-blocks",
            "guest-set-memory-blocks",
            "guest-get-memory-block-info",
        ],
        look: |settings, _| memory(&settings.root),
    },
    Check {
        group: "shutdown",
        commands: &["guest-shutdown"],
        look: |settings, is_root| for_root(is_root, || shutdown(&settings.root)),
    },
    Check {
        group: "suspend to disk",
        commands: &["guest-suspend-disk"],
        look: |settings, is_root| for_root(is_root, || suspending(&settings.root, Sleep::Disk)),
    },
    Check {
        group: "suspend to RAM",
        commands: &["guest-suspend-ram"],
        look: |settings, is_root| for_root(is_root, || suspending(&settings.root, Sleep::Ram)),
    },
    Check {
        group: "suspend to both",
        commands: &["guest-suspend-hybrid"],
        look: |settings, is_root| for_root(is_root, || suspending(&settings.root, Sleep::Hybrid)),
    },
];

fn works(about: impl Into<String>) -> (State, String) {
    (State::Works, about.into())
}

fn limited(about: impl Into<String>) -> (State, String) {
    (State::Limited, about.into())
}

fn fails(about: impl ToString) -> (State, String) {
    (State::Fails, about.to_string())
}

fn for_root(is_root: bool, look: impl FnOnce() -> (State, String)) -> (State, String) {
    match is_root {
        true => look(),
        false => fails("only root may do it"),
    }
}

fn own_user(is_root: bool, all: &str) -> (State, String) {
    match is_root {
        true => works(all),
        false => limited("as far as the user may that the agent runs as"),
    }
}

/// What the agent itself needs.
pub(super) fn surroundings(settings: &Settings) -> Vec<Finding> {
    let (state, about) = channel(settings);
    let channel = Finding {
        group: "channel",
        state,
        about,
    };
    let directory = settings.state_dir.display();
    let (state, about) = match access(&settings.state_dir, Access::WRITE_OK | Access::EXEC_OK) {
        Ok(()) => works(format!("kept in {directory}")),
        Err(errno) => fails(format!(
            "{directory} cannot be written to: {}",
            std::io::Error::from(errno)
        )),
    };
    vec![
        channel,
        Finding {
            group: "state",
            state,
            about,
        },
    ]
}

fn channel(settings: &Settings) -> (State, String) {
    let device = |path: &Path| match settings.root.path(path).exists() {
        true => works(path.display().to_string()),
        false => fails(format!("no port leads to the host: {}", path.display())),
    };
    match &settings.channel {
        ChannelSettings::VirtioSerial(path) => match virtio_ports::device(&settings.root, path) {
            found if found.exists() => works(found.display().to_string()),
            _ => device(path),
        },
        ChannelSettings::IsaSerial(path) => device(path),
        ChannelSettings::UnixListen(path) => works(format!("a socket at {}", path.display())),
        ChannelSettings::VsockListen(_) => works("a vsock"),
        ChannelSettings::Inherited(_) => works("a socket that systemd has opened"),
    }
}

fn system(settings: &Settings, _: bool) -> (State, String) {
    match os_release::read(&settings.root, settings.os_release.as_deref()) {
        Ok(_) => works("with the name of the distribution"),
        Err(error) => limited(format!("without the name of the distribution: {error}")),
    }
}

fn statistics(settings: &Settings, _: bool) -> (State, String) {
    let disks = disk_stats::read(&settings.root).map(drop);
    match cpu_stat::read(&settings.root).map(drop).and(disks) {
        Ok(()) => works("of processors and disks"),
        Err(error) => limited(error.to_string()),
    }
}

fn network(settings: &Settings, _: bool) -> (State, String) {
    match (interfaces::read(), routes::read(&settings.root)) {
        (Ok(all), Ok(_)) => works(format!("{} interfaces and their routes", all.len())),
        (Ok(_), Err(error)) => limited(format!("without routes: {error}")),
        (Err(error), _) => fails(error),
    }
}

fn disks(settings: &Settings, _: bool) -> (State, String) {
    match (Block::all(&settings.root), mount::local(&settings.root)) {
        (Ok(disks), Ok(systems)) => works(format!(
            "{} disks, {} file systems",
            disks.len(),
            systems.len()
        )),
        (Err(error), Ok(_)) => limited(format!("file systems without their disks: {error}")),
        (_, Err(error)) => fails(error),
    }
}

fn freezing(settings: &Settings) -> (State, String) {
    let count = match freeze::plan(&settings.root) {
        Ok(plan) => plan.systems().len(),
        Err(error) => return fails(error),
    };
    let hook = settings.fsfreeze_hook.as_deref();
    let absent = hook.filter(|hook| !program::is_executable(&settings.root, hook));
    match absent {
        Some(hook) => fails(format!("the hook is no program: {}", hook.display())),
        None if count == 0 => fails("no file system lies on a block device"),
        None => works(format!("{count} file systems; --freeze-plan tells which")),
    }
}

fn trimming(root: &Root) -> (State, String) {
    match mount::local(root) {
        Ok(systems) if systems.is_empty() => fails("no file system lies on a block device"),
        Ok(systems) => works(format!("{} file systems are asked", systems.len())),
        Err(error) => fails(error),
    }
}

fn setting_time(settings: &Settings) -> (State, String) {
    match Rtc::open(&settings.root, settings.time_zone.as_deref()) {
        Ok(_) => works("the clock of the system and that in hardware"),
        Err(error) => limited(format!("the clock in hardware stays as it is: {error}")),
    }
}

fn passwords(root: &Root) -> (State, String) {
    match program::find(root, "chpasswd") {
        Some(_) => works("by chpasswd"),
        None => fails("no program chpasswd"),
    }
}

fn processors(root: &Root) -> (State, String) {
    match cpus::list(root) {
        Err(error) => fails(error),
        Ok(all) => match all.iter().filter(|processor| processor.can_offline).count() {
            0 => limited(format!("{}, of which none can be switched off", all.len())),
            count => works(format!(
                "{}, of which {count} can be switched off",
                all.len()
            )),
        },
    }
}

fn memory(root: &Root) -> (State, String) {
    match memory_blocks::list(root) {
        Err(error) => fails(error),
        Ok(None) => fails("the kernel has no memory that can be plugged"),
        Ok(Some(all)) => match all.iter().filter(|block| block.can_offline).count() {
            0 => limited(format!("{}, of which none can be switched off", all.len())),
            count => works(format!(
                "{}, of which {count} can be switched off",
                all.len()
            )),
        },
    }
}

fn shutdown(root: &Root) -> (State, String) {
    let ways = [End::PowerOff, End::Halt, End::Reboot].map(|end| power::describe(root, end));
    match ways {
        [first, second, third] if first == second && second == third => works(first),
        [off, halt, reboot] => works(format!("off {off}; halt {halt}; reboot {reboot}")),
    }
}

fn suspending(root: &Root, how: Sleep) -> (State, String) {
    match suspend::who_can(root, how) {
        Some(who) => works(format!("by {who}")),
        None => fails("neither systemd nor pm-utils nor the kernel can do it"),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::config::Fragment;

    /// Those of an agent without a configuration.
    pub(in crate::self_test) fn settings() -> Settings {
        Settings::new(Fragment::default(), None, |_| None).expect("defaults are good")
    }
}
