//! What libvirt does to a machine by its agent.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::domain::{Domain, NAME};

/// A second in the year 2023.
const THEN: u64 = 1_700_000_000;

/// How far a clock may be from what it was set to a moment ago, on a machine with much to do.
const SOON: u64 = 600;

/// Two keys.
const FIRST: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA one@host";
const SECOND: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB two@host";

#[test]
fn what_the_user_wants_is_done() {
    let Some(mut domain) = Domain::boot() else {
        return;
    };
    clock(&mut domain);
    password(&mut domain);
    keys(&mut domain);
    processors(&mut domain);
    trim(&domain);
    reboot(&mut domain);
    shutdown(&domain);
    sleep(&domain);
}

fn clock(domain: &mut Domain) {
    let told = |domain: &Domain| {
        let text = domain.virsh(&["domtime", NAME]);
        seconds(text.trim_start_matches("Time: "))
    };
    domain.virsh(&["domtime", NAME, "--time", &THEN.to_string()]);
    assert_soon_after(THEN, told(domain));
    assert_soon_after(THEN, seconds(&domain.door.run("date +%s")));
    let rtc = domain.door.run("cat /sys/class/rtc/rtc0/since_epoch");
    assert_soon_after(THEN, seconds(&rtc));

    domain.door.run("date -s @1000000000");
    domain.virsh(&["domtime", NAME, "--sync"]);
    assert_soon_after(THEN, told(domain));

    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    domain.virsh(&["domtime", NAME, "--now"]);
    assert_soon_after(now.expect("it is later").as_secs(), told(domain));
    let pretty = domain.virsh(&["domtime", NAME, "--pretty"]);
    assert!(pretty.starts_with("Time: 20"), "{pretty}");
}

#[track_caller]
fn assert_soon_after(earlier: u64, later: u64) {
    assert!((earlier..earlier + SOON).contains(&later), "{later}");
}

#[track_caller]
fn seconds(text: &str) -> u64 {
    text.parse().unwrap_or_else(|_| panic!("no number: {text}"))
}

fn password(domain: &mut Domain) {
    let entry = "grep ^user: /etc/shadow | cut -d: -f2";
    domain.virsh(&["set-user-password", NAME, "user", "secret"]);
    let made = domain.door.run(entry);
    assert!(made.starts_with("$6$"), "{made}");
    let hash = "$6$salt$0123456789abcdef";
    domain.virsh(&["set-user-password", NAME, "user", hash, "--encrypted"]);
    assert_eq!(domain.door.run(entry), hash);
    domain
        .try_virsh(&["set-user-password", NAME, "stranger", "secret"])
        .expect_err("there is nobody of that name");
}

fn keys(domain: &mut Domain) {
    let set = |domain: &Domain, key: &str, how: &[&str]| {
        let file = domain.host.write("key", key);
        let file = file.to_str().expect("temporary paths are text");
        let words = [&["set-user-sshkeys", NAME, "user", "--file", file], how].concat();
        domain.virsh(&words);
    };
    // Without a line feed between keys, in some releases.
    let get = |domain: &Domain| domain.virsh(&["get-user-sshkeys", NAME, "user"]);
    set(domain, FIRST, &[]);
    set(domain, SECOND, &[]);
    let keys = get(domain);
    assert!(keys.contains(FIRST) && keys.contains(SECOND), "{keys}");
    let state = "cd /home/user; stat -c '%a %u %g' .ssh .ssh/authorized_keys";
    assert_eq!(domain.door.run(state), "700 1000 1000\n600 1000 1000");
    set(domain, FIRST, &["--remove"]);
    assert_eq!(get(domain), SECOND);
    set(domain, FIRST, &["--reset"]);
    assert_eq!(get(domain), FIRST);
    domain.virsh(&["set-user-sshkeys", NAME, "user", "--reset"]);
    assert_eq!(get(domain), "");
}

fn processors(domain: &mut Domain) {
    let online = "cat /sys/devices/system/cpu/online";
    let table = |domain: &Domain| {
        let text = domain.virsh(&["guestvcpus", NAME]);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(table(domain), "vcpus : 0-1 online : 0 offlinable : 1");
    domain.virsh(&["guestvcpus", NAME, "--enable", "--cpulist", "1"]);
    assert_eq!(table(domain), "vcpus : 0-1 online : 0-1 offlinable : 1");
    assert_eq!(domain.door.run(online), "0-1");
    domain.virsh(&["guestvcpus", NAME, "--disable", "--cpulist", "1"]);
    assert_eq!(domain.door.run(online), "0");
    domain.virsh(&["setvcpus", NAME, "2", "--guest"]);
    assert_eq!(domain.virsh(&["vcpucount", NAME, "--guest"]), "2");
    domain.virsh(&["setvcpus", NAME, "1", "--guest"]);
    assert_eq!(domain.virsh(&["vcpucount", NAME, "--guest"]), "1");
    assert_eq!(domain.door.run(online), "0");
}

fn trim(domain: &Domain) {
    domain.virsh(&["domfstrim", NAME]);
    domain.virsh(&["domfstrim", NAME, "--minimum", "1048576"]);
}

fn reboot(domain: &mut Domain) {
    let number = "cat /proc/sys/kernel/random/boot_id";
    let before = domain.door.run(number);
    domain.virsh(&["reboot", NAME, "--mode", "agent"]);
    domain.wait_until_booted();
    assert_ne!(domain.door.run(number), before);
}

fn shutdown(domain: &Domain) {
    domain.virsh(&["shutdown", NAME, "--mode", "agent"]);
    domain.wait_until("shut off");
    let reason = domain.virsh(&["domstate", NAME, "--reason"]);
    assert_eq!(reason, "shut off (shutdown)");
}

/// Last of all, for the machine does not always come back from it so far that it could be shut down.
fn sleep(domain: &Domain) {
    domain.virsh(&["start", NAME]);
    domain.wait_until_the_agent_answers();
    domain.virsh(&["dompmsuspend", NAME, "mem"]);
    domain.wait_until("pmsuspended");
    domain.virsh(&["dompmwakeup", NAME]);
    domain.wait_until("running");
    domain.wait_until_the_agent_answers();
}
