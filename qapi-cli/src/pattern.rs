//! Patterns for names and paths.

/// Whether a text is one that a pattern means, in which `*` stands for any characters.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(first) else {
        return false;
    };
    let mut pieces: Vec<_> = rest.split('*').collect();
    let last = pieces.pop().unwrap_or_default();
    for piece in pieces {
        match text.find(piece) {
            Some(start) => text = &text[start + piece.len()..],
            None => return false,
        }
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_characters() {
        let pairs = [
            ("a.b", "a.b"),
            ("*", "a.b"),
            ("a*", "a"),
            ("a.*.c", "a.b.c"),
            ("*b*", "abc"),
            ("a*b*c", "abbc"),
        ];
        for (pattern, text) in pairs {
            assert!(fits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("a.b", "a.bc"),
            ("a*a", "a"),
            ("*.c", "a.cd"),
            ("b*", "ab"),
            ("a*b*c", "acb"),
        ] {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
    }
}
