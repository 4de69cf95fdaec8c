//! How QEMU spells text.

use std::io::{self, Write};

use crate::{scan, unicode};

/// Writes what stands between the quotes of a string.
pub(super) fn write_text<W: Write + ?Sized>(to: &mut W, mut text: &str) -> io::Result<()> {
    let is_special = |byte| (byte == b'"') | (byte == b'\\') | !(b' '..b'\x7F').contains(&byte);
    while let Some(start) = scan::find(text.as_bytes(), is_special) {
        let (plain, special) = text.split_at(start);
        to.write_all(plain.as_bytes())?;
        let mut rest = special.chars();
        if let Some(c) = rest.next() {
            escape(to, c)?;
        }
        text = rest.as_str();
    }
    to.write_all(text.as_bytes())
}

/// Writes `c` as one escape, or as two beyond the basic plane.
///
/// Input refuses noncharacters, and so does QEMU's output.
fn escape<W: Write + ?Sized>(to: &mut W, c: char) -> io::Result<()> {
    to.write_all(match c {
        '"' => b"\\\"",
        '\\' => b"\\\\",
        '\u{8}' => b"\\b",
        '\u{c}' => b"\\f",
        '\n' => b"\\n",
        '\r' => b"\\r",
        '\t' => b"\\t",
        _ => {
            let c = if unicode::is_noncharacter(c) {
                unicode::REPLACEMENT
            } else {
                c
            };
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(to, "\\u{unit:04X}")?;
            }
            return Ok(());
        }
    })
}
