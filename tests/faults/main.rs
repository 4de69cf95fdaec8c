//! The kernel refuses, interrupts and gives less than was asked for, and agents are killed: at each system call of some
//! conversations in turn, by a program that [traces](../faults/meddler) the agent and of which the agent knows nothing.
//!
//! After each of these faults, every request has got one reply unless its connection or the agent has ended; an agent
//! that was not killed serves the next client, and has neither a descriptor nor a child too many; every file holds what
//! it held before or what it was to hold, and the next agent starts and does the same without faults.
//!
//! Only some of the faults are tried, the same each time: as many as take a moment. `QAPI_FAULTS=all` is for all of them, and
//! `QAPI_FAULTS=17` for those at the seventeenth call.

mod conversation;
mod faults;
mod files;
mod frozen;
mod keys;
mod points;
mod programs;
mod stage;
mod starts;

use std::path::PathBuf;

/// The agent.
fn agent() -> PathBuf {
    qapi_tests::need::our_agent(env!("CARGO_BIN_EXE_agent-under-test"))
}
