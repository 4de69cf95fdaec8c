//! Symbols that conditions ask for.

use std::str::FromStr;

/// A symbol, and whether the build defines it: `CONFIG_LINUX`, `CONFIG_LINUX=y` or `CONFIG_WIN32=n`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Symbol {
    pub(crate) name: String,
    pub(crate) defined: bool,
}

impl Symbol {
    /// Whether a symbol is defined: the last word counts.
    pub(crate) fn is_defined(symbols: &[Self], name: &str) -> bool {
        let last = symbols.iter().rev().find(|symbol| symbol.name == name);
        last.is_some_and(|symbol| symbol.defined)
    }
}

impl FromStr for Symbol {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once('=').unwrap_or((text, "y"));
        let defined = match value {
            "y" => true,
            "n" => false,
            _ => return Err(format!("a symbol is `{name}=y` or `{name}=n`")),
        };
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err("a symbol has letters, digits and `_`".to_owned());
        }
        Ok(Self {
            name: name.to_owned(),
            defined,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symbols(texts: &[&str]) -> Vec<Symbol> {
        texts
            .iter()
            .map(|text| text.parse().expect("it is one"))
            .collect()
    }

    #[test]
    fn the_last_word_counts() {
        let symbols = symbols(&["A", "B=y", "B=n"]);
        assert!(Symbol::is_defined(&symbols, "A"));
        assert!(!Symbol::is_defined(&symbols, "B"));
        assert!(!Symbol::is_defined(&symbols, "C"));
    }

    #[test]
    fn nonsense_is_no_symbol() {
        for text in ["", "=y", "A=", "A=yes", "A B"] {
            assert!(text.parse::<Symbol>().is_err(), "{text:?}");
        }
    }
}
