//! The names of definitions: those that a schema has, and those that it refers to.

use indexmap::IndexSet;

use crate::source::Span;
use crate::text::Text;

/// The name of a definition that is there or should be, by its place among all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct NameId(u32);

impl NameId {
    /// The place.
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A use of a definition.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reference {
    /// What is used.
    pub(crate) name: NameId,
    /// The string literal that holds the name.
    pub(crate) span: Span,
}

/// Each name once, in the order in which they are met.
///
/// A name is hashed when it is read. Every later stage has its [`NameId`], for which a list takes the place of a table,
/// and looks at no text: that of a large schema has long left the caches of the processor by then.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    texts: IndexSet<Text>,
    /// Whether there is a reference to each.
    is_referred: Vec<bool>,
}

impl Names {
    /// The id of a name, which it has from now on.
    pub(crate) fn intern(&mut self, text: &Text) -> NameId {
        // Most names have been met, and a clone would be in vain.
        let index = self.texts.get_index_of(text.as_str());
        id(index.unwrap_or_else(|| {
            self.is_referred.push(false);
            self.texts.insert_full(text.clone()).0
        }))
    }

    /// A reference to what has a name.
    pub(crate) fn refer(&mut self, name: NameId, span: Span) -> Reference {
        self.is_referred[name.index()] = true;
        Reference { name, span }
    }

    /// The names in references.
    pub(crate) fn referred(&self) -> impl Iterator<Item = NameId> {
        let all = (0..self.len()).map(id);
        all.filter(|name| self.is_referred[name.index()])
    }

    /// The id of a name, if it has been met.
    pub(crate) fn get(&self, text: &str) -> Option<NameId> {
        self.texts.get_index_of(text).map(id)
    }

    /// The text of a name.
    pub(crate) fn text(&self, name: NameId) -> &Text {
        &self.texts[name.index()]
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }
}

fn id(index: usize) -> NameId {
    NameId(u32::try_from(index).expect("a name takes at least a byte of the sources"))
}
