//! What has to be so with asynchronous clients.

use std::time::Duration;

use qapi_live::asynchronous::{MachineClient, MachineEvent, RunState};
use qapi_runtime::client::Notice;
use qapi_runtime::client::tokio::Qmp;
use qapi_runtime::{Empty, Value};
use qapi_tests::Qemu;
use serde_json::json;

/// A machine and its monitor, where QEMU is installed.
async fn connect() -> Option<(Qemu, Qmp)> {
    let qemu = Qemu::start(&[])?;
    let qmp = Qmp::connect(qemu.socket()).await;
    Some((qemu, qmp.expect("QEMU greets and negotiates")))
}

#[tokio::test]
async fn commands_are_under_way_together() {
    let Some((_qemu, qmp)) = connect().await else {
        return;
    };
    let mut one = MachineClient::new(qmp.clone());
    let mut other = MachineClient::new(qmp);
    let (status, disks) = tokio::join!(one.query_status(), other.query_block());
    assert_eq!(status.expect("it has one").status, RunState::Prelaunch);
    assert!(disks.expect("it can be asked for").is_empty());
}

#[tokio::test]
async fn events_arrive_with_their_data() {
    let Some((mut qemu, qmp)) = connect().await else {
        return;
    };
    let mut events = qmp.listen(|_| true).typed::<MachineEvent>();
    for command in ["cont", "stop", "quit"] {
        let done: Value = qmp.execute(command, &Empty {}).await.expect("it is obeyed");
        assert_eq!(done, json!({}));
    }
    let mut seen = Vec::new();
    while let Ok(Notice::Event(event, _)) = events.wait().await {
        seen.push(event);
    }
    assert_eq!(seen[..2], [MachineEvent::Resume, MachineEvent::Stop]);
    let [_, _, MachineEvent::Shutdown(shutdown)] = &seen[..] else {
        panic!("these are not all events: {seen:?}");
    };
    assert_eq!(
        (shutdown.guest, shutdown.reason.as_str()),
        (false, "host-qmp-quit")
    );
    qemu.wait_for_end();
}

#[tokio::test]
async fn a_command_that_is_given_up_disturbs_no_other() {
    let Some((_qemu, qmp)) = connect().await else {
        return;
    };
    let mut client = MachineClient::new(qmp.clone());
    let given_up = tokio::time::timeout(Duration::ZERO, client.query_block()).await;
    drop(given_up);
    let status = client.query_status().await.expect("it has one");
    assert!(!status.running);
    assert!(
        qmp.supports("query-status")
            .await
            .expect("it describes itself")
    );
}
