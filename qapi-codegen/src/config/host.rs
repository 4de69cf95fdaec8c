//! Which symbols a build defines, as its configuration files say.

/// The symbols that a line each is about, and whether they are defined.
///
/// Understands C headers (`#define A`, `#undef A`, also in a comment as
/// configuration tools leave it) and make files (`A=y`, `A=n`). All other lines
/// mean nothing.
pub(crate) fn symbols(text: &str) -> impl Iterator<Item = (&str, bool)> {
    text.lines().filter_map(|line| symbol(line.trim()))
}

fn symbol(line: &str) -> Option<(&str, bool)> {
    let bare = line.trim_start_matches("/*").trim_start();
    if let Some(directive) = bare.strip_prefix('#') {
        let (word, rest) = directive.trim_start().split_once(char::is_whitespace)?;
        let is_defined = match word {
            "define" if bare == line => true,
            "undef" => false,
            _ => return None,
        };
        return Some((name(rest.trim_start())?, is_defined));
    }
    let (left, value) = line.split_once('=')?;
    let name = name(left).filter(|name| *name == left.trim_end())?;
    Some((name, !matches!(value.trim(), "" | "n")))
}

/// The name that a text starts with.
fn name(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let name = &text[..end.unwrap_or(text.len())];
    let is_name = !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit());
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(&str, bool)> {
        symbols(text).collect()
    }

    #[test]
    fn headers_define_and_undefine() {
        let header = "\
/* made by a tool */
#pragma once

#define CONFIG_LINUX
# define CONFIG_PATH \"/usr\"
#define CONFIG_ZERO 0
#undef CONFIG_WIN32
/* #undef CONFIG_TPM */
/* #define CONFIG_OLD 1 */
#ifdef CONFIG_OTHER
";
        let expected = [
            ("CONFIG_LINUX", true),
            ("CONFIG_PATH", true),
            ("CONFIG_ZERO", true),
            ("CONFIG_WIN32", false),
            ("CONFIG_TPM", false),
        ];
        assert_eq!(read(header), expected);
    }

    #[test]
    fn make_files_assign() {
        let file = "\
# A comment with A=y
CONFIG_LINUX=y
CONFIG_MODULE = m
CONFIG_WIN32=n
CONFIG_EMPTY=
HOST CC=cc
2X=y
all: CONFIG_X=y
";
        let expected = [
            ("CONFIG_LINUX", true),
            ("CONFIG_MODULE", true),
            ("CONFIG_WIN32", false),
            ("CONFIG_EMPTY", false),
        ];
        assert_eq!(read(file), expected);
    }

    #[test]
    fn nothing_is_no_symbol() {
        for text in [
            "",
            "#",
            "#define",
            "#define ",
            "=",
            "#undef 1",
            "\u{fffd}=\u{fffd}",
            "/*",
        ] {
            assert_eq!(read(text), [], "{text:?}");
        }
    }
}
