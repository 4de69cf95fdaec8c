//! Texts that share memory with the file they are from.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Deref, Range};
use std::sync::Arc;

/// A text that a schema is made of, such as a name.
///
/// Nearly all of them stand in a file just so, and a schema has tens of thousands: each is a stretch of a text that it
/// shares with others, so that to make, clone and drop one costs no allocation. Otherwise it is like a `String` that
/// cannot be changed:
///
/// ```
/// use qapi_parser::Text;
///
/// let name = Text::from("guest-ping");
/// assert_eq!(name, "guest-ping");
/// assert!(name.starts_with("guest-"));
/// ```
#[derive(Clone, Default)]
pub struct Text {
    /// What it is a stretch of; none where it is empty. Not a `str`, for the length of the whole matters to nobody and
    /// would be in each of its pieces.
    whole: Option<Arc<String>>,
    start: u32,
    end: u32,
}

impl Text {
    /// The text as it is.
    pub fn as_str(&self) -> &str {
        match &self.whole {
            Some(whole) => &whole[self.start as usize..self.end as usize],
            None => "",
        }
    }

    /// A stretch of the text, which shares its memory.
    ///
    /// # Panics
    /// The range does not lie within the text, or cuts through a character.
    pub(crate) fn slice(&self, range: Range<usize>) -> Self {
        let text = &self.as_str()[range.clone()];
        let offset = |length: usize| self.start + u32::try_from(length).expect(SHORT);
        Self {
            whole: self.whole.clone().filter(|_| !text.is_empty()),
            start: offset(range.start),
            end: offset(range.end),
        }
    }
}

/// Why offsets fit.
const SHORT: &str =
    "`SourceMap::add` refuses longer files, and other texts are put together of their parts";

/// Panics where the text is longer than 4 GiB.
impl From<String> for Text {
    fn from(text: String) -> Self {
        let end = u32::try_from(text.len()).expect(SHORT);
        let whole = (!text.is_empty()).then(|| Arc::new(text));
        Self {
            whole,
            start: 0,
            end,
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.as_str().to_owned()
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self
    }
}

/// Tables by text can be asked for a `str`: both are compared and hashed alike.
impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Text {}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}

impl PartialEq<String> for Text {
    fn eq(&self, other: &String) -> bool {
        **self == **other
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other)
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_are_counted_from_their_own_start() {
        let text = Text::from("one two three");
        let words = text.slice(4..13);
        assert_eq!(words, "two three");
        assert_eq!(words.slice(4..9), "three");
        assert_eq!(words.slice(3..3), Text::default());
        assert_eq!(words.slice(3..3).slice(0..0), "");
    }

    #[test]
    fn equal_texts_are_equal_wherever_they_are_from() {
        let table = std::collections::HashMap::from([(Text::from("a b").slice(2..3), 1)]);
        assert_eq!(table.get("b"), Some(&1));
        assert_eq!(table.get(&Text::from("b")), Some(&1));
    }

    #[test]
    fn text_is_no_larger_than_a_reference_to_one() {
        assert_eq!(size_of::<Text>(), size_of::<&str>());
    }
}
