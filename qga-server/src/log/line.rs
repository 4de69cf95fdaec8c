//! Texts as they may stand in a log: on one line, and not too long.
//!
//! The host chooses names of files and arguments of programs, and neither may it write lines of its
//! own nor keep one of ours away by making it too long to be sent.

use std::fmt::{self, Write};

use crate::limits::MAX_LOG_LINE;

/// Stands for what is left out.
const ELLIPSIS: char = '…';

/// The text on one line. What is too long is cut off, and never put together first.
pub(super) fn on_one_line(text: impl fmt::Display) -> String {
    let mut line = Line(String::new());
    // It fails where the text is cut off.
    if write!(line, "{text}").is_err() {
        line.0.push(ELLIPSIS);
    }
    line.0
}

struct Line(String);

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars()
            .try_for_each(|character| self.write_char(character))
    }

    fn write_char(&mut self, character: char) -> fmt::Result {
        if self.0.len() >= MAX_LOG_LINE {
            return Err(fmt::Error);
        }
        match character.is_control() {
            true => self.0.extend(character.escape_default()),
            false => self.0.push(character),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_forge_a_line() {
        assert_eq!(on_one_line("filepath: /täg"), "filepath: /täg");
        assert_eq!(
            on_one_line("a\n1.000000: critical: b\u{1b}[31m"),
            "a\\n1.000000: critical: b\\u{1b}[31m"
        );
    }

    #[test]
    fn what_is_too_long_is_cut_off() {
        let line = on_one_line("ä".repeat(MAX_LOG_LINE));
        assert_eq!(line.chars().count(), MAX_LOG_LINE / 2 + 1);
        assert!(line.ends_with("ä…"));
        let whole = "x".repeat(MAX_LOG_LINE);
        assert_eq!(on_one_line(&whole), whole);
    }
}
