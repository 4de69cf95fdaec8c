//! The package for Debian, on a guest that starts with systemd and on one with init scripts.

use std::path::Path;

use qapi_tests::vm::{Client, Setup, Vm, debian};
use qga_types::{GuestFsfreezeFreezeListArgs, GuestShutdownArgs};
use serde_json::json;

use crate::setup;

/// What our agent calls itself, and no agent of Debian does.
const VERSION: &str = "10.2.2";

/// A machine with Debian, and a disk for a file system beside its own.
fn machine(first: &str) -> Option<Setup> {
    let mut setup = setup()?;
    let disk = debian(Path::new(env!("CARGO_TARGET_TMPDIR")))?;
    setup.system(disk, first).second_disk();
    Some(setup)
}

fn version(agent: &mut Client) -> String {
    agent.guest_info().expect("it answers").version
}

/// Whether QEMU's agent has gone and ours answers.
#[track_caller]
fn expect_ours(vm: &mut Vm) {
    assert_eq!(version(&mut vm.agent()), VERSION);
    vm.door
        .run("test \"$(pidof -x qga-server qemu-ga | wc -w)\" = 1");
}

/// Installs the package in the place of QEMU's agent, and starts the machine once more.
fn install(vm: &mut Vm) {
    assert_ne!(version(&mut vm.agent()), VERSION);
    vm.door.run("dpkg -i /opt/qga-server.deb");
    let state = vm.door.run("dpkg-query -W -f '${Status}' qemu-guest-agent");
    // Its configuration stays until somebody purges it.
    assert!(state.ends_with("config-files"), "{state}");
    expect_ours(vm);

    let mark = vm.qmp.mark();
    let reboot = GuestShutdownArgs::new().mode("reboot");
    vm.agent()
        .guest_shutdown(&reboot)
        .expect("it can be asked for");
    vm.event(mark, "RESET");
    vm.wait_until_booted();
    expect_ours(vm);
}

/// Freezes the file system on the second disk.
fn freeze(vm: &mut Vm) {
    vm.door.run("mount /dev/vdb /mnt");
    let args = GuestFsfreezeFreezeListArgs::new().mountpoints(vec!["/mnt".to_owned()]);
    let frozen = vm.agent().guest_fsfreeze_freeze_list(&args);
    assert_eq!(frozen.expect("it can be"), 1);
}

/// Whether nothing is left that runs or is frozen. Writing to a frozen file system would take for ever.
#[track_caller]
fn expect_nothing_left(vm: &mut Vm) {
    vm.door.run(
        "! pidof qga-server qga-guard qemu-ga && test ! -e /run/qga.state.isfrozen &&
         touch /mnt/touched && test ! -e /usr/sbin/qga-server &&
         test ! -h /etc/systemd/system/qemu-guest-agent.service",
    );
}

#[test]
fn under_systemd_the_package_takes_the_place_of_qemus_agent_and_leaves_nothing_frozen() {
    let Some(setup) = machine("/lib/systemd/systemd") else {
        return;
    };
    let mut vm = setup.boot();
    install(&mut vm);
    // By the name that playbooks know, too, and as narrow as the samples make it.
    vm.door.run(
        "systemctl is-active qga-server.service && systemctl restart qemu-guest-agent.service",
    );
    expect_ours(&mut vm);
    for sandbox in ["backup", "monitor"] {
        vm.door.run(&format!(
            "cd /run/systemd/system && mkdir -p qga-server.service.d &&
             cp /usr/share/doc/qga-server/sandbox/{sandbox}.conf qga-server.service.d/sandbox.conf &&
             systemctl daemon-reload && systemctl restart qga-server.service"
        ));
        expect_ours(&mut vm);
    }
    vm.door
        .run("rm -r /run/systemd/system/qga-server.service.d && dpkg -i /opt/qga-server.deb");
    expect_ours(&mut vm);

    freeze(&mut vm);
    vm.door.run("apt-get remove -q -y qga-server");
    expect_nothing_left(&mut vm);
    vm.door.run("dpkg -P qga-server && test ! -e /etc/init.d/qga-server && test ! -e /etc/qemu/qemu-ga.conf");
}

#[test]
fn under_init_scripts_it_does_so_too_even_if_the_agent_was_killed() {
    let Some(setup) = machine("/sbin/init") else {
        return;
    };
    let mut vm = setup.boot();
    install(&mut vm);
    vm.door
        .run("service qga-server restart && service qga-server status");
    expect_ours(&mut vm);

    freeze(&mut vm);
    vm.door
        .run("pkill -KILL -x qga-server; while pidof qga-server; do sleep 0.1; done");
    vm.door.run("dpkg -r qga-server");
    expect_nothing_left(&mut vm);
    vm.command("quit", json!({}));
}
