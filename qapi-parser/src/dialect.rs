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
    /// The comma between two members or elements may be missing, and one may
    /// follow the last (until 1.5).
    pub(crate) loose_commas: bool,
    /// What may follow a backslash in a string, and what it stands for.
    pub(crate) escapes: &'static [(char, char)],
    /// Strings hold any character but a newline, those of ASCII by number, too:
    /// `\u0041` (until 4.1). Further characters behind a backslash stand for
    /// themselves (until 2.3).
    pub(crate) loose_strings: bool,
    /// `type` opens a struct (until 2.3).
    pub(crate) type_for_struct: bool,
    /// Documentation comments have no grammar: they are read as well as can be
    /// (enforced since 2.9, and in today's form since 10.2).
    pub(crate) loose_docs: bool,
    /// The pragmas that listed exceptions under other names (2.9 to 5.2).
    pub(crate) old_pragmas: bool,
    /// Names, returns and letter case follow no rule (until 5.2, by degrees).
    pub(crate) loose_names: bool,
    /// A member's type may be a struct written in place (until 2.3).
    pub(crate) nested_structs: bool,
    /// Flags are cleared by a string: `'no'` (until 2.3).
    pub(crate) flags_as_strings: bool,
    /// `**`, `visitor` and `dict` are types that take any value (until 2.4).
    pub(crate) wildcard_types: bool,
    /// A union may do without base and discriminator (until 6.1).
    pub(crate) simple_unions: bool,
    /// A union with an empty discriminator is an alternate (1.7 to 2.3).
    pub(crate) anonymous_unions: bool,
    /// The tag of a union may be a string (1.7).
    pub(crate) string_tags: bool,
    /// Conditions are expressions of the C preprocessor (3.0 to 6.1).
    pub(crate) c_conditions: bool,
}

const CURRENT: Tolerances = Tolerances {
    loose_commas: false,
    escapes: &[('\\', '\\')],
    loose_strings: false,
    type_for_struct: false,
    loose_docs: false,
    old_pragmas: false,
    loose_names: false,
    nested_structs: false,
    flags_as_strings: false,
    wildcard_types: false,
    simple_unions: false,
    anonymous_unions: false,
    string_tags: false,
    c_conditions: false,
};

const HISTORICAL: Tolerances = Tolerances {
    loose_commas: true,
    escapes: &[
        ('\\', '\\'),
        ('b', '\u{8}'),
        ('f', '\u{c}'),
        ('n', '\n'),
        ('r', '\r'),
        ('t', '\t'),
    ],
    loose_strings: true,
    type_for_struct: true,
    loose_docs: true,
    old_pragmas: true,
    loose_names: true,
    nested_structs: true,
    flags_as_strings: true,
    wildcard_types: true,
    simple_unions: true,
    anonymous_unions: true,
    string_tags: true,
    c_conditions: true,
};
