//! What is wrong with a schema, in a form that every stage can make and a
//! person can read.

use std::fmt;

use annotate_snippets::Renderer;

use crate::source::{SourceMap, Span};

mod render;

/// One thing that is wrong with a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong: one line, lower case, without a full stop.
    pub message: String,
    /// The name of the rule that is broken. It stays when the message gets
    /// better; none where a later stage has no names for its rules.
    pub rule: Option<String>,
    /// Where; none where there is no text to point at, such as a missing root file.
    pub span: Option<Span>,
    /// The expression that holds the place, where the rule is about one. QEMU's
    /// own reader reports the line on which it starts.
    pub anchor: Option<Span>,
    /// Further places, each with what there is to see.
    pub labels: Vec<Label>,
    /// What else is worth knowing, such as the definition that holds the place.
    pub notes: Vec<String>,
    /// What could be done about it.
    pub help: Option<String>,
}

/// A place and what there is to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there.
    pub text: String,
}

impl Label {
    /// A label for a place.
    pub fn new(span: Span, text: impl Into<String>) -> Self {
        Self {
            span,
            text: one_line(text.into()),
        }
    }
}

impl Diagnostic {
    /// Something wrong at a place.
    pub fn new(message: impl Into<String>, span: Span) -> Self {
        Self {
            span: Some(span),
            ..Self::nowhere(message)
        }
    }

    /// Something wrong that is not in any text.
    pub fn nowhere(message: impl Into<String>) -> Self {
        Self {
            message: one_line(message.into()),
            rule: None,
            span: None,
            anchor: None,
            labels: Vec::new(),
            notes: Vec::new(),
            help: None,
        }
    }

    /// A report of an error, whose variant names the rule.
    pub(crate) fn of(error: &(impl fmt::Debug + fmt::Display), span: Option<Span>) -> Self {
        Self {
            rule: Some(variant(error)),
            span,
            ..Self::nowhere(error.to_string())
        }
    }

    /// Names the expression that holds the place.
    #[must_use]
    pub(crate) fn anchored(mut self, expression: Span) -> Self {
        self.anchor = Some(expression);
        self
    }

    /// Points at a further place, too.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label::new(span, text));
        self
    }

    /// Adds something worth knowing.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(one_line(text.into()));
        self
    }

    /// Says what could be done.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }
}

/// The text with its control characters spelled out. Old schemas can have them
/// in names, and neither line breaks nor commands to a terminal belong in a report.
fn one_line(text: String) -> String {
    if !text.contains(char::is_control) {
        return text;
    }
    let spell = |c: char| {
        if c.is_control() {
            c.escape_debug().to_string()
        } else {
            c.to_string()
        }
    };
    text.chars().map(spell).collect()
}

/// The name of the variant that a value of an enum is.
pub(crate) fn variant(value: &impl fmt::Debug) -> String {
    struct FirstWord(String);
    impl fmt::Write for FirstWord {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            let end = text.find(|c: char| !c.is_alphanumeric());
            self.0.push_str(&text[..end.unwrap_or(text.len())]);
            // What the variant holds may be large, and is of no interest.
            end.map_or(Ok(()), |_| Err(fmt::Error))
        }
    }
    let mut word = FirstWord(String::new());
    // The error is the one from above.
    let _ = fmt::Write::write_fmt(&mut word, format_args!("{value:?}"));
    word.0
}

/// Collects what is wrong, so that one run reports as much as a person wants to read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Diagnostics {
    list: Vec<Diagnostic>,
    /// How many more there are.
    more: usize,
}

/// How many diagnostics are kept. A file that is no schema at all can have
/// millions.
const MOST: usize = 100;

impl Diagnostics {
    /// Adds one.
    pub(crate) fn push(&mut self, diagnostic: impl Into<Diagnostic>) {
        if self.list.len() < MOST {
            self.list.push(diagnostic.into());
        } else {
            self.more += 1;
        }
    }

    /// Adds what was collected elsewhere.
    pub(crate) fn append(&mut self, other: Self) {
        other.list.into_iter().for_each(|it| self.push(it));
        self.more += other.more;
    }

    /// Whether nothing is wrong so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Ends a stage: fails if anything was collected.
    pub(crate) fn into_result(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }

    /// The report over the sources that the spans count in.
    pub(crate) fn into_error(self, sources: SourceMap) -> Error {
        Error(Box::new(Report {
            diagnostics: self.list,
            more: self.more,
            sources,
        }))
    }
}

/// Everything that is wrong with a schema.
///
/// Both `Display` and `Debug` print the report that a person reads, as plain
/// text: message, place, the line with carets, notes and help. So `unwrap()` in
/// a `build.rs` is readable.
pub struct Error(Box<Report>);

/// Boxed, because every `Result` of the crate would be as large otherwise.
struct Report {
    diagnostics: Vec<Diagnostic>,
    more: usize,
    sources: SourceMap,
}

impl Error {
    /// An error that reports what a later stage found in the same schema.
    pub fn new(diagnostics: Vec<Diagnostic>, sources: SourceMap) -> Self {
        Self(Box::new(Report {
            diagnostics,
            more: 0,
            sources,
        }))
    }

    /// What is wrong, in the order of discovery; at least one, and not more than a
    /// person would read.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.0.diagnostics
    }

    /// The same report as `Display` gives, with colours for a terminal.
    pub fn styled(&self) -> impl fmt::Display {
        Styled(self)
    }

    /// The files that the diagnostics point into.
    pub fn sources(&self) -> &SourceMap {
        &self.0.sources
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        render::report(f, &self.0, &Renderer::plain())
    }
}

/// Prints the report with colours.
struct Styled<'e>(&'e Error);

impl fmt::Display for Styled<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        render::report(f, &self.0.0, &Renderer::styled())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources() -> SourceMap {
        let mut sources = SourceMap::default();
        let mut add = |path: &str, text: &str, at| {
            sources
                .add(path.into(), text.into(), at)
                .expect("short texts fit");
        };
        add("root.json", "{ 'include': 'sub.json' }\n", None);
        add("sub.json", "\n\t'ab': 'cd'\n", Some(Span::new(0, 25)));
        sources
    }

    fn report(diagnostics: impl IntoIterator<Item = Diagnostic>) -> String {
        let mut all = Diagnostics::default();
        diagnostics
            .into_iter()
            .for_each(|diagnostic| all.push(diagnostic));
        all.into_error(sources()).to_string()
    }

    #[test]
    fn report_shows_place_labels_notes_and_help() {
        let diagnostic = Diagnostic::new("something is wrong", Span::new(35, 39))
            .label(Span::new(29, 33), "because of this")
            .label(Span::new(2, 11), "and that")
            .note("in struct `X`")
            .help("leave it out");
        let expected = "\
error: something is wrong
 --> sub.json:2:7
  |
2 |     'ab': 'cd'
  |     ----  ^^^^
  |     |
  |     because of this
 ::: root.json:1:3
  |
1 | { 'include': 'sub.json' }
  |   --------- and that
  |
  = note: in file included from root.json:1
  = note: in struct `X`
  = help: leave it out";
        assert_eq!(report([diagnostic]), expected);
    }

    #[test]
    fn control_characters_are_spelled_out() {
        let report = report([Diagnostic::nowhere("no `a\n\u{1b}b`").note("in `\r`")]);
        assert_eq!(report, "error: no `a\\n\\u{1b}b`\n |\n = note: in `\\r`");
    }

    #[test]
    fn colours_are_all_that_a_styled_report_adds() {
        let diagnostic = Diagnostic::new("something is wrong", Span::new(35, 39))
            .label(Span::new(2, 11), "and that")
            .help("leave it out");
        let error = Error::new(vec![diagnostic], sources());
        let styled = error.styled().to_string();
        assert_ne!(styled, error.to_string());
        let lines: Vec<_> = styled.lines().map(render::visible).collect();
        assert_eq!(lines.join("\n"), error.to_string());
    }

    #[test]
    fn report_without_place_is_one_line() {
        assert_eq!(report([Diagnostic::nowhere("no file")]), "error: no file");
    }

    #[test]
    fn report_ends_where_nobody_reads_on() {
        let many = (0..MOST + 7).map(|n| Diagnostic::nowhere(format!("no. {n}")));
        let report = report(many);
        assert!(report.contains("error: no. 99\n"));
        assert!(report.ends_with("\n\n7 more errors are not shown"));
    }

    #[test]
    fn places_outside_of_the_text_do_no_harm() {
        report([Diagnostic::new("far away", Span::new(1000, 2000))]);
        Error::new(
            vec![Diagnostic::new("no files", Span::new(0, 1))],
            SourceMap::default(),
        )
        .to_string();
    }
}
