//! The configuration as the text of a configuration file, for `--dump-conf`.

use std::fmt::Write;
use std::path::Path;

use super::Fragment;
use super::file::{CHANNEL_GROUP, GROUP};
use super::settings::{
    DEFAULT_METHOD, DEFAULT_PID_FILE, DEFAULT_STATE_DIR, SettingsError, default_path,
};
use crate::key_file::escape;
use crate::sys::activation::Family;

/// Writes down what the agent would run with. An `inherited` socket has a method and no path.
///
/// # Errors
/// The method has no usual path, and none is given.
pub(crate) fn dump(
    fragment: &Fragment,
    inherited: Option<Family>,
) -> Result<String, SettingsError> {
    let (method, path) = match inherited {
        Some(Family::Unix) => ("unix-listen", None),
        Some(Family::Vsock) => ("vsock-listen", None),
        None => {
            let method = fragment.method.as_deref().unwrap_or(DEFAULT_METHOD);
            let path = fragment.path.as_deref();
            let path = path.or_else(|| default_path(method).map(Path::new));
            (method, Some(path.ok_or(SettingsError::MissingPath)?))
        }
    };
    let mut text = Text(format!("[{GROUP}]\n"));
    text.boolean("daemon", fragment.daemon);
    text.value("method", method);
    text.path("path", path);
    text.path("logfile", fragment.log_file.as_deref());
    let pid_file = fragment.pid_file.as_deref();
    let pid_file = pid_file.unwrap_or_else(|| Path::new(DEFAULT_PID_FILE));
    text.path("pidfile", Some(pid_file));
    text.path("fsfreeze-hook", fragment.fsfreeze_hook.as_deref());
    // The C agent has no such keys, so that nothing is said of them unless they are given.
    text.given("hook-timeout", fragment.hook_timeout.as_deref());
    text.given("freeze-timeout", fragment.freeze_timeout.as_deref());
    let state_dir = fragment.state_dir.as_deref();
    let state_dir = state_dir.unwrap_or_else(|| Path::new(DEFAULT_STATE_DIR));
    text.path("statedir", Some(state_dir));
    text.boolean("verbose", fragment.verbose);
    text.boolean("retry-path", fragment.retry_path);
    // The C agent would not understand these, and need not unless they are asked for.
    text.path("policy-dir", fragment.policy_dir.as_deref());
    if let Some(audit) = &fragment.audit {
        text.value("audit", audit);
    }
    text.value("block-rpcs", &fragment.block_rpcs.join(","));
    text.value("allow-rpcs", &fragment.allow_rpcs.join(","));
    for channel in &fragment.channels {
        let method = channel.method.as_deref().unwrap_or(DEFAULT_METHOD);
        let path = channel.path.as_deref();
        text.group(&format!("{CHANNEL_GROUP}{}", channel.name));
        text.value("method", method);
        text.path("path", path.or_else(|| default_path(method).map(Path::new)));
    }
    Ok(text.0)
}

struct Text(String);

impl Text {
    /// Begins another group.
    fn group(&mut self, name: &str) {
        let _ = writeln!(self.0, "\n[{name}]");
    }

    fn value(&mut self, key: &str, value: &str) {
        // A string takes whatever is written to it.
        let _ = writeln!(self.0, "{key}={}", escape(value));
    }

    fn path(&mut self, key: &str, path: Option<&Path>) {
        if let Some(path) = path {
            self.value(key, &path.to_string_lossy());
        }
    }

    fn given(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.value(key, value);
        }
    }

    fn boolean(&mut self, key: &str, value: Option<bool>) {
        self.value(key, if value == Some(true) { "true" } else { "false" });
    }
}

#[cfg(test)]
mod tests {
    use super::super::fragment::ChannelFragment;
    use super::*;

    #[test]
    fn defaults_are_written_down() {
        let text = "[general]
daemon=false
method=virtio-serial
path=/dev/virtio-ports/org.qemu.guest_agent.0
pidfile=/var/run/qemu-ga.pid
statedir=/var/run
verbose=false
retry-path=false
block-rpcs=
allow-rpcs=
";
        assert_eq!(dump(&Fragment::default(), None), Ok(text.into()));
    }

    #[test]
    fn what_is_given_is_written_down() {
        let fragment = Fragment {
            daemon: Some(true),
            method: Some("unix-listen".into()),
            path: Some(" /s".into()),
            log_file: Some("".into()),
            pid_file: Some("/p".into()),
            fsfreeze_hook: Some("/h\\".into()),
            hook_timeout: Some("5".into()),
            freeze_timeout: Some("0".into()),
            state_dir: Some("/t".into()),
            verbose: Some(true),
            retry_path: Some(true),
            policy_dir: Some("/d".into()),
            audit: Some("journal".into()),
            block_rpcs: vec!["b".into(), "a".into()],
            allow_rpcs: vec!["c".into()],
            channels: vec![
                ChannelFragment {
                    name: "a".into(),
                    method: Some("unix-listen".into()),
                    path: Some("/a".into()),
                },
                ChannelFragment {
                    name: "b".into(),
                    ..ChannelFragment::default()
                },
            ],
        };
        let text = "[general]
daemon=true
method=unix-listen
path=\\s/s
logfile=
pidfile=/p
fsfreeze-hook=/h\\\\
hook-timeout=5
freeze-timeout=0
statedir=/t
verbose=true
retry-path=true
policy-dir=/d
audit=journal
block-rpcs=b,a
allow-rpcs=c

[channel a]
method=unix-listen
path=/a

[channel b]
method=virtio-serial
path=/dev/virtio-ports/org.qemu.guest_agent.0
";
        assert_eq!(dump(&fragment, None), Ok(text.into()));
    }

    #[test]
    fn an_inherited_socket_has_no_path() {
        let fragment = Fragment {
            path: Some("/p".into()),
            ..Fragment::default()
        };
        let text = dump(&fragment, Some(Family::Vsock)).expect("a text");
        assert!(text.contains("\nmethod=vsock-listen\npidfile="), "{text}");
    }

    #[test]
    fn a_path_that_nobody_can_guess_is_missed() {
        for method in ["unix-listen", "vsock-listen", "other"] {
            let fragment = Fragment {
                method: Some(method.into()),
                ..Fragment::default()
            };
            assert_eq!(dump(&fragment, None), Err(SettingsError::MissingPath));
        }
    }
}
