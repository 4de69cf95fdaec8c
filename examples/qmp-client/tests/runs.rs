//! The example does what its README says, with a real QEMU.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use qapi_runtime::client::Qmp;
use qapi_runtime::{Empty, Value};
use qapi_tests::Qemu;

/// The example as a process, which ends when this is dropped.
struct Example(Child);

impl Drop for Example {
    fn drop(&mut self) {
        // It has ended already, unless something is wrong.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn status_disks_and_events_are_told() {
    let disk = "null-co,node-name=empty,size=1048576,read-only=on";
    let device = "virtio-blk-pci,drive=empty,id=disk";
    // The example has one monitor, and this test the other.
    let Some(qemu) = Qemu::start(&["-blockdev", disk, "-device", device]) else {
        return;
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_qmp-client"));
    let process = command.arg(qemu.socket()).stdout(Stdio::piped()).spawn();
    let mut example = Example(process.expect("it was built"));
    let mut said = BufReader::new(example.0.stdout.take().expect("it has a pipe")).lines();
    let mut next_line = || said.next().expect("there is more").expect("it is text");

    assert!(next_line().starts_with("QEMU "));
    assert_eq!(next_line(), "prelaunch");
    assert_eq!(
        next_line(),
        "/machine/peripheral/disk/virtio-backend: null-co, 1048576 bytes, read-only"
    );
    let control = Qmp::connect(qemu.second_socket()).expect("it has two monitors");
    for command in ["cont", "stop", "quit"] {
        control
            .execute::<_, Value>(command, &Empty {})
            .expect("it is obeyed");
    }
    assert_eq!(next_line(), "it runs");
    assert_eq!(next_line(), "it was stopped");
    assert_eq!(next_line(), "it ends: host-qmp-quit");
    let status = example.0.wait().expect("it ends with QEMU");
    assert!(status.success());
}
