//! What there is to say before it is known where lines go.
//!
//! The form is that of the library under the C agent, since scripts may look for it.

use std::fmt;

use super::line::on_one_line;
use super::stamp::Clock;
use crate::sys::clock;

/// Says on standard error what prevents the start.
pub(crate) fn failure(text: impl fmt::Display) {
    say("CRITICAL", text);
}

/// Says on standard error what has to be known, although the agent starts.
pub(crate) fn warning(text: impl fmt::Display) {
    say("WARNING", text);
}

fn say(level: &str, text: impl fmt::Display) {
    let process = std::process::id();
    let time = Clock::of_machine().time(clock::now());
    let text = on_one_line(text);
    let lines = format!("\n** (process:{process}): {level} **: {time}: {text}\n");
    // There is nobody left to tell when it fails.
    let _ = rustix::io::write(rustix::stdio::stderr(), lines.as_bytes());
}
