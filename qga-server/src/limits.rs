//! How much the host can have of everything: each limit by its name, in one place.
//!
//! What messages may be is limited where they are read, by [`qapi_runtime`]; what is over a limit
//! there or here is an error in a reply, or waits its turn where nothing heaps up. The page about
//! the agent has a table of all, and a test below compares the two.

/// How many clients a channel has at a time. Others wait in the queue of their socket.
pub(crate) const MAX_CLIENTS: usize = 96;
/// How many handles may be open at a time; other commands need descriptors too, and a process
/// usually has 1024.
pub(crate) const MAX_HANDLES: usize = 512;
/// The most that one read gives: encoded, it still fits into what a host is ready to take.
pub(crate) const MAX_READ: i64 = 48 << 20;
/// How many children there may be, those included whose end nobody has asked for yet. Each one
/// that runs takes up to four descriptors.
pub(crate) const MAX_CHILDREN: usize = 64;
/// What is kept of each output stream of a child; the rest is read and dropped, so that no child
/// hangs.
pub(crate) const MAX_CAPTURE: usize = 16 << 20;
/// What is kept of the output of all children together.
pub(crate) const MAX_CAPTURE_TOTAL: usize = 8 * MAX_CAPTURE;
/// What children have still to be fed, all together. A child with more is refused until they have
/// read some of it.
pub(crate) const MAX_INPUT_TOTAL: usize = 128 << 20;
/// What is kept of a helper's output, which becomes part of a reply; the rest is read and dropped.
pub(crate) const MAX_HELPER_OUTPUT: usize = 64 << 10;
/// A longer file is no list of keys, and not read.
pub(crate) const MAX_KEY_FILE: u64 = 4 << 20;
/// The longest line of a log, in bytes: what daemons of the system log take as one message.
pub(crate) const MAX_LOG_LINE: usize = 8000;
/// How many lines go to each log in a second; the next that is written tells how many were left
/// out.
pub(crate) const MAX_LOG_LINES: u32 = 5000;

#[cfg(test)]
mod tests {
    use qapi_runtime::session::attended::{
        MAX_ABANDONED, MAX_ABANDONED_ALIKE, MAX_WAITING, MAX_WAITING_BYTES,
    };
    use qapi_runtime::{MAX_MESSAGE_BYTES, MAX_NESTING, MAX_TOKENS};

    use super::*;

    /// As the page has them.
    fn amount(number: usize) -> String {
        match number {
            _ if number >= 1 << 20 && number.is_multiple_of(1 << 20) => {
                format!("{} MiB", number >> 20)
            }
            _ if number >= 1 << 12 && number.is_multiple_of(1 << 10) => {
                format!("{} KiB", number >> 10)
            }
            _ => number.to_string(),
        }
    }

    #[test]
    fn the_page_about_the_agent_has_each_limit() {
        let page = include_str!("../README.md");
        for (name, number) in [
            ("`MAX_MESSAGE_BYTES`", amount(MAX_MESSAGE_BYTES)),
            ("`MAX_NESTING`", amount(MAX_NESTING)),
            ("`MAX_TOKENS`", MAX_TOKENS.to_string()),
            ("`MAX_WAITING`", amount(MAX_WAITING)),
            ("`MAX_WAITING_BYTES`", amount(MAX_WAITING_BYTES)),
            ("`MAX_ABANDONED`", amount(MAX_ABANDONED)),
            ("`MAX_ABANDONED_ALIKE`", amount(MAX_ABANDONED_ALIKE)),
            ("`MAX_CLIENTS`", amount(MAX_CLIENTS)),
            ("`MAX_HANDLES`", amount(MAX_HANDLES)),
            (
                "`MAX_READ`",
                amount(usize::try_from(MAX_READ).expect("a size")),
            ),
            ("`MAX_CHILDREN`", amount(MAX_CHILDREN)),
            ("`MAX_CAPTURE`", amount(MAX_CAPTURE)),
            ("`MAX_CAPTURE_TOTAL`", amount(MAX_CAPTURE_TOTAL)),
            ("`MAX_INPUT_TOTAL`", amount(MAX_INPUT_TOTAL)),
            ("`MAX_HELPER_OUTPUT`", amount(MAX_HELPER_OUTPUT)),
            (
                "`MAX_KEY_FILE`",
                amount(usize::try_from(MAX_KEY_FILE).expect("a size")),
            ),
            ("`MAX_LOG_LINE`", amount(MAX_LOG_LINE)),
            (
                "`MAX_LOG_LINES`",
                amount(usize::try_from(MAX_LOG_LINES).expect("a size")),
            ),
        ] {
            let mut lines = page.lines().filter(|line| line.starts_with("| "));
            let line = lines.find(|line| line.contains(name));
            let line = line.unwrap_or_else(|| panic!("no line for {name}"));
            assert!(line.contains(&format!("| {number} |")), "{number}: {line}");
        }
    }
}
