//! The walk over the files of a schema, along their includes.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::path::identity;
use super::text::decode;
use super::{Aside, FileReader, LoadError, Loaded, LoadedItem, LoadedModule, Pragma, Read};
use crate::ast::{self, DocBlock, Item, Object, Value, ValueKind};
use crate::diagnostic::{Diagnostic, Diagnostics, Error};
use crate::dialect::Tolerances;
use crate::doc::{self, Doc, DocError};
use crate::source::{FileId, SourceMap, Span};

/// How deep includes may be nested. Real schemas reach two; each level costs stack.
const MAX_DEPTH: usize = 100;

/// Reads the root file and everything it includes.
pub(super) fn walk(
    reader: &dyn FileReader,
    tolerances: &Tolerances,
    root: &Path,
    take: &mut dyn FnMut(Read<'_>),
) -> Result<Loaded, Error> {
    let mut walk = Walk {
        reader,
        tolerances,
        errors: Diagnostics::default(),
        chain: Vec::new(),
        seen: HashMap::new(),
        sources: SourceMap::default(),
        modules: Vec::new(),
        take,
        pragma: Pragma::default(),
    };
    if let Some(root) = walk.open(root, None) {
        walk.file(root);
    }
    let Walk {
        errors,
        sources,
        modules,
        pragma,
        ..
    } = walk;
    match errors.into_result() {
        Ok(()) => Ok(Loaded {
            sources,
            modules,
            pragma,
        }),
        Err(errors) => Err(errors.into_error(sources)),
    }
}

struct Walk<'a> {
    reader: &'a dyn FileReader,
    tolerances: &'a Tolerances,
    errors: Diagnostics,
    /// The files being read, the root first.
    chain: Vec<FileId>,
    /// The files read so far, by what tells them apart.
    seen: HashMap<PathBuf, FileId>,
    sources: SourceMap,
    modules: Vec<LoadedModule>,
    take: &'a mut dyn FnMut(Read<'_>),
    pragma: Pragma,
}

/// An include directive.
#[derive(Clone, Copy)]
struct Directive {
    /// The whole of it.
    span: Span,
    /// The path in it.
    value: Span,
}

impl Walk<'_> {
    /// Reads a file into the source map.
    fn open(&mut self, path: &Path, directive: Option<Directive>) -> Option<FileId> {
        let bytes = match self.reader.read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                let path = path.to_owned();
                match directive {
                    None => self.errors.push(LoadError::RootUnreadable { path, error }),
                    Some(Directive { span, value }) => {
                        self.report(LoadError::IncludeUnreadable { path, error, value }, span);
                    }
                }
                return None;
            }
        };
        let (text, bad) = decode(bytes);
        let included_at = directive.map(|directive| directive.span);
        let Ok(file) = self.sources.add(path.to_owned(), text, included_at) else {
            let value = directive.map(|directive| directive.value);
            self.errors.push(LoadError::TooLarge {
                path: path.to_owned(),
                value,
            });
            return None;
        };
        self.seen.insert(identity(path), file);
        self.modules.push(LoadedModule {
            file,
            aside: Vec::new(),
        });
        let Some((offset, byte)) = bad else {
            return Some(file);
        };
        let length = char::REPLACEMENT_CHARACTER.len_utf8();
        let span = Span::within(self.sources.span(file).start, offset, offset + length);
        self.errors.push(LoadError::NotUtf8 { byte, span });
        None
    }

    /// Walks over the items of a file.
    fn file(&mut self, file: FileId) {
        self.chain.push(file);
        let text = self.sources.shared_text(file);
        let mut doc = None;
        for item in ast::parse(&text, self.sources.span(file).start, self.tolerances) {
            match item {
                Ok(Item::Doc(block)) => {
                    self.end_doc(file, doc.take());
                    doc = self.doc(&block);
                }
                Ok(Item::Value(value)) => self.value(file, value, doc.take()),
                Err(error) => {
                    self.errors.push(error);
                    doc = None;
                }
            }
        }
        self.end_doc(file, doc);
        self.chain.pop();
    }

    fn doc(&mut self, block: &DocBlock) -> Option<Doc> {
        let text = self.sources.shared_slice(block.span);
        doc::parse(block, &text, self.tolerances)
            .map_err(|error| self.errors.push(error))
            .ok()
    }

    /// Takes note that no definition follows a comment.
    fn end_doc(&mut self, file: FileId, doc: Option<Doc>) {
        let Some(doc) = doc else { return };
        match doc.symbol {
            Some(symbol) if !self.tolerances.loose_docs => {
                let span = doc.span;
                self.errors.push(DocError::NoDefinition { symbol, span });
            }
            _ => self.aside(file, doc.span, Aside::Text(doc)),
        }
    }

    fn aside(&mut self, file: FileId, span: Span, aside: Aside) {
        self.modules[file.index()].aside.push((span.start, aside));
    }

    fn value(&mut self, file: FileId, value: Value, doc: Option<Doc>) {
        let Value {
            kind: ValueKind::Object(object),
            span,
        } = value
        else {
            self.errors.push(LoadError::NotObject { value: value.span });
            return;
        };
        if object.get("include").is_some() {
            self.end_doc(file, doc);
            self.include(file, &object, span);
        } else if object.get("pragma").is_some() {
            self.end_doc(file, doc);
            self.pragma(&object, span);
        } else {
            self.definition(LoadedItem { span, object, doc });
        }
    }

    fn definition(&mut self, item: LoadedItem) {
        if let Some(Doc {
            symbol: None, span, ..
        }) = item.doc
            && !self.tolerances.loose_docs
        {
            self.errors.push(DocError::NoSymbol { span });
        }
        // What is wrong with files is all that will be reported.
        if self.errors.is_empty() {
            (self.take)(Read::Definition(item));
        }
    }

    fn pragma(&mut self, object: &Object, span: Span) {
        match directive(object, "pragma") {
            Ok(Value {
                kind: ValueKind::Object(settings),
                ..
            }) => {
                for error in self.pragma.merge(settings, self.tolerances) {
                    self.report(error, span);
                }
                (self.take)(Read::Pragma(&self.pragma));
            }
            Ok(value) => self.report(LoadError::PragmaNotObject { value: value.span }, span),
            Err(error) => self.report(error, span),
        }
    }

    /// Reports a mistake in a directive.
    fn report(&mut self, error: LoadError, directive: Span) {
        self.errors
            .push(Diagnostic::from(error).anchored(directive));
    }

    fn include(&mut self, file: FileId, object: &Object, directive_span: Span) {
        let included = match directive(object, "include") {
            Ok(Value {
                kind: ValueKind::String(path),
                span,
            }) => {
                let directory = self
                    .sources
                    .path(file)
                    .parent()
                    .unwrap_or_else(|| Path::new(""));
                self.included(&directory.join(path.as_str()), *span, directive_span)
            }
            Ok(value) => Err(LoadError::IncludeNotString { value: value.span }),
            Err(error) => Err(error),
        };
        match included {
            Ok(Some(included)) => self.aside(file, directive_span, Aside::Include(included)),
            Ok(None) => {}
            Err(error) => self.report(error, directive_span),
        }
    }

    /// Follows an include; none where the file cannot be had, which is said by then.
    fn included(
        &mut self,
        path: &Path,
        value: Span,
        directive: Span,
    ) -> Result<Option<FileId>, LoadError> {
        if let Some(&seen) = self.seen.get(&identity(path)) {
            if self.chain.contains(&seen) {
                return Err(LoadError::IncludeLoop {
                    path: path.to_owned(),
                    value,
                });
            }
            return Ok(Some(seen));
        }
        if self.chain.len() == MAX_DEPTH {
            return Err(LoadError::IncludeTooDeep {
                limit: MAX_DEPTH,
                value,
            });
        }
        let included = self.open(
            path,
            Some(Directive {
                span: directive,
                value,
            }),
        );
        if let Some(included) = included {
            self.file(included);
        }
        Ok(included)
    }
}

/// The value of a directive, which must be the only key of its object.
fn directive<'a>(object: &'a Object, key: &str) -> Result<&'a Value, LoadError> {
    let (directive, siblings): (Vec<_>, Vec<_>) =
        object.pairs.iter().partition(|pair| pair.key.text == key);
    let directive = directive.first().expect("the caller found the key");
    if siblings.is_empty() {
        return Ok(&directive.value);
    }
    let siblings = siblings.iter().map(|pair| pair.key.clone()).collect();
    let key = directive.key.clone();
    Err(match key.text.as_str() {
        "include" => LoadError::IncludeSiblings { key, siblings },
        _ => LoadError::PragmaSiblings { key, siblings },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Dialect;
    use crate::load::MemoryReader;
    use crate::text::Text;

    fn load(files: &[(&str, &str)]) -> Result<Loaded, Error> {
        load_into(files, &mut |_| {})
    }

    fn load_into(files: &[(&str, &str)], take: &mut dyn FnMut(Read<'_>)) -> Result<Loaded, Error> {
        let reader = MemoryReader::from_iter(files.iter().map(|(path, text)| (path, *text)));
        walk(
            &reader,
            Dialect::Current.tolerances(),
            Path::new(files[0].0),
            take,
        )
    }

    #[test]
    fn definitions_stand_where_their_file_is_included_first() {
        let mut keys = Vec::new();
        let mut take = |read: Read<'_>| match read {
            Read::Definition(item) => keys.push(item.object.pairs[0].key.text.to_string()),
            Read::Pragma(_) => {}
        };
        let files = [
            (
                "dir/a.json",
                "{ 'a': [] } { 'include': 'b.json' } { 'c': [] } { 'include': '../dir/b.json' }",
            ),
            ("dir/b.json", "{ 'include': 'sub/d.json' } { 'b': [] }"),
            ("dir/sub/d.json", "{ 'd': [] }"),
        ];
        let loaded = load_into(&files, &mut take).expect("the files are good");
        loaded.repeat(Dialect::Current.tolerances(), &mut take);
        assert_eq!(keys, ["a", "d", "b", "c", "a", "d", "b", "c"]);
        let paths = loaded
            .modules
            .iter()
            .map(|module| loaded.sources.path(module.file));
        let paths: Vec<_> = paths.map(|path| path.display().to_string()).collect();
        assert_eq!(paths, ["dir/a.json", "dir/b.json", "dir/sub/d.json"]);
        let includes: Vec<_> = loaded
            .modules
            .iter()
            .map(|module| module.aside.len())
            .collect();
        assert_eq!(includes, [2, 1, 0]);
    }

    #[test]
    fn last_pragma_wins_across_files() {
        let loaded = load(&[
            ("a.json", "{ 'pragma': { 'doc-required': true, 'command-name-exceptions': [ 'x' ] } } { 'include': 'b.json' }"),
            ("b.json", "{ 'pragma': { 'command-name-exceptions': [ 'y', 'z' ] } }"),
        ])
        .expect("the files are good");
        assert!(loaded.pragma.doc_required);
        let names = ["y", "z"].map(Text::from);
        assert_eq!(*loaded.pragma.command_name_exceptions, names.into());
    }

    #[test]
    fn errors_of_all_files_are_collected_in_order() {
        let error = load(&[
            ("a.json", "{ 'a' }\n{ 'include': 'b.json' }\n{ 'include': 'c.json' }\n{ 'pragma': { 'x': true } }"),
            ("b.json", "{ ]"),
        ])
        .expect_err("the files are bad");
        let messages: Vec<_> = error
            .diagnostics()
            .iter()
            .map(|it| it.message.as_str())
            .collect();
        assert_eq!(messages.len(), 4);
        let starts = [
            "expected `:`",
            "expected a string or `}`",
            "cannot read",
            "unknown pragma",
        ];
        for (message, start) in messages.iter().zip(starts) {
            assert!(message.starts_with(start), "{message}");
        }
    }
}
