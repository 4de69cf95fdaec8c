//! What must not be tried on the machine itself: freezing and trimming file systems.

use std::fs;
use std::path::Path;

use qapi_tests::{Conversation, Setup, need};

use crate::agents::Theirs;

#[test]
fn file_systems_are_frozen_alike() {
    let Some(theirs) = Theirs::find() else { return };
    let Some(()) = need::island() else { return };
    let mut comparison = theirs.comparison();
    for conversation in Conversation::all(&need::workspace().join("tests/differential/island")) {
        let (their, our) = theirs.both(|program| {
            let agent = Setup::new(program).on_island().start();
            conversation.run(&mut agent.connect())
        });
        comparison.compare_replies(&conversation, &their, &our);
    }
    comparison.finish();
}

/// What the hook hears while these requests are answered.
fn heard(program: &Path, requests: &str) -> String {
    let agent = Setup::new(program).on_island().arg("-F/hook").start();
    agent.connect().replies_to(requests);
    fs::read_to_string(agent.island().join("run/heard")).expect("the hook hears something")
}

#[test]
fn hooks_hear_of_freeze_and_thaw_alike() {
    let Some(theirs) = Theirs::find() else { return };
    let Some(()) = need::island() else { return };
    let (freeze, thaw) = (
        r#"{"execute":"guest-fsfreeze-freeze"}"#,
        r#"{"execute":"guest-fsfreeze-thaw"}"#,
    );
    let requests = [freeze, thaw, thaw, freeze, freeze, thaw].concat();
    let (their, our) = theirs.both(|program| heard(program, &requests));
    assert_eq!(their, our);
    assert_eq!(our, "freeze\nthaw\nthaw\nfreeze\nthaw\n");
}
