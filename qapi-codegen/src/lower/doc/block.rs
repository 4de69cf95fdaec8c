//! Paragraphs, lists, notes and examples.
//!
//! Indentation means structure here and code in markdown, so every block is
//! taken apart and written anew; nothing indented gets through as it stands.

/// How long the lines of a paragraph get.
const WIDTH: usize = 76;

/// Turns one piece of documentation into lines of markdown; `inline` does the paragraphs.
pub(super) fn markdown(text: &str, inline: &dyn Fn(&str) -> String) -> Vec<String> {
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    blocks(&lines, inline)
}

fn blocks(lines: &[&str], inline: &dyn Fn(&str) -> String) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut rest = lines;
    while let Some(first) = rest.first() {
        if first.is_empty() {
            rest = &rest[1..];
            continue;
        }
        let (block, after) = block(rest, inline);
        if !out.is_empty() && !block.is_empty() {
            out.push(String::new());
        }
        out.extend(block);
        rest = after;
    }
    out
}

/// One block and the lines after it; the first line is not empty.
fn block<'l, 't>(
    lines: &'l [&'t str],
    inline: &dyn Fn(&str) -> String,
) -> (Vec<String>, &'l [&'t str]) {
    let first = lines[0];
    if indent(first) > 0 {
        let (inner, after) = lines.split_at(indented(lines));
        (quoted(&dedent(inner), inline), after)
    } else if let Some(directive) = Directive::parse(first) {
        let (inner, after) = lines[1..].split_at(indented(&lines[1..]));
        (directive.render(&dedent(inner), inline), after)
    } else if marker(first).is_some() {
        list(lines, inline)
    } else {
        paragraph(lines, inline)
    }
}

/// An indented block: an example, or text that may be read as if it were not indented.
fn quoted(lines: &[&str], inline: &dyn Fn(&str) -> String) -> Vec<String> {
    if lines.first().is_some_and(|line| is_wire(line)) {
        fenced(lines)
    } else {
        blocks(lines, inline)
    }
}

/// Whether a line is part of an example of the protocol.
fn is_wire(line: &str) -> bool {
    ["->", "<-", "{", "["]
        .iter()
        .any(|start| line.starts_with(start))
}

fn paragraph<'l, 't>(
    lines: &'l [&'t str],
    inline: &dyn Fn(&str) -> String,
) -> (Vec<String>, &'l [&'t str]) {
    if is_wire(lines[0]) {
        let end = lines
            .iter()
            .position(|line| line.is_empty())
            .unwrap_or(lines.len());
        return (fenced(&lines[..end]), &lines[end..]);
    }
    let ends = |line: &&str| line.is_empty() || marker(line.trim_start()).is_some();
    let end = 1 + lines[1..].iter().position(ends).unwrap_or(lines.len() - 1);
    let text = fill(&lines[..end]);
    let Some(before) = text.strip_suffix("::") else {
        return (to_lines(&inline(&text)), &lines[end..]);
    };
    // Two colons promise a literal block.
    let skipped = lines[end..]
        .iter()
        .take_while(|line| line.is_empty())
        .count();
    let after = &lines[end + skipped..];
    let (literal, after) = after.split_at(indented(after));
    let mut out = Vec::new();
    if !before.is_empty() {
        out.extend(to_lines(&inline(&format!("{before}:"))));
        out.push(String::new());
    }
    out.extend(fenced(&dedent(literal)));
    (out, after)
}

/// Breaks the lines of a paragraph anew: the text may start further left here
/// than in the schema.
fn fill(lines: &[&str]) -> String {
    let mut text = String::new();
    let mut column = 0;
    for word in lines.iter().flat_map(|line| line.split_whitespace()) {
        let length = word.chars().count();
        let fits = column + 1 + length <= WIDTH;
        match (column, fits) {
            (0, _) => {}
            (_, true) => text.push(' '),
            (_, false) => text.push('\n'),
        }
        column = if column > 0 && fits {
            column + 1 + length
        } else {
            length
        };
        text.push_str(word);
    }
    text
}

/// How a list item starts, and where its text does.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Marker {
    numbered: bool,
    width: usize,
}

/// Whether a line starts a list item.
pub(super) fn is_item(line: &str) -> bool {
    marker(line).is_some()
}

fn marker(line: &str) -> Option<Marker> {
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (numbered, sign) = match digits {
        0 => (false, line.starts_with(['-', '*', '+'])),
        _ => (true, line[digits..].starts_with(['.', ')'])),
    };
    let after = line.get(digits + 1..).unwrap_or_default();
    let spaces = after.len() - after.trim_start().len();
    (sign && spaces > 0).then_some(Marker {
        numbered,
        width: digits + 1 + spaces,
    })
}

fn list<'l, 't>(
    lines: &'l [&'t str],
    inline: &dyn Fn(&str) -> String,
) -> (Vec<String>, &'l [&'t str]) {
    let mut items = Vec::new();
    let mut rest = lines;
    let numbered = marker(lines[0]).is_some_and(|marker| marker.numbered);
    while let Some(found) = rest.first().and_then(|line| marker(line)) {
        if found.numbered != numbered {
            break;
        }
        let (inner, after) = rest.split_at(1 + indented(&rest[1..]));
        let mut item = vec![&inner[0][found.width..]];
        item.extend(dedent(&inner[1..]));
        items.push(blocks(&item, inline));
        rest = after;
    }
    (render_list(&items, numbered), rest)
}

fn render_list(items: &[Vec<String>], numbered: bool) -> Vec<String> {
    let loose = items.iter().any(|item| item.iter().any(String::is_empty));
    let mut out = Vec::new();
    for (index, item) in items.iter().enumerate() {
        if loose && index > 0 {
            out.push(String::new());
        }
        let sign = if numbered {
            format!("{}. ", index + 1)
        } else {
            "- ".to_owned()
        };
        let space = " ".repeat(sign.len());
        for (line, start) in item
            .iter()
            .zip(std::iter::once(&sign).chain(std::iter::repeat(&space)))
        {
            let line = format!("{start}{line}");
            out.push(line.trim_end().to_owned());
        }
    }
    out
}

/// A line `.. name:: argument`, and what its body is.
enum Directive<'t> {
    Note { title: String, text: &'t str },
    Literal,
    Hidden,
}

impl<'t> Directive<'t> {
    fn parse(line: &'t str) -> Option<Self> {
        let rest = line.strip_prefix("..")?;
        if !rest.is_empty() && !rest.starts_with(' ') {
            return None;
        }
        let rest = rest.trim_start();
        let Some((name, text)) = rest.split_once("::") else {
            // A comment or the target of a reference.
            return Some(Self::Hidden);
        };
        Some(match name {
            "code-block" | "parsed-literal" | "qmp-example" | "highlight" => Self::Literal,
            "admonition" => Self::Note {
                title: text.trim().to_owned(),
                text: "",
            },
            _ => Self::Note {
                title: sentence_case(name),
                text: text.trim(),
            },
        })
    }

    fn render(&self, body: &[&str], inline: &dyn Fn(&str) -> String) -> Vec<String> {
        match self {
            Self::Hidden => Vec::new(),
            Self::Literal => fenced(&without_options(body)),
            Self::Note { title, text } => {
                let mut lines = vec![*text];
                lines.extend(body);
                let mut out = blocks(&lines, inline);
                match out.first_mut() {
                    Some(first) if marker(first).is_none() && !first.starts_with("```") => {
                        *first = format!("**{title}:** {first}");
                    }
                    _ => drop(out.splice(0..0, [format!("**{title}:**"), String::new()])),
                }
                out
            }
        }
    }
}

/// Capitalises the first letter.
pub(super) fn sentence_case(name: &str) -> String {
    let mut chars = name.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

/// A directive's body without the lines `:option: value` at its top.
fn without_options<'t>(body: &[&'t str]) -> Vec<&'t str> {
    let is_option = |line: &&&str| line.is_empty() || line.starts_with(':');
    body.iter().skip_while(is_option).copied().collect()
}

/// A block that is shown as it stands.
fn fenced(lines: &[&str]) -> Vec<String> {
    let end = lines
        .iter()
        .rposition(|line| !line.is_empty())
        .map_or(0, |last| last + 1);
    if end == 0 {
        return Vec::new();
    }
    let body = lines[..end].iter().map(|line| line.replace('\t', "    "));
    let fence = if lines.iter().any(|line| line.contains("```")) {
        "~~~~"
    } else {
        "```"
    };
    std::iter::once(format!("{fence}text"))
        .chain(body)
        .chain(std::iter::once(fence.to_owned()))
        .collect()
}

fn to_lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// How many lines from the first are indented or empty, without empty ones at the end.
fn indented(lines: &[&str]) -> usize {
    let end = lines
        .iter()
        .position(|line| !line.is_empty() && indent(line) == 0);
    let lines = &lines[..end.unwrap_or(lines.len())];
    lines
        .iter()
        .rposition(|line| !line.is_empty())
        .map_or(0, |last| last + 1)
}

fn dedent<'t>(lines: &[&'t str]) -> Vec<&'t str> {
    let filled = lines.iter().filter(|line| !line.is_empty());
    let common = filled.map(|line| indent(line)).min().unwrap_or(0);
    lines
        .iter()
        .map(|line| line.get(common..).unwrap_or_default())
        .collect()
}

#[cfg(test)]
mod tests {
    fn markdown(text: &str) -> String {
        super::markdown(text, &str::to_owned).join("\n")
    }

    #[test]
    fn paragraphs_lose_their_indentation() {
        assert_eq!(markdown("a\n  b\n\n\n    c\n    d"), "a b\n\nc d");
    }

    #[test]
    fn paragraphs_are_filled() {
        let words = vec!["word"; 20].join("\n");
        let lines = markdown(&words);
        let lengths: Vec<_> = lines.lines().map(str::len).collect();
        assert_eq!(lengths, [74, 24]);
    }

    #[test]
    fn list_items_keep_their_text_together() {
        let text = "- 0:\n  if it\n  was\n-  second\n\n1. one\n2) two";
        assert_eq!(markdown(text), "- 0: if it was\n- second\n\n1. one\n2. two");
    }

    #[test]
    fn a_list_may_follow_a_paragraph_at_once() {
        assert_eq!(markdown("cases:\n- a\n- b"), "cases:\n\n- a\n- b");
    }

    #[test]
    fn examples_become_fences() {
        assert_eq!(
            markdown("so::\n\n    x\n      y\n\nend"),
            "so:\n\n```text\nx\n  y\n```\n\nend"
        );
        assert_eq!(
            markdown(".. qmp-example::\n   :title: t\n\n   -> { }"),
            "```text\n-> { }\n```"
        );
        assert_eq!(
            markdown("  -> { }\n  <- { }"),
            "```text\n-> { }\n<- { }\n```"
        );
    }

    #[test]
    fn notes_get_a_title() {
        assert_eq!(markdown(".. note:: a\n   b\n\nc"), "**Note:** a b\n\nc");
        assert_eq!(markdown(".. admonition:: Beware\n\n   b"), "**Beware:** b");
        assert_eq!(markdown(".. _target:\n\nc"), "c");
    }
}
