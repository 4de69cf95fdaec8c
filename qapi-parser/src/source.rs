//! Where text comes from: all files of a schema, end to end, and places in them.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::text::Text;

/// One file of a [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(u32);

impl FileId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A stretch of text: byte offsets into all files of a [`SourceMap`], laid end to end.
///
/// One offset gives the file, the line and the column; see [`SourceMap::location`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The offset of the first byte.
    pub start: u32,
    /// The offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// The stretch from `start` up to, not including, `end`.
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// The place before the byte at `offset`.
    pub const fn at(offset: u32) -> Self {
        Self::new(offset, offset)
    }

    /// A stretch of a text that starts at `base`; the text is part of a [`SourceMap`].
    pub(crate) fn within(base: u32, start: usize, end: usize) -> Self {
        let offset =
            |offset| base + u32::try_from(offset).expect("`SourceMap::add` refuses longer files");
        Self::new(offset(start), offset(end))
    }

    /// The smallest stretch that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }
}

/// A name as the schema spells it, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The spelling on the wire.
    pub text: Text,
    /// The string literal that holds it.
    pub span: Span,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A place as people and editors name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location<'a> {
    /// The file, as it was opened.
    pub path: &'a Path,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    ///
    /// A tab counts as QEMU's own reader counts it, which is not at all or
    /// backwards, so that both name the same column.
    pub column: usize,
}

impl fmt::Display for Location<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path.display(), self.line, self.column)
    }
}

/// All files of a schema, in the order in which they were read.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

/// One file in a [`SourceMap`].
#[derive(Clone, Debug)]
struct SourceFile {
    path: PathBuf,
    text: Text,
    /// The offset of the first byte. Files are one apart, so that the end of
    /// one is not the start of the next.
    start: u32,
    /// The include directive that named this file; none for the root.
    included_at: Option<Span>,
    /// Where lines start, once someone has asked.
    lines: OnceLock<Vec<usize>>,
}

/// The files of a schema are together longer than a [`Span`] can count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SourceMapFull;

impl SourceMap {
    /// Appends a file, and remembers the directive that includes it.
    pub(crate) fn add(
        &mut self,
        path: PathBuf,
        text: String,
        included_at: Option<Span>,
    ) -> Result<FileId, SourceMapFull> {
        let start = self.files.last().map_or(0, |last| last.end() + 1);
        let id = u32::try_from(self.files.len()).map_err(|_| SourceMapFull)?;
        // One more than the end must fit as well: the next file starts there.
        u32::try_from(text.len())
            .ok()
            .and_then(|length| start.checked_add(length)?.checked_add(1))
            .ok_or(SourceMapFull)?;
        self.files.push(SourceFile {
            path,
            text: text.into(),
            start,
            included_at,
            lines: OnceLock::new(),
        });
        Ok(FileId(id))
    }

    /// Every file, in the order of reading: the root first.
    pub fn files(&self) -> impl Iterator<Item = FileId> + '_ {
        (0..self.files.len())
            .map(|index| FileId(u32::try_from(index).expect("`add` counts files in u32")))
    }

    /// The path of a file, as it was opened.
    pub fn path(&self, file: FileId) -> &Path {
        &self.files[file.index()].path
    }

    /// The text of a file: lines end in `\n`, whatever they ended in on disk.
    pub fn text(&self, file: FileId) -> &str {
        &self.files[file.index()].text
    }

    /// The same, to keep while further files are added.
    pub(crate) fn shared_text(&self, file: FileId) -> Text {
        self.files[file.index()].text.clone()
    }

    /// The include directive through which a file was read; none for the root.
    pub fn included_at(&self, file: FileId) -> Option<Span> {
        self.files[file.index()].included_at
    }

    /// The stretch that a file takes.
    pub fn span(&self, file: FileId) -> Span {
        let file = &self.files[file.index()];
        Span::new(file.start, file.end())
    }

    /// The file that an offset lies in; none in an empty map.
    pub fn file_at(&self, offset: u32) -> Option<FileId> {
        let behind = self.files.partition_point(|file| file.start <= offset);
        behind
            .checked_sub(1)
            .map(|index| FileId(u32::try_from(index).expect("`add` counts files in u32")))
    }

    /// The text of a stretch that lies within one file.
    pub fn slice(&self, span: Span) -> &str {
        self.locate(span).map_or("", |(text, range)| &text[range])
    }

    /// The same, to keep.
    pub(crate) fn shared_slice(&self, span: Span) -> Text {
        self.locate(span)
            .map_or_else(Text::default, |(text, range)| text.slice(range))
    }

    /// The file of a stretch, and where it lies there; none in an empty map.
    fn locate(&self, span: Span) -> Option<(&Text, Range<usize>)> {
        let file = &self.files[self.file_at(span.start)?.index()];
        let local = |offset: u32| (offset.saturating_sub(file.start) as usize).min(file.text.len());
        Some((&file.text, local(span.start)..local(span.end)))
    }

    /// The file, line and column of an offset; none in an empty map.
    pub fn location(&self, offset: u32) -> Option<Location<'_>> {
        let file = &self.files[self.file_at(offset)?.index()];
        let offset = ((offset - file.start) as usize).min(file.text.len());
        let lines = file.lines();
        let line = lines.partition_point(|start| *start <= offset);
        let before = &file.text[lines[line - 1]..offset];
        Some(Location {
            path: &file.path,
            line,
            column: before.chars().fold(1, next_column),
        })
    }
}

impl SourceFile {
    fn end(&self) -> u32 {
        self.start + u32::try_from(self.text.len()).expect("`add` refuses longer files")
    }

    fn lines(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            let ends = self
                .text
                .match_indices('\n')
                .map(|(newline, _)| newline + 1);
            std::iter::once(0).chain(ends).collect()
        })
    }
}

/// The column behind a character. QEMU's reader means to jump to the next tab
/// stop, but computes a column of the first one.
fn next_column(column: usize, character: char) -> usize {
    match character {
        '\t' => (column - 1) % 8 + 1,
        _ => column + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(texts: &[&str]) -> SourceMap {
        let mut map = SourceMap::default();
        for (index, text) in texts.iter().enumerate() {
            map.add(format!("{index}.json").into(), (*text).to_owned(), None)
                .expect("short texts fit");
        }
        map
    }

    fn location(map: &SourceMap, offset: u32) -> String {
        map.location(offset).expect("the map has files").to_string()
    }

    #[test]
    fn offset_gives_file_line_and_column() {
        let map = map(&["ab\nc\n", "de\n"]);
        assert_eq!(location(&map, 0), "0.json:1:1");
        assert_eq!(location(&map, 2), "0.json:1:3");
        assert_eq!(location(&map, 3), "0.json:2:1");
        assert_eq!(location(&map, 5), "0.json:3:1");
        assert_eq!(location(&map, 6), "1.json:1:1");
        assert_eq!(location(&map, 99), "1.json:2:1");
    }

    #[test]
    fn columns_count_characters_and_stay_at_tabs() {
        let map = map(&["é\tx\t\ty"]);
        assert_eq!(location(&map, 3), "0.json:1:2");
        assert_eq!(location(&map, 6), "0.json:1:3");
    }

    #[test]
    fn empty_files_keep_their_own_offset() {
        let map = map(&["", "", "x"]);
        let starts: Vec<_> = map.files().map(|file| map.span(file).start).collect();
        assert_eq!(starts, [0, 1, 2]);
        assert_eq!(location(&map, 1), "1.json:1:1");
    }

    #[test]
    fn slice_stays_within_its_file() {
        let map = map(&["abc", "def"]);
        assert_eq!(map.slice(Span::new(1, 3)), "bc");
        assert_eq!(map.slice(Span::new(4, 99)), "def");
        assert_eq!(SourceMap::default().slice(Span::new(0, 1)), "");
    }
}
