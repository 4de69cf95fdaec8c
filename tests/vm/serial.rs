//! A serial line as the way to the agent.

use qga_types::{GuestFileOpenArgs, GuestFileReadArgs};

use crate::setup;

#[test]
fn a_serial_line_leads_to_the_agent() {
    let Some(mut setup) = setup() else {
        return;
    };
    setup.isa_serial();
    let mut vm = setup.boot();
    // What comes before the agent has opened the line is lost, as on any line.
    vm.door
        .run("until stty -a </dev/ttyS1 | grep -q -e -icanon; do usleep 10000; done");
    let mut agent = vm.agent();
    let file = GuestFileOpenArgs::new("/bin/busybox").mode("r");
    let handle = agent.guest_file_open(&file).expect("it is there");
    // Every byte there is, for a line has opinions on some of them.
    let read = GuestFileReadArgs::new(handle).count(20_000);
    let data = agent.guest_file_read(&read).expect("it can be read");
    assert_eq!(data.count, 20_000);
    drop(agent);
    vm.agent().guest_ping().expect("it answers the next client");
}
