//! How QEMU spells JSON, for serde_json's serializer.

use std::io::{self, Write};

use serde_json::ser::{CharEscape, Formatter};

use super::number;
use crate::{scan, unicode};

/// The formatter of the wire.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spelling;

impl Formatter for Spelling {
    fn begin_object_key<W: Write + ?Sized>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        separate(to, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        to.write_all(b": ")
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        separate(to, first)
    }

    fn write_f64<W: Write + ?Sized>(&mut self, to: &mut W, value: f64) -> io::Result<()> {
        to.write_all(number::seventeen_digits(value).as_bytes())
    }

    fn write_f32<W: Write + ?Sized>(&mut self, to: &mut W, value: f32) -> io::Result<()> {
        self.write_f64(to, f64::from(value))
    }

    /// The serializer deals with quotes, backslashes and control characters;
    /// what it takes for harmless comes here.
    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        to: &mut W,
        mut text: &str,
    ) -> io::Result<()> {
        while let Some(start) = scan::find(text.as_bytes(), |byte| byte >= 0x7F) {
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

    fn write_char_escape<W: Write + ?Sized>(
        &mut self,
        to: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        to.write_all(match escape {
            CharEscape::Quote => b"\\\"",
            CharEscape::ReverseSolidus => b"\\\\",
            CharEscape::Solidus => b"/",
            CharEscape::Backspace => b"\\b",
            CharEscape::FormFeed => b"\\f",
            CharEscape::LineFeed => b"\\n",
            CharEscape::CarriageReturn => b"\\r",
            CharEscape::Tab => b"\\t",
            CharEscape::AsciiControl(byte) => return write!(to, "\\u{byte:04X}"),
        })
    }
}

fn separate<W: Write + ?Sized>(to: &mut W, first: bool) -> io::Result<()> {
    if first { Ok(()) } else { to.write_all(b", ") }
}

/// Writes `c` as one escape, or as two beyond the basic plane.
///
/// Input refuses noncharacters, and so does QEMU's output.
fn escape<W: Write + ?Sized>(to: &mut W, c: char) -> io::Result<()> {
    let c = if unicode::is_noncharacter(c) {
        unicode::REPLACEMENT
    } else {
        c
    };
    for unit in c.encode_utf16(&mut [0; 2]) {
        write!(to, "\\u{unit:04X}")?;
    }
    Ok(())
}
