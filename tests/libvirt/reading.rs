//! What libvirt tells of a machine by its agent.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::domain::{Domain, NAME};

#[test]
fn what_the_agent_tells_reaches_the_user() {
    let Some(mut domain) = Domain::boot() else {
        return;
    };
    domain.door.run("hostname inside");
    names(&domain);
    addresses(&domain);
    file_systems(&domain);
    everything_at_once(&domain);
    raw_commands(&domain);
}

fn names(domain: &Domain) {
    let name = domain.virsh(&["domhostname", NAME, "--source", "agent"]);
    assert_eq!(name, "inside");
}

fn addresses(domain: &Domain) {
    let table = domain.virsh(&["domifaddr", NAME, "--source", "agent", "--full"]);
    let row = ["lo", "00:00:00:00:00:00", "ipv4", "127.0.0.1/8"];
    assert!(rows(&table).any(|cells| cells == row), "{table}");
}

/// The last column shows that libvirt finds the disk of the file system among its own, by the addresses of both.
fn file_systems(domain: &Domain) {
    let table = domain.virsh(&["domfsinfo", NAME]);
    assert!(rows(&table).eq([["/", "vda", "ext4", "vda"]]), "{table}");
}

fn everything_at_once(domain: &Domain) {
    let text = domain.virsh(&["guestinfo", NAME]);
    let facts: BTreeMap<&str, &str> = text
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim(), value.trim()))
        .collect();
    for (name, value) in [
        ("user.count", "0"),
        ("os.id", "guest"),
        ("os.name", "Guest"),
        ("os.machine", "x86_64"),
        ("timezone.name", "UTC"),
        ("timezone.offset", "0"),
        ("hostname", "inside"),
        ("fs.count", "1"),
        ("fs.0.name", "vda"),
        ("fs.0.mountpoint", "/"),
        ("fs.0.fstype", "ext4"),
        ("fs.0.disk.count", "1"),
        ("fs.0.disk.0.alias", "vda"),
        ("fs.0.disk.0.device", "/dev/vda"),
        ("disk.count", "1"),
        ("disk.0.name", "/dev/vda"),
        ("disk.0.partition", "no"),
        ("disk.0.alias", "vda"),
        ("if.count", "1"),
        ("if.0.name", "lo"),
        ("if.0.addr.0.addr", "127.0.0.1"),
        ("if.0.addr.0.prefix", "8"),
    ] {
        assert_eq!(facts.get(name), Some(&value), "{name}: {text}");
    }
    let bytes = |name| facts[name].parse::<u64>().expect("a number");
    assert!(bytes("fs.0.used-bytes") < bytes("fs.0.total-bytes"));
    assert!(facts.contains_key("os.kernel-release"), "{text}");
}

fn raw_commands(domain: &Domain) {
    assert_eq!(domain.returned("guest-ping"), json!({}));
    assert_eq!(domain.returned("guest-info")["version"], "10.2.2");
    assert!(domain.returned("guest-get-load")["load1m"].is_number());
    let unknown = ["qemu-agent-command", NAME, r#"{"execute":"guest-nope"}"#];
    let error = domain.try_virsh(&unknown).expect_err("it is unknown");
    let desc = "The command guest-nope has not been found";
    assert!(error.contains(desc), "{error}");
    // libvirt goes on after an error.
    let sync = r#"{"execute":"guest-sync","arguments":{"id":1795259150000}}"#;
    let reply = domain.virsh(&["qemu-agent-command", NAME, sync, "--timeout", "10"]);
    let reply: Value = serde_json::from_str(&reply).expect("a reply is JSON");
    assert_eq!(reply, json!({"return": 1_795_259_150_000_u64}));
}

/// The words of each line of a table.
fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|cells| !cells.is_empty())
}
