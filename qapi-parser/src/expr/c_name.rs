//! Names as C spells them.

use std::fmt::{self, Write as _};
use std::hash::{Hash, Hasher};

/// A name in its spelling in C, where all but letters and digits is `_`. Names that share it clash.
///
/// It is compared and hashed byte by byte, never written out but for messages: nearly every name in a schema is looked
/// at in this way, and half of them hold a `-`.
#[derive(Clone, Copy)]
pub(crate) struct CName<'a>(pub(crate) &'a str);

impl CName<'_> {
    /// Whether it starts with what is the start of a name in C.
    pub(crate) fn starts_with(self, start: &str) -> bool {
        let own = self.0.get(..start.len());
        own.is_some_and(|own| CName(own) == CName(start))
    }
}

/// The byte of a name in C for that of a name in a schema, which are ASCII unless they are reported.
fn in_c(byte: u8) -> u8 {
    if byte.is_ascii_alphanumeric() {
        byte
    } else {
        b'_'
    }
}

impl PartialEq for CName<'_> {
    fn eq(&self, other: &Self) -> bool {
        let bytes = self.0.bytes().zip(other.0.bytes());
        self.0.len() == other.0.len() && bytes.into_iter().all(|(a, b)| in_c(a) == in_c(b))
    }
}

impl Eq for CName<'_> {}

impl Hash for CName<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.bytes().for_each(|byte| state.write_u8(in_c(byte)));
        state.write_usize(self.0.len());
    }
}

impl fmt::Debug for CName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for CName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .bytes()
            .try_for_each(|byte| f.write_char(in_c(byte).into()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn all_but_letters_and_digits_is_the_same() {
        assert_eq!(CName("a-b.c_d").to_string(), "a_b_c_d");
        let names = HashSet::from([CName("a-b"), CName("a_b"), CName("a-"), CName("A_b")]);
        assert_eq!(names.len(), 3);
    }

    #[test]
    fn start_may_be_spelled_in_any_way() {
        assert!(CName("has-x").starts_with("has_") && CName("has_").starts_with("has_"));
        assert!(!CName("has").starts_with("has_") && !CName("haé").starts_with("has_"));
    }
}
