//! What the commands do, one claim each, shown on the running program. What clients rely on beyond that is tested in
//! `contract`.

mod children;
mod commands;
mod distribution;
mod limits;
mod sandbox;
mod secrets;
mod uploads;

use qapi_tests::{Agent, need};
use serde_json::{Value, json};

fn agent() -> Agent {
    Agent::start(need::our_agent(env!("CARGO_BIN_EXE_agent-under-test")))
}

/// A request with arguments.
fn request(command: &str, arguments: Value) -> String {
    json!({"execute": command, "arguments": arguments}).to_string()
}
