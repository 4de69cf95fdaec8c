//! Each version by itself, all of them together, and an old client with an old agent.

use std::fmt::Debug;
use std::path::Path;
use std::{env, fs};

use qapi_runtime::CommandInfo;
use qapi_runtime::serde::Serialize;
use qapi_runtime::serde::de::DeserializeOwned;

/// Reads `json`, compares, and writes the same text again.
fn round_trip<T: DeserializeOwned + Serialize + PartialEq + Debug>(json: &str, expected: &T) {
    let read: T = serde_json::from_str(json).expect("it fits");
    assert_eq!(&read, expected);
    assert_eq!(qapi_runtime::to_string(&read).ok().as_deref(), Some(json));
}

/// The commands that do not answer success.
fn silent(commands: &[CommandInfo]) -> Vec<&str> {
    let silent = commands.iter().filter(|command| !command.success_response);
    silent.map(|command| command.name).collect()
}

#[test]
fn every_schema_has_a_feature_and_a_module() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(package.join("Cargo.toml")).expect("a package has one");
    let mut count = 0;
    for entry in fs::read_dir(package.join("../schema")).expect("the directory of schemas") {
        let name = entry.expect("a directory entry").file_name();
        let name = name.to_str().expect("a schema has a plain name");
        let Some(version) = name
            .strip_prefix("qga-")
            .and_then(|it| it.strip_suffix(".json"))
        else {
            continue;
        };
        let feature = format!("v{}", version.replace('.', "_"));
        assert!(
            manifest.contains(&format!("\n{feature} = []\n")),
            "{feature} is no feature"
        );
        let module = package.join(format!("src/{feature}.rs"));
        assert!(module.is_file(), "{} is missing", module.display());
        count += 1;
    }
    assert!(count >= 6, "only {count} schemas were found");
}

#[test]
fn version_0_15_answers_every_command_and_can_fail_to_freeze() {
    use qga_types::v0_15::*;

    assert_eq!(COMMANDS.len(), 13);
    assert!(silent(COMMANDS).is_empty());
    round_trip(r#"{"version": "0.15.0"}"#, &GuestAgentInfo::new("0.15.0"));
    round_trip(r#""error""#, &GuestFsfreezeStatus::Error);
}

#[test]
fn version_1_1_lists_its_commands() {
    use qga_types::v1_1::*;

    assert_eq!(COMMANDS.len(), 18);
    let expected = [
        "guest-shutdown",
        "guest-suspend-disk",
        "guest-suspend-ram",
        "guest-suspend-hybrid",
    ];
    assert_eq!(silent(COMMANDS), expected);
    round_trip(
        r#"{"version": "1.1.0", "supported_commands": [{"name": "guest-ping", "enabled": true}]}"#,
        &GuestAgentInfo::new(
            "1.1.0",
            vec![GuestAgentCommandInfo::new("guest-ping", true)],
        ),
    );
}

#[test]
fn version_1_5_has_processors() {
    use qga_types::v1_5::*;

    assert_eq!(COMMANDS.len(), 23);
    round_trip(
        r#"{"vcpus": [{"logical-id": 3, "online": false}]}"#,
        &GuestSetVcpusArgs::new(vec![GuestLogicalProcessor::new(3, false)]),
    );
}

#[test]
fn version_2_3_seeks_by_number() {
    use qga_types::v2_3::*;

    assert_eq!(COMMANDS.len(), 29);
    round_trip(
        r#"{"handle": 1000, "offset": -4, "whence": 2}"#,
        &GuestFileSeekArgs::new(1000, -4, 2),
    );
}

#[test]
fn version_3_1_seeks_by_number_or_name() {
    use qga_types::v3_1::*;

    assert_eq!(COMMANDS.len(), 35);
    round_trip(
        r#"{"handle": 1000, "offset": -4, "whence": "end"}"#,
        &GuestFileSeekArgs::new(1000, -4, QGASeek::End),
    );
    round_trip(
        r#"{"handle": 1000, "offset": 0, "whence": 1}"#,
        &GuestFileSeekArgs::new(1000, 0, 1),
    );
}

#[test]
fn version_10_2_is_the_root() {
    use qga_types::v10_2;

    assert_eq!(v10_2::COMMANDS.len(), 43);
    round_trip::<qga_types::GuestFileReadArgs>(
        r#"{"handle": 1, "count": 2}"#,
        &v10_2::GuestFileReadArgs::new(1).count(2),
    );
}

mod old_agent {
    use std::os::unix::net::UnixStream;
    use std::thread;

    use qapi_runtime::session::serve;
    use qapi_runtime::{ClientError, Error, ErrorClass};
    use qga_types::v0_15::*;

    /// An agent of 2011, with one file in its guest.
    #[derive(Default)]
    struct Agent {
        read: bool,
    }

    fn refuse<T>() -> Result<T, Error> {
        Err(Error::generic("this guest has nothing but a file"))
    }

    impl GuestAgent for Agent {
        fn guest_sync(&mut self, args: GuestSyncArgs) -> Result<i64, Error> {
            Ok(args.id)
        }

        fn guest_ping(&mut self) -> Result<(), Error> {
            Ok(())
        }

        fn guest_info(&mut self) -> Result<GuestAgentInfo, Error> {
            Ok(GuestAgentInfo::new("0.15.1"))
        }

        fn guest_shutdown(&mut self, _: GuestShutdownArgs) -> Result<(), Error> {
            Ok(())
        }

        fn guest_file_open(&mut self, _: GuestFileOpenArgs) -> Result<i64, Error> {
            Ok(1)
        }

        fn guest_file_close(&mut self, _: GuestFileCloseArgs) -> Result<(), Error> {
            Ok(())
        }

        fn guest_file_read(&mut self, _: GuestFileReadArgs) -> Result<GuestFileRead, Error> {
            let text = if self.read { "" } else { "2011\n" };
            self.read = true;
            Ok(GuestFileRead::new(
                if text.is_empty() { 0 } else { 5 },
                text,
                text.is_empty(),
            ))
        }

        fn guest_file_write(&mut self, _: GuestFileWriteArgs<'_>) -> Result<GuestFileWrite, Error> {
            refuse()
        }

        fn guest_file_seek(&mut self, _: GuestFileSeekArgs) -> Result<GuestFileSeek, Error> {
            refuse()
        }

        fn guest_file_flush(&mut self, _: GuestFileFlushArgs) -> Result<(), Error> {
            refuse()
        }

        fn guest_fsfreeze_status(&mut self) -> Result<GuestFsfreezeStatus, Error> {
            Ok(GuestFsfreezeStatus::Error)
        }

        fn guest_fsfreeze_freeze(&mut self) -> Result<i64, Error> {
            refuse()
        }

        fn guest_fsfreeze_thaw(&mut self) -> Result<i64, Error> {
            refuse()
        }
    }

    /// Lets `talk` speak to an agent of 2011.
    fn with_agent(talk: impl FnOnce(UnixStream)) {
        let (ours, mut theirs) = UnixStream::pair().expect("there are descriptors left");
        let agent =
            thread::spawn(move || serve(&mut theirs, &mut GuestAgentServer(Agent::default())));
        talk(ours);
        let served = agent.join().expect("the agent does not panic");
        served.expect("the client hears everything");
    }

    #[test]
    fn a_client_of_its_time_understands_it() {
        with_agent(|stream| {
            let mut agent = GuestAgentClient::over(stream);
            let id = agent.guest_sync(&GuestSyncArgs::new(7));
            assert_eq!(id.expect("it syncs"), 7);
            let info = agent.guest_info().expect("it tells its version");
            assert_eq!(info.version, "0.15.1");
            let status = agent.guest_fsfreeze_status().expect("it tells its state");
            assert_eq!(status, GuestFsfreezeStatus::Error);
            let handle = agent.guest_file_open(&GuestFileOpenArgs::new("/etc/year"));
            let args = GuestFileReadArgs::new(handle.expect("the file is there"));
            let first = agent.guest_file_read(&args).expect("it can be read");
            let expected = Some(&b"2011\n"[..]);
            assert_eq!((first.buf_b64.as_bytes(), first.eof), (expected, false));
            assert!(agent.guest_file_read(&args).expect("it can be read").eof);
            // This version answers it, unlike those that followed.
            let shutdown = agent.guest_shutdown(&GuestShutdownArgs::new());
            shutdown.expect("it is answered");
        });
    }

    #[test]
    fn a_client_of_today_is_told_what_it_lacks() {
        with_agent(|stream| {
            let mut agent = qga_types::v10_2::GuestAgentClient::over(stream);
            agent.guest_ping().expect("pings have not changed");
            let Err(ClientError::Command(error)) = agent.guest_get_osinfo() else {
                panic!("the command came six years later");
            };
            assert_eq!(error.class, ErrorClass::CommandNotFound);
        });
    }
}
