//! The clock of the machine and the one in its hardware.

use qapi_tests::vm::Vm;
use qga_types::GuestSetTimeArgs;
use serde_json::json;

use crate::{refusal, setup};

const NANOSECONDS: i64 = 1_000_000_000;
/// The first second of the year 2030.
const THEN: i64 = 1_893_456_000;
/// How far clocks may be from what they were set to: time goes on.
const SECONDS: i64 = 60;

/// What the clock in hardware shows, as the kernel reads it.
fn hardware_time(vm: &mut Vm) -> i64 {
    let text = vm.door.run("cat /sys/class/rtc/rtc0/since_epoch");
    text.parse().expect("a number")
}

#[track_caller]
fn assert_is(time: i64, expected: i64) {
    let expected = expected..expected + SECONDS;
    assert!(expected.contains(&time), "{time} is not in {expected:?}");
}

#[test]
fn both_clocks_are_set_to_a_time_and_one_to_the_other_without() {
    let Some(setup) = setup() else {
        return;
    };
    let mut vm = setup.boot();
    let mut agent = vm.agent();
    let mark = vm.qmp.mark();
    agent
        .guest_set_time(&GuestSetTimeArgs::new().time(THEN * NANOSECONDS))
        .expect("it can be set");
    let now = agent.guest_get_time().expect("it answers") / NANOSECONDS;
    assert_is(now, THEN);
    assert_is(hardware_time(&mut vm), THEN);
    let shown = vm.door.run("hwclock -u -r");
    assert!(shown.contains(" 2030 "), "{shown}");
    let offset = vm.event(mark, "RTC_CHANGE")["offset"].clone();
    assert!(offset.as_i64().is_some_and(|offset| offset > 0), "{offset}");

    vm.door.run("date -s @1700000000");
    let now = agent.guest_get_time().expect("it answers") / NANOSECONDS;
    assert_is(now, 1_700_000_000);
    agent
        .guest_set_time(&GuestSetTimeArgs::new())
        .expect("it can be read");
    let now = agent.guest_get_time().expect("it answers") / NANOSECONDS;
    assert_is(now, THEN);
}

#[test]
fn a_time_before_the_machine_was_on_is_refused() {
    let Some(setup) = setup() else {
        return;
    };
    let vm = setup.boot();
    let mut agent = vm.agent();
    let mut set = |time| refusal(agent.guest_set_time(&GuestSetTimeArgs::new().time(time)));
    let told = "Failed to set time to guest: Invalid argument";
    assert_eq!(set(0), told);
    assert_eq!(set(-NANOSECONDS), "Invalid time");
}

#[test]
fn w02_a_time_that_is_set_is_answered_in_these_bytes() {
    let Some(setup) = setup() else {
        return;
    };
    let vm = setup.boot();
    drop(vm.agent());
    let mut wire = vm.wire();
    let arguments = json!({"time": THEN * NANOSECONDS});
    let request = json!({"execute": "guest-set-time", "arguments": arguments});
    let replies = wire.replies_to(request.to_string());
    assert_eq!(replies.escape_ascii().to_string(), r#"{\"return\": {}}\n"#);
}
