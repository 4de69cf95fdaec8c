//! Diagnostics as plain text, in the form that cargo uses.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Report};
use crate::source::{FileId, SourceMap, Span};

/// How many lines two marks in one file may be apart to share an excerpt.
const NEAR: usize = 20;

/// How many bytes they may be apart: lines can be long.
const NEAR_BYTES: usize = 10_000;

/// How much of a line is looked at, in characters: of each mark, and before and
/// after them. The renderer shows less.
const MARGIN: usize = 500;

/// Writes diagnostics, an empty line between two, and how many more there are.
pub(super) fn report(
    f: &mut fmt::Formatter<'_>,
    report: &Report,
    renderer: &Renderer,
) -> fmt::Result {
    for (index, diagnostic) in report.diagnostics.iter().enumerate() {
        if index > 0 {
            f.write_str("\n\n")?;
        }
        f.write_str(&render(diagnostic, &report.sources, renderer))?;
    }
    match report.more {
        0 => Ok(()),
        more => write!(f, "\n\n{more} more errors are not shown"),
    }
}

fn render(diagnostic: &Diagnostic, sources: &SourceMap, renderer: &Renderer) -> String {
    let mut group = Group::with_title(Level::ERROR.primary_title(&*diagnostic.message));
    for excerpt in excerpts(diagnostic, sources) {
        group = group.elements(excerpt.elements(sources));
    }
    let notes = including(diagnostic, sources)
        .into_iter()
        .chain(diagnostic.notes.iter().cloned())
        .chain(far_anchor(diagnostic, sources));
    group = group.elements(notes.map(|note| Level::NOTE.message(note)));
    group = group.elements(
        diagnostic
            .help
            .iter()
            .map(|help| Level::HELP.message(&**help)),
    );
    without_empty_origins(&renderer.render(&[group]))
}

/// The renderer announces an excerpt whose path it does not know by a line with
/// nothing but a mark; here the path stands above already.
fn without_empty_origins(report: &str) -> String {
    let is_empty_origin = |line: &str| visible(line).trim() == ":::";
    let lines: Vec<_> = report
        .lines()
        .filter(|line| !is_empty_origin(line))
        .collect();
    lines.join("\n")
}

/// A line without the escape sequences for colours.
pub(super) fn visible(line: &str) -> String {
    let mut pieces = line.split('\u{1b}');
    let first = pieces.next().unwrap_or_default().to_owned();
    let behind_sequence = |piece: &'_ str| {
        piece
            .split_once('m')
            .map_or("", |(_, rest)| rest)
            .to_owned()
    };
    first + &pieces.map(behind_sequence).collect::<String>()
}

/// The include directives that led to the place, the innermost first.
fn including(diagnostic: &Diagnostic, sources: &SourceMap) -> Vec<String> {
    let directive = |span: Span| sources.included_at(sources.file_at(span.start)?);
    let chain = std::iter::successors(diagnostic.span.and_then(directive), |span| directive(*span));
    let location = |span: Span| sources.location(span.start);
    chain
        .filter_map(location)
        .map(|place| {
            format!(
                "in file included from {}:{}",
                place.path.display(),
                place.line
            )
        })
        .collect()
}

/// Where the expression starts that holds the place, if not on the same line.
fn far_anchor(diagnostic: &Diagnostic, sources: &SourceMap) -> Option<String> {
    let anchor = sources.location(diagnostic.anchor?.start)?;
    let place = sources.location(diagnostic.span?.start)?;
    let path = anchor.path.display();
    (anchor.line != place.line).then(|| format!("expression starts at {path}:{}", anchor.line))
}

/// A place in a file, and what is said about it.
struct Mark<'a> {
    file: FileId,
    /// Offsets in the file, not over the end of a line.
    range: Range<usize>,
    line: usize,
    kind: AnnotationKind,
    text: Option<&'a str>,
}

/// A stretch of a file with marks.
struct Excerpt<'a> {
    marks: Vec<Mark<'a>>,
}

fn excerpts<'a>(diagnostic: &'a Diagnostic, sources: &SourceMap) -> Vec<Excerpt<'a>> {
    let primary = diagnostic
        .span
        .map(|span| (span, AnnotationKind::Primary, None));
    let labels = diagnostic.labels.iter().map(|label| {
        (
            label.span,
            AnnotationKind::Context,
            Some(label.text.as_str()),
        )
    });
    let mut excerpts: Vec<Excerpt<'_>> = Vec::new();
    for (span, kind, text) in primary.into_iter().chain(labels) {
        let Some(mark) = Mark::new(sources, span, kind, text) else {
            continue;
        };
        match excerpts.iter_mut().find(|excerpt| excerpt.is_near(&mark)) {
            Some(excerpt) => excerpt.marks.push(mark),
            None => excerpts.push(Excerpt { marks: vec![mark] }),
        }
    }
    excerpts
}

impl<'a> Mark<'a> {
    fn new(
        sources: &SourceMap,
        span: Span,
        kind: AnnotationKind,
        text: Option<&'a str>,
    ) -> Option<Self> {
        let file = sources.file_at(span.start)?;
        let start = (span.start - sources.span(file).start) as usize;
        let content = sources.text(file);
        let start = start.min(content.len());
        let line_end = content[start..]
            .find('\n')
            .map_or(content.len(), |length| start + length);
        let end = (start + (span.end - span.start) as usize).clamp(start, line_end);
        let mut marked = content[start..end].char_indices();
        let end = marked.nth(MARGIN).map_or(end, |(length, _)| start + length);
        let line = sources.location(span.start)?.line;
        Some(Self {
            file,
            range: start..end,
            line,
            kind,
            text,
        })
    }
}

impl<'a> Excerpt<'a> {
    fn is_near(&self, mark: &Mark<'_>) -> bool {
        self.marks.iter().any(|other| {
            other.file == mark.file
                && other.line.abs_diff(mark.line) <= NEAR
                && other.range.start.abs_diff(mark.range.start) <= NEAR_BYTES
        })
    }

    /// The place, and the text with its marks.
    ///
    /// Only the text around the marks is handed over: the renderer looks at all
    /// that it gets, and a file may be large and a line long.
    fn elements(&self, sources: &'a SourceMap) -> [Element<'a>; 2] {
        let first = &self.marks[0];
        let start = sources.span(first.file).start;
        let place = Span::within(start, first.range.start, first.range.end).start;
        let location = sources.location(place).expect("marks lie in files");
        let origin = Origin::path(location.path.to_string_lossy())
            .line(location.line)
            .char_column(location.column);
        let text = sources.text(first.file);
        let window = self.window(text);
        let line = self.marks.iter().map(|mark| mark.line).min().unwrap_or(1);
        let marks = self.marks.iter().map(|mark| {
            let range = mark.range.start - window.start..mark.range.end - window.start;
            mark.kind.span(range).label(mark.text)
        });
        let snippet = Snippet::source(&text[window.clone()])
            .line_start(line)
            .annotations(marks);
        [origin.into(), snippet.into()]
    }

    /// The stretch from the first to the last mark, out to the ends of their
    /// lines if those are not far.
    fn window(&self, text: &str) -> Range<usize> {
        let start = self
            .marks
            .iter()
            .map(|mark| mark.range.start)
            .min()
            .unwrap_or(0);
        let end = self
            .marks
            .iter()
            .map(|mark| mark.range.end)
            .max()
            .unwrap_or(start);
        let before = text[..start]
            .char_indices()
            .rev()
            .take(MARGIN)
            .take_while(|(_, c)| *c != '\n');
        let behind = text[end..]
            .char_indices()
            .take(MARGIN)
            .take_while(|(_, c)| *c != '\n');
        before.last().map_or(start, |(offset, _)| offset)
            ..behind
                .last()
                .map_or(end, |(offset, c)| end + offset + c.len_utf8())
    }
}
