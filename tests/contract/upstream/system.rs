//! What the agent tells of the system it runs on.

use std::path::Path;

use super::{Fixture, has};

#[test]
fn network_get_interfaces() {
    let interfaces = Fixture::new().returned("guest-network-get-interfaces");
    assert!(has(&interfaces[0], &["name"]), "{interfaces}");
}

#[test]
fn get_vcpus() {
    let cpus = Fixture::new().returned("guest-get-vcpus");
    if Path::new("/sys/devices/system/cpu/cpu0").exists() {
        assert!(has(&cpus[0], &["online", "logical-id"]), "{cpus}");
    }
}

#[test]
fn get_fsinfo() {
    let systems = Fixture::new().returned("guest-get-fsinfo");
    for system in systems.as_array().expect("a list") {
        let members = ["name", "mountpoint", "type", "disk"];
        assert!(has(system, &members), "{system}");
    }
}

#[test]
fn get_load() {
    let load = Fixture::new().returned("guest-get-load");
    assert!(has(&load, &["load1m", "load5m", "load15m"]), "{load}");
}

/// A machine without memory that can be plugged may say that it has none.
#[test]
fn get_memory_block_info() {
    let reply = Fixture::new().ask("{'execute': 'guest-get-memory-block-info'}");
    let size = reply["return"]["size"].as_u64();
    assert!(reply.get("error").is_some() || size > Some(0), "{reply}");
}

#[test]
fn get_memory_blocks() {
    let reply = Fixture::new().ask("{'execute': 'guest-get-memory-blocks'}");
    let blocks = reply["return"].as_array();
    assert!(reply.get("error").is_some() || blocks.is_some(), "{reply}");
    for block in blocks.into_iter().flatten() {
        assert!(has(block, &["phys-index", "online"]), "{block}");
    }
}

#[test]
fn get_time() {
    let time = Fixture::new().returned("guest-get-time");
    assert!(time.as_i64() > Some(0), "{time}");
}

#[test]
fn fsfreeze_status() {
    assert_eq!(Fixture::new().returned("guest-fsfreeze-status"), "thawed");
}

#[test]
fn guest_get_host_name() {
    let name = Fixture::new().returned("guest-get-host-name");
    assert!(has(&name, &["host-name"]), "{name}");
}

#[test]
fn guest_get_timezone() {
    let zone = Fixture::new().returned("guest-get-timezone");
    assert!(has(&zone, &["offset"]), "{zone}");
}

#[test]
fn guest_get_users() {
    let users = Fixture::new().returned("guest-get-users");
    assert!(users.is_array(), "{users}");
}
