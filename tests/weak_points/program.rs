//! The program itself.

use std::collections::BTreeSet;
use std::fs;

use crate::agent;

#[test]
fn defect_33_the_c_library_is_all_that_it_needs() {
    let agent = agent();
    let maps = fs::read_to_string(format!("/proc/{}/maps", agent.process()));
    let maps = maps.expect("the agent is there");
    let names = maps.lines().filter_map(|line| line.rsplit('/').next());
    let names = names.filter_map(|name| Some(name.split_once(".so")?.0));
    let libraries: BTreeSet<&str> = names.collect();
    let known =
        |name: &&&str| ["libc", "libm", "libgcc_s"].contains(name) || name.starts_with("ld-");
    let others: Vec<&&str> = libraries.iter().filter(|name| !known(name)).collect();
    assert!(others.is_empty(), "{others:?}");
}
