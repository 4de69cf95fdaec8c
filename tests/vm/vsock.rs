//! A vsock as the way to the agent.
//!
//! Clients here are in the machine itself, on its loopback: one on the host would need a driver of its kernel, which few
//! machines that run tests have.

use crate::setup;

#[test]
fn clients_find_the_agent_at_its_vsock() {
    let Some(mut setup) = setup() else {
        return;
    };
    setup.agent("-m vsock-listen -p 4294967295:1234");
    let mut vm = setup.boot();
    for _ in 0..2 {
        let replies = vm.door.run(
            r#"ask() { echo '{"execute":"guest-ping"}' | socat -t 20 - VSOCK-CONNECT:1:1234 2>&1; }
               until replies=$(ask); do usleep 10000; done
               echo "$replies""#,
        );
        assert_eq!(replies, r#"{"return": {}}"#);
    }
}
