//! Telling disks which blocks are free.

use qga_types::GuestFstrimArgs;
use serde_json::json;

use crate::{run, setup};

/// What is written and removed again.
const MEGABYTES: u64 = 16;

#[test]
fn blocks_that_are_free_again_are_given_back_to_the_host() {
    let Some(mut setup) = setup() else {
        return;
    };
    setup.second_disk();
    let vm = setup.boot();
    let mut agent = vm.agent();
    let lines = format!(
        "dd if=/dev/urandom of=/mnt/file bs=1M count={MEGABYTES}; sync; rm /mnt/file; sync"
    );
    run(&mut agent, &["sh", "-ec", &lines]);
    let given_back = || {
        let stats = vm.command("query-blockstats", json!({}));
        let disks = stats.as_array().expect("a list").iter();
        let mut disks = disks.filter(|disk| disk["device"] == "second");
        let disk = disks.next().expect("it is there");
        let file = &disk["parent"]["driver-specific"];
        file["discard-bytes-ok"].as_u64().expect("a number")
    };
    let before = given_back();
    let trimmed = agent.guest_fstrim(&GuestFstrimArgs::new());
    let paths = trimmed.expect("it can be asked for").paths;
    let places: Vec<&str> = paths.iter().map(|result| result.path.as_str()).collect();
    assert_eq!(places, ["/mnt", "/"]);
    let trimmed = paths[0].trimmed.unwrap_or_default().cast_unsigned();
    assert!(trimmed >= MEGABYTES << 20, "only {trimmed} bytes");
    let given_back = given_back() - before;
    assert!(given_back >= MEGABYTES << 20, "only {given_back} bytes");
}
