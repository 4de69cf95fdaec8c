//! Freezing, and the state of the port.

use std::process::{Child, Stdio};

use crate::domain::{Domain, NAME};

/// The port of the agent, in the description that libvirt gives.
const PORT: &str = "name='org.qemu.guest_agent.0'";

#[test]
fn w14_file_systems_are_frozen_and_thawed_while_the_port_stays_open() {
    let Some(mut domain) = Domain::boot() else {
        return;
    };
    let mut watched = watch_the_agent(&domain);
    let freezes = [
        &["domfsfreeze", NAME][..],
        &["domfsfreeze", NAME, "--mountpoint", "/"],
    ];
    for freeze in freezes {
        domain.virsh(freeze);
        assert_eq!(domain.returned("guest-fsfreeze-status"), "frozen");
        commands_that_write_are_passed_over(&domain);
        domain.virsh(&["domfsthaw", NAME]);
        assert_eq!(domain.returned("guest-fsfreeze-status"), "thawed");
    }
    domain.virsh(&["domfsthaw", NAME]);
    assert!(matches!(watched.try_wait(), Ok(None)), "{}", end(watched));
    assert!(is_connected(&domain));
    // The one time that it is closed; otherwise nobody would know that libvirt is heard.
    domain.door.run("killall qga-server");
    let seen = end(watched);
    assert!(seen.contains("disconnected"), "{seen}");
    assert!(!is_connected(&domain));
}

/// W12: to libvirt, what a frozen machine cannot tell is what this agent does not know.
fn commands_that_write_are_passed_over(domain: &Domain) {
    let facts = domain.virsh(&["guestinfo", NAME]);
    assert!(!facts.contains("disk.count"), "{facts}");
    let error = domain.try_virsh(&["domtime", NAME]);
    let error = error.expect_err("the clock is not on the list");
    let desc = "Command guest-get-time has been disabled: the command is not allowed";
    assert!(error.contains(desc), "{error}");
}

/// Starts to wait for the next time that libvirt thinks the agent to come or to go.
fn watch_the_agent(domain: &Domain) -> Child {
    let mut command = domain
        .host
        .command(&["event", NAME, "--event", "agent-lifecycle"]);
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("it is installed")
}

/// Waits until a program has ended, and gives what it has printed.
fn end(program: Child) -> String {
    let output = program.wait_with_output().expect("the process is ours");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn is_connected(domain: &Domain) -> bool {
    let description = domain.virsh(&["dumpxml", NAME]);
    let port = description.lines().find(|line| line.contains(PORT));
    let port = port.expect("the machine has it");
    port.contains("state='connected'")
}
