//! An agent in the background, as init scripts start it.

use crate::setup;

const PROGRAM: &str = "/usr/sbin/qga-server";

/// On the disk that freezes, so that an agent that writes there meanwhile never answers again.
const ARGS: &str = "-d -m virtio-serial -f /run/agent.pid -l /mnt/agent.log -v";

#[test]
fn a_daemon_logs_to_a_disk_that_it_freezes_and_ends_by_its_pid_file() {
    let Some(mut setup) = setup() else {
        return;
    };
    setup.agent(ARGS);
    let mut vm = setup.boot();
    let mut agent = vm.agent();
    assert_eq!(
        vm.door.run("readlink /proc/$(cat /run/agent.pid)/exe"),
        PROGRAM
    );
    let files = vm
        .door
        .run("for file in 0 1 2; do readlink /proc/$(cat /run/agent.pid)/fd/$file; done");
    assert_eq!(files, ["/dev/null"; 3].join("\n"));

    vm.door.run("grep started /mnt/agent.log");
    assert_eq!(agent.guest_fsfreeze_freeze().expect("it can be"), 1);
    agent.guest_ping().expect("it answers");
    assert_eq!(agent.guest_fsfreeze_thaw().expect("it can be"), 1);
    agent.guest_get_osinfo().expect("it answers");
    let log = vm.door.run("cat /mnt/agent.log");
    assert!(log.contains("guest-get-osinfo"), "{log}");
    assert!(!log.contains("guest-ping"), "{log}");
    drop(agent);

    vm.door.run(
        "start-stop-daemon -K -p /run/agent.pid
         while pidof qga-server; do usleep 10000; done >/dev/null
         test ! -e /run/agent.pid",
    );
    let start = format!("start-stop-daemon -S -x {PROGRAM} -- {ARGS}");
    vm.door.run(&start);
    vm.agent().guest_ping().expect("it answers");
}

#[test]
fn a_daemon_that_was_killed_while_frozen_writes_its_files_once_it_has_thawed() {
    let Some(mut setup) = setup() else {
        return;
    };
    let args = "-d -m virtio-serial -t /mnt -f /mnt/agent.pid -l /mnt/agent.log -v";
    setup.agent(args);
    let mut vm = setup.boot();
    let mut agent = vm.agent();
    assert_eq!(agent.guest_fsfreeze_freeze().expect("it can be"), 1);
    drop(agent);
    vm.door.run(
        "kill -9 $(pidof qga-server)
         while pidof qga-server; do usleep 10000; done >/dev/null
         /etc/agent &",
    );
    let mut agent = vm.agent();
    assert_eq!(agent.guest_fsfreeze_thaw().expect("it can be"), 1);
    agent.guest_get_osinfo().expect("it answers");
    assert_eq!(
        vm.door.run("readlink /proc/$(cat /mnt/agent.pid)/exe"),
        PROGRAM
    );
    vm.door.run("grep guest-get-osinfo /mnt/agent.log");
}
