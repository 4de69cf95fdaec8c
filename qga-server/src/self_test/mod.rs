//! What `--self-test` tells: which commands work on this guest, and why others do not.
//!
//! Nothing is done that the host, a user or a file could notice: what a command would need is looked at.

mod checks;

use std::fmt;

use rustix::process::geteuid;

use crate::client::Client;
use crate::config::Settings;
use crate::policy::{Policy, PolicyError};

/// The status of the program when something does not work; one of a failed start would mean something else.
pub(crate) const SOMETHING_MISSING: u8 = 3;

/// How far the commands of a group work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Works,
    /// Not all of them, or not in every way.
    Limited,
    /// None of them.
    Fails,
}

/// What there is to tell of one group.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Finding {
    group: &'static str,
    state: State,
    /// How, or why not.
    about: String,
}

/// What has been found out about a guest, to be printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Report(Vec<Finding>);

impl Report {
    /// Looks at the machine that these settings are for, as far as this process may, for clients
    /// of the usual channel.
    ///
    /// # Errors
    /// There is a policy, and it cannot be used.
    pub(crate) fn new(settings: &Settings) -> Result<Self, PolicyError> {
        Self::seen_by(settings, geteuid().is_root())
    }

    fn seen_by(settings: &Settings, is_root: bool) -> Result<Self, PolicyError> {
        let policy = Policy::new(settings, false)?;
        let mut findings = checks::surroundings(settings);
        for check in &checks::CHECKS {
            let (state, about) = (check.look)(settings, is_root);
            let found = Finding {
                group: check.group,
                state,
                about,
            };
            findings.push(found.behind(&policy, check.commands));
        }
        Ok(Self(findings))
    }

    /// Whether everything works.
    pub(crate) fn is_complete(&self) -> bool {
        self.0.iter().all(|finding| finding.state == State::Works)
    }
}

impl Finding {
    /// What remains of it where the administrator refuses commands.
    fn behind(mut self, policy: &Policy, commands: &[&str]) -> Self {
        let client = Client::default();
        let is_refused = |command: &&&str| !policy.allows(&client, command);
        let refused: Vec<&str> = commands.iter().filter(is_refused).copied().collect();
        if refused.is_empty() {
            return self;
        }
        let told = format!("refused by the configuration: {}", refused.join(", "));
        match refused.len() == commands.len() {
            true => (self.state, self.about) = (State::Fails, told),
            false => {
                if self.state == State::Works {
                    self.state = State::Limited;
                }
                self.about = format!("{told}; {}", self.about);
            }
        }
        self
    }
}

/// One line for each group.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Finding {
            group,
            state,
            about,
        } in &self.0
        {
            let state = match state {
                State::Works => "works",
                State::Limited => "limited",
                State::Fails => "fails",
            };
            writeln!(f, "{group:<18}{state:<9}{about}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::sys::Root;
    use crate::{ChannelSettings, sys::program::tests::Tree};

    fn settings(root: Root, block: &[&str]) -> Settings {
        Settings {
            root,
            policy_dir: None,
            block: block.iter().map(|name| (*name).to_owned()).collect(),
            ..checks::tests::settings()
        }
    }

    fn report(settings: &Settings, is_root: bool) -> Report {
        Report::seen_by(settings, is_root).expect("there is no policy")
    }

    /// The line of a group.
    fn line(report: &Report, group: &str) -> String {
        let text = report.to_string();
        let line = text
            .lines()
            .find(|line| line.starts_with(&format!("{group} ")));
        line.expect("each group has one").to_owned()
    }

    #[test]
    fn every_command_is_in_one_group() {
        let told = || checks::CHECKS.iter().flat_map(|check| check.commands);
        let all = qga_types::COMMANDS.iter().map(|command| command.name);
        assert_eq!(told().copied().collect::<BTreeSet<_>>(), all.collect());
        assert_eq!(told().count(), qga_types::COMMANDS.len());
    }

    #[test]
    fn what_is_missing_is_told_with_its_reason() {
        let tree = Tree::new();
        let report = report(&settings(tree.root.clone(), &[]), true);
        assert!(!report.is_complete());
        for (group, told) in [
            (
                "channel",
                "fails    no port leads to the host: /dev/virtio-ports/org.qemu.guest_agent.0",
            ),
            (
                "set time",
                "limited  the clock in hardware stays as it is: open(\"/dev/rtc\"): No such file or directory",
            ),
            (
                "freeze",
                "fails    failed to open mtab file: '/proc/self/mounts': No such file or directory",
            ),
            (
                "suspend to RAM",
                "fails    neither systemd nor pm-utils nor the kernel can do it",
            ),
            ("passwords", "fails    no program chpasswd"),
            (
                "processors",
                "fails    failed to list entries: /sys/devices/system/cpu: No such file or directory",
            ),
            (
                "memory blocks",
                "fails    the kernel has no memory that can be plugged",
            ),
        ] {
            let expected = format!("{group:<18}{told}");
            assert_eq!(line(&report, group), expected);
        }
    }

    #[test]
    fn a_captured_machine_can_do_what_it_has_parts_for() {
        let tree = Tree::new();
        for program in ["/sbin/poweroff", "/sbin/halt", "/sbin/reboot"] {
            tree.program(program, 0);
        }
        tree.program_in_path("chpasswd", 0);
        tree.file("/sys/power/state", "freeze mem\n");
        tree.file("/sys/devices/system/cpu/cpu0/topology/core_id", "0\n");
        tree.file("/sys/devices/system/cpu/cpu1/online", "1\n");
        let report = report(&settings(tree.root.clone(), &[]), true);
        for (group, told) in [
            ("shutdown", "works    by a program for it"),
            ("suspend to RAM", "works    by the kernel"),
            (
                "suspend to disk",
                "fails    neither systemd nor pm-utils nor the kernel can do it",
            ),
            ("passwords", "works    by chpasswd"),
            ("processors", "works    2, of which 1 can be switched off"),
        ] {
            assert_eq!(line(&report, group), format!("{group:<18}{told}"));
        }
        assert_eq!(tree.log_in_path(), "", "nothing is run for it");
    }

    #[test]
    fn who_is_not_root_can_do_little() {
        let tree = Tree::new();
        tree.program_in_path("chpasswd", 0);
        let report = report(&settings(tree.root.clone(), &[]), false);
        for group in ["freeze", "set time", "passwords", "shutdown"] {
            let told = line(&report, group);
            assert!(told.ends_with("fails    only root may do it"), "{told}");
        }
        assert!(line(&report, "files").contains("limited"));
    }

    #[test]
    fn the_lists_of_the_administrator_are_told() {
        let tree = Tree::new();
        let block = [
            "guest-set-user-password",
            "guest-file-open",
            "guest-suspend-ram",
        ];
        let report = report(&settings(tree.root.clone(), &block), true);
        assert_eq!(
            line(&report, "passwords"),
            format!(
                "{:<18}fails    refused by the configuration: guest-set-user-password",
                "passwords"
            )
        );
        let files = line(&report, "files");
        assert!(
            files.contains("limited  refused by the configuration: guest-file-open; "),
            "{files}"
        );
    }

    #[test]
    fn a_socket_needs_no_device() {
        let tree = Tree::new();
        let mut settings = settings(tree.root.clone(), &[]);
        settings.channel = ChannelSettings::UnixListen("/run/agent.sock".into());
        let report = report(&settings, true);
        assert!(line(&report, "channel").contains("works    a socket at /run/agent.sock"));
    }
}
