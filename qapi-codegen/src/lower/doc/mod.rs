//! From the documentation of the schema to rustdoc.
//!
//! The schema's comments are written in a small part of reStructuredText, or
//! before that in a loose plain text. [`block`] finds paragraphs, lists and
//! examples, [`inline`] what stands inside a paragraph. What comes out is
//! markdown that rustdoc and clippy accept whatever went in.

mod block;
mod inline;

use qapi_parser::{Doc, DocEntry, SectionKind};

use super::Cx;
use super::names::Names;
use crate::choice::Docs;
use crate::ir::{About, Cfg, Deprecation};

/// How a reader is warned of what may change at any time.
const UNSTABLE: &str = "**Unstable.**";

/// What is said about a definition that has these features.
pub(crate) fn about_definition(
    cx: &Cx<'_>,
    doc: Option<&Doc>,
    features: &[&str],
    fallback: &str,
) -> About {
    let names = &cx.names;
    let links = Links { names, doc };
    let mut parts = Parts::default();
    match cx.options.docs {
        Docs::None => {}
        Docs::Summary => {
            let body = doc.map(|doc| links.markdown(summary(&doc.body)));
            parts.add_or(body.unwrap_or_default(), fallback);
            parts.add_unstable(features);
        }
        Docs::Full => {
            match doc {
                Some(doc) => parts.add_doc(doc, &links, fallback),
                None => parts.add(vec![fallback.to_owned()]),
            }
            parts.add_features(doc, features, &links);
            if let Some(doc) = doc {
                parts.add_since(doc, &links);
                parts.add_errors(doc, &links);
            }
        }
    }
    parts.into_about(deprecation(doc, features))
}

/// What `doc` says about its member, value or alternative called `name`.
pub(crate) fn about_entry(
    cx: &Cx<'_>,
    doc: Option<&Doc>,
    name: &str,
    features: &[&str],
    kind: &str,
) -> About {
    let names = &cx.names;
    let links = Links { names, doc };
    let entry = doc.and_then(|doc| doc.member(name));
    let text = entry.map_or("", |entry| &*entry.text);
    let fallback = format!("The `{name}` {kind}.");
    let mut parts = Parts::default();
    match cx.options.docs {
        Docs::None => {}
        Docs::Summary => {
            parts.add_or(sentence(links.markdown(summary(text))), &fallback);
            parts.add_unstable(features);
        }
        Docs::Full => {
            parts.add_or(sentence(links.markdown(text)), &fallback);
            parts.add_features(doc, features, &links);
        }
    }
    parts.into_about(deprecation(doc, features))
}

/// The first paragraph of a text.
fn summary(text: &str) -> &str {
    let text = text.trim_start();
    text.split_once("\n\n").map_or(text, |(first, _)| first)
}

/// Finds what a name in the documentation means.
struct Links<'a> {
    names: &'a Names,
    doc: Option<&'a Doc>,
}

impl Links<'_> {
    /// The Rust path of what the schema calls `name`. A member of the
    /// definition at hand goes before a definition elsewhere.
    fn resolve(&self, name: &str) -> Option<String> {
        let is_local = self.doc.is_some_and(|doc| doc.member(name).is_some());
        if is_local {
            None
        } else {
            self.names.path(name)
        }
    }

    fn markdown(&self, text: &str) -> Vec<String> {
        block::markdown(text, &|paragraph| {
            inline::markdown(paragraph, &|name| self.resolve(name))
        })
    }
}

/// Pieces of documentation with an empty line between them.
#[derive(Default)]
struct Parts(Vec<String>);

impl Parts {
    fn add(&mut self, lines: Vec<String>) {
        if !self.0.is_empty() && !lines.is_empty() {
            self.0.push(String::new());
        }
        self.0.extend(lines);
    }

    /// Adds lines, or something else if there are none.
    fn add_or(&mut self, lines: Vec<String>, fallback: &str) {
        self.add(match lines.is_empty() {
            true => vec![fallback.to_owned()],
            false => lines,
        });
    }

    fn add_unstable(&mut self, features: &[&str]) {
        if features.contains(&"unstable") {
            self.add(vec![UNSTABLE.to_owned()]);
        }
    }

    fn into_about(self, deprecated: Option<Deprecation>) -> About {
        About {
            docs: self.0,
            deprecated,
            ..About::default()
        }
    }

    fn add_doc(&mut self, doc: &Doc, links: &Links<'_>, fallback: &str) {
        self.add_or(links.markdown(&doc.body), fallback);
        for section in &doc.sections {
            match section.kind {
                SectionKind::Plain => self.add(links.markdown(&section.text)),
                SectionKind::Returns => {
                    self.add(titled("Returns:", &section.text, links));
                }
                // These two have their own place, and the last is for the schema's authors.
                SectionKind::Errors | SectionKind::Since | SectionKind::Todo => {}
            }
        }
    }

    fn add_features(&mut self, doc: Option<&Doc>, features: &[&str], links: &Links<'_>) {
        for feature in features {
            let title = match *feature {
                // The attribute says it.
                "deprecated" => continue,
                "unstable" => UNSTABLE.to_owned(),
                other => format!("**Feature** ``{other}``."),
            };
            let text = feature_entry(doc, feature).map(|entry| entry.text.as_str());
            self.add(titled(&title, text.unwrap_or_default(), links));
        }
    }

    fn add_since(&mut self, doc: &Doc, links: &Links<'_>) {
        for section in &doc.sections {
            if let SectionKind::Since = section.kind {
                let text = section.text.trim().trim_end_matches('.').replace('\n', " ");
                self.add(titled("Since", &format!("{text}."), links));
            }
        }
    }

    fn add_errors(&mut self, doc: &Doc, links: &Links<'_>) {
        for section in &doc.sections {
            if let SectionKind::Errors = section.kind {
                self.add(vec!["# Errors".to_owned()]);
                self.add(links.markdown(&section.text));
            }
        }
    }
}

/// Puts a word or two before a text; into its first line, unless a list or the like starts there.
fn titled(title: &str, text: &str, links: &Links<'_>) -> Vec<String> {
    let is_prose = text.starts_with(|c: char| c.is_alphanumeric() || "`@\"'(".contains(c));
    let space = if is_prose && !block::is_item(text) {
        " "
    } else {
        "\n\n"
    };
    links.markdown(&format!("{title}{space}{text}"))
}

/// Makes a sentence of a description that is a mere phrase, as many are.
fn sentence(mut lines: Vec<String>) -> Vec<String> {
    if lines
        .iter()
        .any(|line| line.is_empty() || block::is_item(line))
    {
        return lines;
    }
    if let Some(first) = lines
        .first_mut()
        .filter(|line| starts_with_plain_word(line))
    {
        *first = block::sentence_case(first);
    }
    let ends = ['.', '!', '?', ':', '`', ')'];
    if let Some(last) = lines.last_mut().filter(|line| !line.ends_with(ends)) {
        last.push('.');
    }
    lines
}

/// Whether a line starts with a word of the language, and not with a name,
/// whose spelling matters.
fn starts_with_plain_word(line: &str) -> bool {
    let word = line.split(' ').next().unwrap_or_default();
    word.chars()
        .all(|c| c.is_ascii_lowercase() || ",;:".contains(c))
}

/// The note of `#[deprecated]`, which knows no links.
fn deprecation(doc: Option<&Doc>, features: &[&str]) -> Option<Deprecation> {
    if !features.contains(&"deprecated") {
        return None;
    }
    let text = feature_entry(doc, "deprecated").map(|entry| {
        let words: Vec<_> = entry.text.split_whitespace().collect();
        inline::markdown(&words.join(" "), &|_| None)
    });
    Some(Deprecation {
        cfg: Cfg::default(),
        note: text.unwrap_or_default(),
    })
}

fn feature_entry<'a>(doc: Option<&'a Doc>, name: &str) -> Option<&'a DocEntry> {
    doc?.features.iter().find(|entry| entry.name.text == name)
}
