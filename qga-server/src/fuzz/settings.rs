//! What the administrator writes, and what the agent left behind.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

use super::text;
use crate::cli::{self, Action};
use crate::config::file::parse;
use crate::config::{Fragment, Settings, VsockAddress, dump};
use crate::key_file::{KeyFile, escape};
use crate::state::counter;

/// A blank that key files have no other spelling for, so that it is lost at the beginning of a value.
const FORM_FEED: char = '\x0C';

/// The configuration file. What it comes to can be written down and read again.
pub fn config_file(bytes: &[u8]) {
    if let Ok(fragment) = parse(bytes) {
        check_fragment(fragment);
    }
    let value = text(bytes);
    if value.starts_with(FORM_FEED) {
        return;
    }
    let line = format!("[g]\nk={}", escape(&value));
    let file = KeyFile::parse(line.as_bytes()).expect("a key file");
    assert_eq!(file.text("g", "k"), Ok(Some(value.into_owned())));
}

/// The arguments of the program, one in each line.
pub fn command_line(bytes: &[u8]) {
    let lines = bytes.split(|byte| *byte == b'\n' || *byte == 0);
    let line = cli::parse(lines.map(|argument| OsString::from_vec(argument.to_vec())));
    match line.action {
        Ok(Action::Run(fragment) | Action::Dump(fragment)) => check_fragment(fragment),
        Ok(Action::Help(program)) => assert!(cli::usage(&program).contains(&program)),
        Err(error) => assert!(!error.hint().is_empty()),
        // What else can be asked for takes nothing from the line.
        Ok(_) => {}
    }
}

/// Printed and read again, a configuration prints the same, but that lists are turned round.
fn check_fragment(fragment: Fragment) {
    if let Ok(first) = dump(&fragment, None)
        && !first.contains(FORM_FEED)
    {
        let read = |text: &str| parse(text.as_bytes()).expect("what is printed can be read");
        let second = dump(&read(&first), None).expect("it has a path");
        let third = dump(&read(&second), None).expect("it has a path");
        assert_eq!(first, third);
    }
    let _ = Settings::new(fragment, None, |_| None);
}

/// The state that an agent left behind.
pub fn state(bytes: &[u8]) {
    if let Ok(next) = counter::parse(bytes) {
        let text = format!("[global]\nfd_counter={next}\n");
        assert_eq!(counter::parse(text.as_bytes()), Ok(next));
    }
}

/// An address of a channel between machines.
pub fn vsock_address(bytes: &[u8]) {
    if let Ok(address) = VsockAddress::parse(Path::new(&*text(bytes))) {
        let printed = address.to_string();
        assert_eq!(VsockAddress::parse(Path::new(&printed)), Ok(address));
    }
}
