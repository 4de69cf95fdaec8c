//! What has to be so with every client, whatever the release of its schema.
//!
//! Each test binary has a module `machine`, which is the release.

mod queries;

use std::fs::File;
use std::os::fd::AsFd as _;

use qapi_runtime::client::{Options, Qmp};
use qapi_runtime::{ClientError, Empty, Error, ErrorClass, FromEvent as _, Value};
use qapi_tests::{PATIENCE, Qemu};
use serde_json::json;

use crate::machine::*;

/// An empty machine and its monitor, where QEMU is installed.
pub(crate) fn connect() -> Option<(Qemu, Qmp)> {
    connect_to(&[])
}

/// A machine with what `args` give it, and its monitor.
fn connect_to(args: &[&str]) -> Option<(Qemu, Qmp)> {
    let qemu = Qemu::start(args)?;
    let mut options = Options::new();
    options.timeout(PATIENCE).out_of_band(true);
    let socket = qemu.socket();
    let qmp = Qmp::connect_with(
        move || std::os::unix::net::UnixStream::connect(&socket),
        &options,
    );
    Some((qemu, qmp.expect("QEMU greets and negotiates")))
}

/// The error that a command is answered with.
#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, ClientError>) -> Error {
    match result {
        Err(ClientError::Command(error)) => error,
        other => panic!("an error was expected: {other:?}"),
    }
}

#[test]
fn the_greeting_tells_the_release() {
    let Some((_qemu, qmp)) = connect() else {
        return;
    };
    let greeting = qmp.greeting().expect("there is a connection");
    let told = MachineClient::new(qmp).query_version().expect("it has one");
    let (ours, theirs) = (greeting.version.to_string(), told.qemu);
    let theirs = format!("{}.{}.{}", theirs.major, theirs.minor, theirs.micro);
    assert_eq!(ours, theirs);
    assert!(greeting.offers_out_of_band());
}

#[test]
fn nested_block_devices_are_added() {
    let Some((_qemu, qmp)) = connect() else {
        return;
    };
    let mut client = MachineClient::new(qmp);
    let storage = BlockdevOptionsNull::new().size(1 << 20);
    let storage = BlockdevOptions::new(BlockdevOptionsBranch::NullCo(storage)).node_name("bottom");
    let part = BlockdevOptionsRaw::new(storage).offset(4096).size(8192);
    let part = BlockdevOptions::new(BlockdevOptionsBranch::Raw(part)).node_name("middle");
    let reader = BlockdevOptionsCor::new(part);
    let reader = BlockdevOptions::new(BlockdevOptionsBranch::CopyOnRead(reader)).node_name("top");
    client.blockdev_add(&reader).expect("all of it is there");

    let graph = client
        .x_debug_query_block_graph()
        .expect("it can be asked for");
    let mut names: Vec<_> = graph.nodes.iter().map(|node| node.name.as_str()).collect();
    names.sort();
    assert_eq!(names, ["bottom", "middle", "top"]);
    assert_eq!(graph.edges.len(), 2);
    let removed = client.blockdev_del(&BlockdevDelArgs::new("top"));
    removed.expect("nobody uses it");
}

#[test]
fn errors_keep_their_class() {
    let Some((_qemu, qmp)) = connect() else {
        return;
    };
    let mut client = MachineClient::new(qmp.clone());

    let error = refused(client.blockdev_del(&BlockdevDelArgs::new("gone")));
    assert_eq!(error.class, ErrorClass::GenericError);
    let error = refused(client.device_del(&DeviceDelArgs::new("gone")));
    assert_eq!(error.class, ErrorClass::DeviceNotFound);
    let error = refused(client.query_balloon());
    assert_eq!(error.class, ErrorClass::DeviceNotActive);
    let error = refused(qmp.execute::<_, Value>("query-the-weather", &Empty {}));
    assert_eq!(error.class, ErrorClass::CommandNotFound);
    // KVMMissingCap is for hosts whose KVM is older than any that runs this.

    let status = client.query_status().expect("errors disturb nothing");
    assert_eq!(status.status, RunState::Prelaunch);
}

#[test]
fn events_arrive_with_their_data() {
    let Some((mut qemu, qmp)) = connect() else {
        return;
    };
    let mut client = MachineClient::new(qmp.clone());
    let next = |mark, name: &str| {
        let event = qmp.wait_for(mark, |event| event.name == name);
        let event = event.expect("it happens");
        assert!(event.timestamp.seconds > 0);
        MachineEvent::from_event(&event).expect("it is as the schema says")
    };

    let before = qmp.mark();
    client.cont().expect("it can run");
    assert_eq!(next(before, "RESUME"), MachineEvent::Resume);
    client.stop().expect("it can be stopped");
    assert_eq!(next(before, "STOP"), MachineEvent::Stop);
    client.quit().expect("it can end");
    let MachineEvent::Shutdown(shutdown) = next(before, "SHUTDOWN") else {
        panic!("it is the event of that name");
    };
    assert!(!shutdown.guest);
    assert_eq!(shutdown.reason, ShutdownCause::HostQmpQuit);
    qemu.wait_for_end();
}

#[test]
fn commands_run_out_of_band() {
    let Some((_qemu, qmp)) = connect() else {
        return;
    };
    let mut client = MachineClient::new(qmp.clone());
    let yanked = client.out_of_band().yank(&YankArgs::new(Vec::new()));
    yanked.expect("there is nothing to yank");
    let error = refused(qmp.execute_oob::<_, Value>("query-status", &Empty {}));
    assert!(error.desc.contains("does not support OOB"), "{error}");
}

#[test]
fn file_descriptors_are_passed() {
    let Some((qemu, qmp)) = connect() else { return };
    let mut client = MachineClient::new(qmp.clone());
    let path = qemu.directory().join("file");
    let file = File::create(&path).expect("the directory is ours");

    let args = GetfdArgs::new("ours");
    let Empty {} = qmp
        .execute_with_fds("getfd", &args, &[file.as_fd()])
        .expect("it takes one");
    let closed = client.closefd(&ClosefdArgs::new("ours"));
    closed.expect("it has it");
    refused(client.closefd(&ClosefdArgs::new("ours")));

    let args = AddFdArgs::new().opaque("ours");
    let added: AddfdInfo = qmp
        .execute_with_fds("add-fd", &args, &[file.as_fd()])
        .expect("it takes one");
    let sets = client.query_fdsets().expect("they can be asked for");
    let set = sets.iter().find(|set| set.fdset_id == added.fdset_id);
    let set = set.expect("it is the one that was added");
    assert_eq!(set.fds[0].opaque.as_deref(), Some("ours"));
}

#[test]
fn a_lost_connection_is_made_anew() {
    let Some((_qemu, qmp)) = connect() else {
        return;
    };
    let mut client = MachineClient::new(qmp.clone());
    client.query_name().expect("there is a connection");
    qmp.close();
    assert!(matches!(client.query_name(), Err(ClientError::Closed)));
    qmp.reconnect().expect("QEMU is there");
    client.query_name().expect("there is a connection again");
}

#[test]
fn what_the_server_has_can_be_asked_for() {
    let Some((_qemu, qmp)) = connect() else {
        return;
    };
    for path in ["query-status", "blockdev-add.arguments.driver", "SHUTDOWN"] {
        assert!(qmp.supports(path).expect("it describes itself"), "{path}");
    }
    assert!(
        !qmp.supports("query-the-weather")
            .expect("it describes itself")
    );
}

#[test]
fn what_no_schema_knows_can_be_asked_for() {
    let Some((_qemu, qmp)) = connect() else {
        return;
    };
    let arguments = json!({"command-line": "info version"});
    let answer: Value = qmp
        .execute("human-monitor-command", &arguments)
        .expect("it is answered");
    assert!(
        answer.as_str().is_some_and(|text| text.starts_with("10.")),
        "{answer}"
    );
}
