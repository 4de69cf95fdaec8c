//! What each era of the language tolerates, as data.

/// Which era of the language a schema is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// The language of QEMU 10.2, every rule enforced.
    #[default]
    Current,
    /// Every spelling that a release since 0.15 has used: what is gone from the
    /// language is accepted and translated, and documentation comments never fail.
    Historical,
}

impl Dialect {
    /// What this dialect lets pass.
    pub(crate) fn tolerances(self) -> &'static Tolerances {
        match self {
            Self::Current => &CURRENT,
            Self::Historical => &HISTORICAL,
        }
    }
}

/// Departures from the language of QEMU 10.2, each on or off.
///
/// A stage asks for the one it is about and never for the dialect itself, so a
/// further era is a further constant here and nothing else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tolerances {
    /// The comma between two members or elements may be missing (until 1.5).
    pub(crate) missing_comma: bool,
    /// A comma may follow the last member or element (until 1.5).
    pub(crate) trailing_comma: bool,
    /// `type` opens a struct (until 2.3).
    pub(crate) type_for_struct: bool,
    /// Documentation comments have no grammar: they are read as well as can be
    /// (enforced since 2.9, and in today's form since 10.2).
    pub(crate) loose_docs: bool,
    /// The pragmas that listed exceptions under other names (2.9 to 5.2).
    pub(crate) old_pragmas: bool,
    /// Names, returns and letter case follow no rule (until 5.2, by degrees).
    pub(crate) loose_names: bool,
}

const CURRENT: Tolerances = Tolerances {
    missing_comma: false,
    trailing_comma: false,
    type_for_struct: false,
    loose_docs: false,
    old_pragmas: false,
    loose_names: false,
};

const HISTORICAL: Tolerances = Tolerances {
    missing_comma: true,
    trailing_comma: true,
    type_for_struct: true,
    loose_docs: true,
    old_pragmas: true,
    loose_names: true,
};
