//! Messages out of a stream of bytes, one line each.

use super::MAX_REPLY;
use crate::scan;

/// How much is read at a time.
const CHUNK: usize = 64 * 1024;

/// Bytes that were read and not yet asked for.
///
/// A message is a line, so that garbage costs nothing but the line it stands
/// in. The exception is a monitor with `pretty=on`, whose messages begin with a
/// line `{` and end with one that starts with `}`.
#[derive(Debug, Default)]
pub(super) struct Lines {
    buffer: Vec<u8>,
    /// Where the message begins that nobody has been given.
    start: usize,
    /// Where its last line begins.
    line: usize,
    /// How far there is no end of a line.
    seen: usize,
    /// Where the bytes end that were read.
    filled: usize,
    /// The end of a message that was too long is still to be passed over.
    skipping: bool,
}

/// A message is larger than [`MAX_REPLY`].
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

impl Lines {
    /// Room for what is read next; tell [`Lines::filled`] how much that was.
    pub(super) fn room(&mut self) -> &mut [u8] {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.filled, 0);
            self.line -= self.start;
            self.seen -= self.start;
            self.filled -= self.start;
            self.start = 0;
        }
        if self.filled == 0 {
            self.buffer.truncate(CHUNK);
            self.buffer.shrink_to(CHUNK);
        }
        if self.buffer.len() < self.filled + CHUNK {
            self.buffer.resize(self.filled + CHUNK, 0);
        }
        &mut self.buffer[self.filled..]
    }

    /// Says that `length` bytes were read into the room.
    pub(super) fn filled(&mut self, length: usize) {
        self.filled += length;
    }

    /// The next message, without the end of its line, if it is complete.
    pub(super) fn next(&mut self) -> Option<Result<&[u8], TooLong>> {
        loop {
            let unseen = &self.buffer[self.seen..self.filled];
            let Some(offset) = scan::find(unseen, |byte| byte == b'\n') else {
                self.seen = self.filled;
                return self.check_length().err().map(Err);
            };
            let end = self.seen + offset;
            let is_complete = self.ends_message(end);
            self.line = end + 1;
            self.seen = self.line;
            if !is_complete {
                continue;
            }
            let start = std::mem::replace(&mut self.start, self.line);
            if !std::mem::take(&mut self.skipping) {
                return Some(Ok(&self.buffer[start..end]));
            }
        }
    }

    /// Whether the line that ends at `end` is the last of its message.
    fn ends_message(&mut self, end: usize) -> bool {
        let line = &self.buffer[self.line..end];
        if line.trim_ascii_end() == b"{" {
            // Whatever came before was not ended properly.
            self.start = self.line;
            return false;
        }
        let is_first = self.line == self.start;
        if !is_first && line.first() == Some(&b'{') {
            self.start = self.line;
            return true;
        }
        is_first || line.first() == Some(&b'}')
    }

    /// Gives up on a message that is too long; reports that once.
    fn check_length(&mut self) -> Result<(), TooLong> {
        let is_too_long = self.filled - self.start > MAX_REPLY;
        if is_too_long || self.skipping {
            self.buffer = Vec::new();
            (self.start, self.line, self.seen, self.filled) = (0, 0, 0, 0);
        }
        if is_too_long && !std::mem::replace(&mut self.skipping, true) {
            return Err(TooLong);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(lines: &mut Lines, bytes: &[u8]) {
        let room = lines.room();
        room[..bytes.len()].copy_from_slice(bytes);
        lines.filled(bytes.len());
    }

    /// The messages in `pieces`.
    fn messages(pieces: &[&str]) -> Vec<String> {
        let mut lines = Lines::default();
        let mut messages = Vec::new();
        for piece in pieces {
            read(&mut lines, piece.as_bytes());
            while let Some(message) = lines.next() {
                messages.push(String::from_utf8(message.unwrap().to_vec()).unwrap());
            }
        }
        messages
    }

    #[test]
    fn a_line_is_a_message_in_whatever_pieces_it_comes() {
        let expected = ["{a}\r", "", "{b}"];
        assert_eq!(messages(&["{a}\r\n\n{b}\n{c"]), expected);
        assert_eq!(
            messages(&["{", "a", "}\r", "\n", "\n{b", "}\n", "{c"]),
            expected
        );
    }

    #[test]
    fn a_pretty_message_ends_at_its_outermost_brace() {
        assert_eq!(
            messages(&["{\r\n  \"a\": {\r\n  }\r", "\n}\r\n{\n}\n{b}\n"]),
            ["{\r\n  \"a\": {\r\n  }\r\n}\r", "{\n}", "{b}"]
        );
    }

    #[test]
    fn half_a_pretty_message_does_not_swallow_the_next() {
        assert_eq!(messages(&["{\n  \"a\"\n{b}\n"]), ["{b}"]);
        assert_eq!(messages(&["{\n  \"a\"\n{\n}\n"]), ["{\n}"]);
    }

    proptest! {
        #[test]
        fn whatever_comes_before_a_message_does_not_swallow_it(
            garbage in "[{}\\[\\]a \r\n]{0,40}",
            cut in 0..60usize,
        ) {
            let text = format!("{garbage}\n{{message}}\n");
            let (first, second) = text.split_at(cut.min(text.len()));
            let messages = messages(&[first, second]);
            prop_assert_eq!(messages.last().map(String::as_str), Some("{message}"));
        }
    }

    #[test]
    fn what_is_too_long_is_passed_over_and_reported_once() {
        let mut lines = Lines::default();
        let chunk = vec![b'x'; CHUNK];
        let mut reports = 0;
        for _ in 0..2 * MAX_REPLY / CHUNK + 3 {
            read(&mut lines, &chunk);
            reports += usize::from(lines.next() == Some(Err(TooLong)));
        }
        assert_eq!(reports, 1);
        read(&mut lines, b"\n{a}\n");
        assert_eq!(lines.next(), Some(Ok(&b"{a}"[..])));
        assert_eq!(lines.next(), None);
        assert!(lines.room().len() <= CHUNK);
    }
}
