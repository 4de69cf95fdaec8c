//! Where a value stands in its document.

use std::fmt::Write as _;

/// The way from the root of a document to one of its values.
///
/// A list linked through the stack: it costs nothing while decoding goes well
/// and is spelled out only for an error.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Path<'a> {
    /// The document itself.
    Root,
    /// A member of the object at `parent`.
    Member { parent: &'a Path<'a>, name: &'a str },
    /// An element of the array at `parent`.
    Element { parent: &'a Path<'a>, index: usize },
}

impl Path<'_> {
    /// The whole path, as in `vcpus[0].online`.
    pub(crate) fn full(&self) -> String {
        let mut steps = Vec::new();
        let mut path = self;
        while let Path::Member { parent, .. } | Path::Element { parent, .. } = path {
            steps.push(path);
            path = parent;
        }
        if steps.is_empty() {
            return "<anonymous>".to_owned();
        }
        let mut text = String::new();
        for step in steps.into_iter().rev() {
            match step {
                Path::Root => {}
                Path::Member { name, .. } => {
                    if !text.is_empty() {
                        text.push('.');
                    }
                    text.push_str(name);
                }
                Path::Element { index, .. } => {
                    let written = write!(text, "[{index}]");
                    debug_assert!(written.is_ok(), "a String takes everything");
                }
            }
        }
        text
    }

    /// The last component, for the errors that name no more than that.
    ///
    /// An element of an array has no name, which QEMU spells `null`.
    pub(crate) fn last(&self) -> String {
        match self {
            Path::Member { name, .. } => (*name).to_owned(),
            Path::Root | Path::Element { .. } => "null".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_spelled_from_the_root_down() {
        let vcpus = Path::Member {
            parent: &Path::Root,
            name: "vcpus",
        };
        let first = Path::Element {
            parent: &vcpus,
            index: 0,
        };
        let online = Path::Member {
            parent: &first,
            name: "online",
        };
        assert_eq!(Path::Root.full(), "<anonymous>");
        assert_eq!(vcpus.full(), "vcpus");
        assert_eq!(first.full(), "vcpus[0]");
        assert_eq!(first.last(), "null");
        assert_eq!(online.full(), "vcpus[0].online");
        assert_eq!(online.last(), "online");
    }
}
