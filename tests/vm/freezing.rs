//! Freezing and thawing file systems, the one that the machine runs on among them.

use qapi_tests::vm::{Client, Vm};
use qga_types::{GuestExecArgs, GuestFsfreezeFreezeListArgs, GuestFsfreezeStatus};

use crate::{refusal, run, setup};

/// What may be used while file systems are frozen, sorted.
const WHILE_FROZEN: [&str; 6] = [
    "guest-fsfreeze-status",
    "guest-fsfreeze-thaw",
    "guest-info",
    "guest-ping",
    "guest-sync",
    "guest-sync-delimited",
];

/// Kills the agent and not its guard, which runs the same program: `pidof` goes by that, too.
const KILL_THE_AGENT: &str = "kill -9 $(grep -lx qga-server /proc/[0-9]*/comm | cut -d/ -f3)";

/// Has the machine write a line to `/root/written` and one to `/run/ticks`, which is in memory, again and again.
fn start_writing(vm: &mut Vm) {
    vm.door.run(
        "for file in /root/written /run/ticks; do
             : >$file
             (while :; do echo line >>$file; usleep 10000; done) >/dev/null 2>&1 &
         done",
    );
    wait_for_lines(vm, "/root/written");
}

/// Waits until the file has ten lines more.
fn wait_for_lines(vm: &mut Vm, file: &str) {
    vm.door.run(&format!(
        "wanted=$(($(wc -l <{file}) + 10))
         while [ $(wc -l <{file}) -lt $wanted ]; do usleep 10000; done"
    ));
}

/// Has the machine write to the file, and waits until the program that does it can get no further.
fn start_to_be_blocked(vm: &mut Vm, file: &str) {
    vm.door.run(&format!(
        "touch {file} >/dev/null 2>&1 &
         until grep -q '^State:.*D' /proc/$!/status; do usleep 10000; done"
    ));
}

fn enabled(agent: &mut Client) -> Vec<String> {
    let info = agent.guest_info().expect("it answers");
    let commands = info.supported_commands.into_iter();
    let mut names: Vec<String> = commands
        .filter(|command| command.enabled)
        .map(|command| command.name)
        .collect();
    names.sort();
    names
}

fn status(agent: &mut Client) -> GuestFsfreezeStatus {
    agent.guest_fsfreeze_status().expect("it answers")
}

#[test]
fn nothing_is_written_to_the_root_while_it_is_frozen() {
    let Some(mut setup) = setup() else {
        return;
    };
    setup.agent("-m virtio-serial -F/etc/hook");
    let mut vm = setup.boot();
    let mut agent = vm.agent();
    start_writing(&mut vm);
    assert_eq!(status(&mut agent), GuestFsfreezeStatus::Thawed);
    assert_eq!(agent.guest_fsfreeze_freeze().expect("it can be"), 1);
    assert_eq!(vm.door.run("cat /run/heard"), "freeze");

    assert_eq!(status(&mut agent), GuestFsfreezeStatus::Frozen);
    assert_eq!(enabled(&mut agent), WHILE_FROZEN);
    let refused = refusal(agent.guest_exec(&GuestExecArgs::new("/bin/true")));
    let told = "Command guest-exec has been disabled: the command is not allowed";
    assert_eq!(refused, told);
    let written = vm.door.run("wc -l </root/written");
    wait_for_lines(&mut vm, "/run/ticks");
    assert_eq!(vm.door.run("wc -l </root/written"), written);
    start_to_be_blocked(&mut vm, "/root/touched");

    assert_eq!(agent.guest_fsfreeze_thaw().expect("it can be"), 1);
    wait_for_lines(&mut vm, "/root/written");
    assert_eq!(status(&mut agent), GuestFsfreezeStatus::Thawed);
    assert_eq!(run(&mut agent, &["cat", "/run/heard"]), "freeze\nthaw\n");
    assert_eq!(agent.guest_fsfreeze_thaw().expect("it may be asked"), 0);
}

#[test]
fn a_list_freezes_what_is_in_it_and_nothing_else() {
    let Some(mut setup) = setup() else {
        return;
    };
    setup.second_disk();
    let mut vm = setup.boot();
    let mut agent = vm.agent();
    let list = |points: &[&str]| {
        let points = points.iter().map(|point| (*point).to_owned());
        GuestFsfreezeFreezeListArgs::new().mountpoints(points.collect::<Vec<_>>())
    };
    let frozen = agent.guest_fsfreeze_freeze_list(&list(&["/mnt"]));
    assert_eq!(frozen.expect("it can be"), 1);
    start_to_be_blocked(&mut vm, "/mnt/touched");
    vm.door.run("touch /root/touched");
    assert_eq!(agent.guest_fsfreeze_thaw().expect("it can be"), 1);

    let frozen = agent.guest_fsfreeze_freeze_list(&list(&["/elsewhere"]));
    assert_eq!(frozen.expect("there is nothing to do"), 0);
    assert_eq!(status(&mut agent), GuestFsfreezeStatus::Thawed);

    assert_eq!(agent.guest_fsfreeze_freeze().expect("they can be"), 2);
    start_to_be_blocked(&mut vm, "/root/again");
    assert_eq!(agent.guest_fsfreeze_thaw().expect("they can be"), 2);
}

/// A machine whose root is frozen by an agent with a hook and this option. The mark is on the disk that is frozen, where
/// nothing can be written or removed meanwhile, and so is the program.
fn frozen(option: &str) -> Option<(Vm, Client)> {
    let mut setup = setup()?;
    setup.agent(&format!("-m virtio-serial -t /root -F/etc/hook {option}"));
    let vm = setup.boot();
    let mut agent = vm.agent();
    assert_eq!(agent.guest_fsfreeze_freeze().expect("it can be"), 1);
    Some((vm, agent))
}

/// Waits for a second that nothing is frozen any more, which the mark and the hook tell.
fn wait_until_thawed(vm: &mut Vm) {
    vm.door.run(
        "for moment in $(seq 100); do
             [ ! -e /root/qga.state.isfrozen ] && [ \"$(tail -n1 /run/heard)\" = thaw ] && exit 0
             usleep 10000
         done
         exit 1",
    );
}

#[test]
fn nothing_stays_frozen_when_the_agent_is_killed() {
    let Some((mut vm, agent)) = frozen("") else {
        return;
    };
    start_to_be_blocked(&mut vm, "/root/touched");
    drop(agent);
    // Signals that end other programs do nothing to the guard.
    vm.door.run(
        "kill -TERM $(pidof qga-guard)
         kill -HUP $(pidof qga-guard)",
    );
    vm.door.run(KILL_THE_AGENT);
    wait_until_thawed(&mut vm);
    vm.door.run(
        "touch /root/again
         while pidof qga-guard; do usleep 10000; done >/dev/null
         /etc/agent &",
    );
    let mut agent = vm.agent();
    assert_eq!(status(&mut agent), GuestFsfreezeStatus::Thawed);
    assert_eq!(agent.guest_fsfreeze_thaw().expect("it may be asked"), 0);
    // Once by the guard, once by the command.
    let heard = run(&mut agent, &["cat", "/run/heard"]);
    assert_eq!(heard, "freeze\nthaw\nthaw\n");
}

#[test]
fn a_freeze_ends_by_itself_when_its_time_is_over() {
    let Some((mut vm, mut agent)) = frozen("--freeze-timeout=1") else {
        return;
    };
    while status(&mut agent) == GuestFsfreezeStatus::Frozen {}
    let heard = run(&mut agent, &["cat", "/run/heard"]);
    assert_eq!(heard, "freeze\nthaw\n");
    vm.door
        .run("touch /root/touched; test ! -e /root/qga.state.isfrozen");
    assert_eq!(agent.guest_fsfreeze_thaw().expect("it may be asked"), 0);
}

#[test]
fn a_guard_that_is_killed_is_replaced_while_the_root_is_frozen() {
    let Some((mut vm, mut agent)) = frozen("") else {
        return;
    };
    vm.door.run(
        "first=$(pidof qga-guard)
         kill -9 $first
         until second=$(pidof qga-guard) && [ $second != $first ]; do usleep 10000; done",
    );
    assert_eq!(status(&mut agent), GuestFsfreezeStatus::Frozen);
    start_to_be_blocked(&mut vm, "/root/touched");
    drop(agent);
    vm.door.run(KILL_THE_AGENT);
    wait_until_thawed(&mut vm);
    assert_eq!(vm.door.run("cat /run/heard"), "freeze\nthaw");
}

#[test]
fn an_agent_that_was_killed_with_its_guard_thaws_when_it_is_back() {
    let Some((mut vm, agent)) = frozen("") else {
        return;
    };
    drop(agent);
    vm.door.run(
        "kill -9 $(pidof qga-guard) $(pidof qga-server)
         while pidof qga-server; do usleep 10000; done >/dev/null
         test -e /root/qga.state.isfrozen
         /etc/agent &",
    );
    let mut agent = vm.agent();
    assert_eq!(status(&mut agent), GuestFsfreezeStatus::Frozen);
    assert_eq!(enabled(&mut agent), WHILE_FROZEN);
    start_to_be_blocked(&mut vm, "/root/touched");
    assert_eq!(agent.guest_fsfreeze_thaw().expect("it can be"), 1);
    assert_eq!(status(&mut agent), GuestFsfreezeStatus::Thawed);
    vm.door.run("test ! -e /root/qga.state.isfrozen");
    assert_eq!(run(&mut agent, &["cat", "/run/heard"]), "freeze\nthaw\n");
}
