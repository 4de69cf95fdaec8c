//! What pragmas excuse in names and comments.

use crate::dialect::Tolerances;
use crate::load::Pragma;

/// The exceptions that pragmas make, as far as they are known.
#[derive(Debug, Default)]
pub(super) struct Exceptions {
    pragma: Pragma,
    /// Nothing is asked, since the dialect has no such rules; or all is known.
    settled: bool,
    /// Someone has asked.
    asked: bool,
    /// A pragma came after someone had asked.
    outdated: bool,
}

impl Exceptions {
    /// No exceptions so far.
    pub(super) fn new(tolerances: &Tolerances) -> Self {
        Self {
            settled: tolerances.loose_names && tolerances.loose_docs,
            ..Self::default()
        }
    }

    /// Takes over the pragmas of all files so far. They are for what stands before them, too.
    pub(super) fn learn(&mut self, pragma: &Pragma) {
        if self.settled {
            return;
        }
        self.pragma = pragma.clone();
        self.outdated |= self.asked;
    }

    /// Whether something was said too late.
    pub(super) fn is_outdated(&self) -> bool {
        self.outdated
    }

    /// The same where nothing more is to come.
    pub(super) fn settled(self) -> Self {
        Self {
            settled: true,
            outdated: false,
            ..self
        }
    }

    /// Whether the name of a command may hold `_`.
    pub(super) fn underscore_command(&mut self, name: &str) -> bool {
        self.asked = true;
        self.pragma.command_name_exceptions.contains(name)
    }

    /// Whether the members of a type may have any names.
    pub(super) fn loosely_named_type(&mut self, name: &str) -> bool {
        self.asked = true;
        self.pragma.member_name_exceptions.contains(name)
    }

    /// Whether each definition needs a comment.
    pub(super) fn doc_required(&mut self) -> bool {
        self.asked = true;
        self.pragma.doc_required
    }
}
