//! The history of a schema as one page that needs nothing else: no network, no other file.
//!
//! [`data`] is what the page shows, as JSON within it; `page.js` shows it. Whatever comes from a schema is text there:
//! the script never makes markup of it, and the policy in the page forbids it to load anything.

mod data;

use qapi_diff::History;

use data::Data;

const FRAME: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page of a history.
pub(crate) fn render(history: &History, title: &str) -> String {
    let data = Data::new(history).to_json();
    let title = escape(title);
    let mut page = String::with_capacity(data.len() + FRAME.len() + STYLE.len() + SCRIPT.len());
    let mut pieces = FRAME.split("{{");
    page.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (name, rest) = piece
            .split_once("}}")
            .expect("the frame is part of the program");
        page.push_str(match name {
            "title" => &title,
            "style" => STYLE,
            "script" => SCRIPT,
            _ => &data,
        });
        page.push_str(rest);
    }
    page
}

/// Text without markup.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_has_a_place_for_everything() {
        for name in ["title", "style", "script", "data"] {
            assert!(FRAME.contains(&format!("{{{{{name}}}}}")), "{name}");
        }
    }

    #[test]
    fn the_page_loads_nothing() {
        for part in [FRAME, STYLE, SCRIPT] {
            for word in [
                "http:",
                "https:",
                "src=",
                "url(",
                "@import",
                "import(",
                "fetch(",
                "innerHTML",
            ] {
                assert!(!part.contains(word), "{word}");
            }
        }
    }
}
