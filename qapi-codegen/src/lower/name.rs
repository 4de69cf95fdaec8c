//! From the names of the schema to Rust's.
//!
//! The rules stand in the documentation of the crate, for they are part of what
//! its users rely on. The mapping is total: every name that the language allows
//! has a Rust spelling. It is not injective; [`Scope`] finds names that end up
//! the same.

use std::collections::BTreeMap;

use heck::{ToSnakeCase, ToUpperCamelCase};
use qapi_parser::Name;

use crate::ident::Ident;

/// Type names that generated code uses without a path, or as a parameter.
const RESERVED_TYPES: [&str; 12] = [
    "Box", "C", "Into", "Option", "Result", "S", "Self", "Send", "Sized", "Stream", "String", "Vec",
];

/// Names of variants that Rust has, and of the constant that a generated enum has.
const RESERVED_VARIANTS: [&str; 2] = ["ALL", "Self"];

/// Names of methods that a generated client has besides its commands.
const RESERVED_METHODS: [&str; 4] = ["client", "new", "out_of_band", "over"];

/// Names of associated functions and fields of generated structs.
const RESERVED_FIELDS: [&str; 2] = ["branch", "new"];

/// Types without a path that a module would hide.
const RESERVED_MODULES: [&str; 13] = [
    "bool", "f32", "f64", "i8", "i16", "i32", "i64", "str", "u8", "u16", "u32", "u64", "usize",
];

/// Whether the trait of a service can be called `name`, which a user has chosen.
pub(crate) fn is_service(name: &str) -> bool {
    let is_upper = name.starts_with(|c: char| c.is_ascii_uppercase());
    is_upper && !RESERVED_TYPES.contains(&name) && !is_keyword(name)
}

/// The Rust name of a type.
pub(crate) fn type_name(wire_name: &str) -> String {
    let is_rust = wire_name.starts_with(|c: char| c.is_ascii_uppercase())
        && wire_name.chars().all(|c| c.is_ascii_alphanumeric());
    let name = if is_rust {
        wire_name.to_owned()
    } else {
        words(wire_name).map(capitalise).collect()
    };
    finish(name, "Unnamed", &RESERVED_TYPES)
}

/// The Rust name of a generated type that belongs to `wire_name`.
pub(crate) fn derived_type(wire_name: &str, suffix: &str) -> String {
    finish(
        format!("{}{suffix}", camel(wire_name)),
        "Unnamed",
        &RESERVED_TYPES,
    )
}

/// The Rust name of an enum value, a branch or an alternative.
pub(crate) fn variant(wire_name: &str) -> String {
    finish(camel(wire_name), "Unnamed", &RESERVED_VARIANTS)
}

/// The name of the variant for what the schema does not know, beside `variants`.
pub(crate) fn other<'a>(variants: impl Iterator<Item = &'a Ident> + Clone) -> Ident {
    let mut name = "Other".to_owned();
    while variants.clone().any(|variant| *variant == name) {
        name.push('_');
    }
    ident(&name)
}

/// The Rust name of a member.
pub(crate) fn field(wire_name: &str) -> String {
    finish(wire_name.to_snake_case(), "unnamed", &RESERVED_FIELDS)
}

/// The Rust name of a command.
pub(crate) fn method(wire_name: &str) -> String {
    finish(wire_name.to_snake_case(), "unnamed", &RESERVED_METHODS)
}

/// The Rust name of a file's module.
pub(crate) fn module(stem: &str) -> String {
    finish(stem.to_snake_case(), "unnamed", &RESERVED_MODULES)
}

/// The module around the one at hand.
pub(crate) fn parent() -> Ident {
    ident("super")
}

/// An identifier; `name` must come from this module's functions.
pub(crate) fn ident(name: &str) -> Ident {
    Ident::new(name)
}

/// What is called by a name, for generated code needs some names itself.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Type,
    Variant,
    Field,
    Method,
}

impl Kind {
    fn reserved(self) -> &'static [&'static str] {
        match self {
            Self::Type => &RESERVED_TYPES,
            Self::Variant => &RESERVED_VARIANTS,
            Self::Field => &RESERVED_FIELDS,
            Self::Method => &RESERVED_METHODS,
        }
    }
}

/// Names that must differ from each other.
#[derive(Debug)]
pub(crate) struct Scope {
    kind: Kind,
    taken: BTreeMap<String, Name>,
}

impl Scope {
    /// Names for one kind of thing, all of them free.
    pub(crate) fn new(kind: Kind) -> Self {
        Self {
            kind,
            taken: BTreeMap::new(),
        }
    }

    /// Takes `name` for `origin`; gives back who has it, if somebody does.
    pub(crate) fn claim(&mut self, name: &str, origin: &Name) -> Option<Name> {
        let first = self.taken.get(name).cloned();
        if first.is_none() {
            self.taken.insert(name.to_owned(), origin.clone());
        }
        first
    }

    /// Whether a user may choose `name` here.
    pub(crate) fn allows(&self, name: &str) -> bool {
        let is_ident = !is_keyword(name) && !name.starts_with("r#");
        is_ident && !self.kind.reserved().contains(&name)
    }

    /// A name like `name` that nobody has.
    pub(crate) fn free(&self, name: &str) -> String {
        let numbered = (2..).map(|number| format!("{name}{number}"));
        let mut free = numbered.filter(|name| !self.taken.contains_key(name));
        free.next().expect("only so many names are taken")
    }

    /// Who has `name`.
    pub(crate) fn owner(&self, name: &str) -> Option<&Name> {
        self.taken.get(name)
    }
}

/// Upper camel case that keeps `2_5` apart from `25`.
fn camel(wire_name: &str) -> String {
    let mut camel = String::new();
    for word in words(wire_name) {
        let ends_in_digit = camel.ends_with(|c: char| c.is_ascii_digit());
        if ends_in_digit && word.starts_with(|c: char| c.is_ascii_digit()) {
            camel.push('_');
        }
        camel.push_str(&word.to_upper_camel_case());
    }
    camel
}

fn words(wire_name: &str) -> impl Iterator<Item = &str> {
    wire_name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
}

fn capitalise(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_ascii_uppercase() + rest
}

/// Makes an identifier of a name that only has letters, digits and `_`.
fn finish(name: String, unnamed: &str, reserved: &[&str]) -> String {
    let name = if name.is_empty() {
        unnamed.to_owned()
    } else {
        name
    };
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("_{name}")
    } else if reserved.contains(&name.as_str()) || is_keyword(&name) {
        format!("{name}_")
    } else {
        name
    }
}

/// Whether Rust refuses `name` as an identifier; the parser of `syn` knows every keyword.
fn is_keyword(name: &str) -> bool {
    name == "gen" || syn::parse_str::<syn::Ident>(name).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_keep_their_spelling() {
        let cases = [
            ("QGASeek", "QGASeek"),
            ("GuestOSInfo", "GuestOSInfo"),
            ("__org.qemu_x-Struct2", "OrgQemuXStruct2"),
            ("intList", "IntList"),
            ("String", "String_"),
            ("Self", "Self_"),
            ("Send", "Send_"),
            ("C", "C_"),
        ];
        for (wire_name, expected) in cases {
            assert_eq!(type_name(wire_name), expected, "{wire_name}");
        }
    }

    #[test]
    fn variants_are_upper_camel_case() {
        let cases = [
            ("file-backed-virtual", "FileBackedVirtual"),
            ("ipv4", "Ipv4"),
            ("EAX", "Eax"),
            ("monolithicSparse", "MonolithicSparse"),
            ("static", "Static"),
            ("self", "Self_"),
            ("a-l-l", "ALL_"),
            ("2_5", "_2_5"),
            ("25", "_25"),
            ("3des", "_3des"),
            ("4k", "_4k"),
            ("x86_64", "X86_64"),
            ("-", "Unnamed"),
        ];
        for (wire_name, expected) in cases {
            assert_eq!(variant(wire_name), expected, "{wire_name}");
        }
    }

    #[test]
    fn fields_and_methods_are_snake_case() {
        let cases = [
            ("buf-b64", "buf_b64"),
            ("supported_commands", "supported_commands"),
            ("UUID", "uuid"),
            ("type", "type_"),
            ("gen", "gen_"),
            ("self", "self_"),
            ("new", "new_"),
            ("2fast", "_2fast"),
            ("load15m", "load15m"),
            ("__org.qemu_x-member", "org_qemu_x_member"),
        ];
        for (wire_name, expected) in cases {
            assert_eq!(field(wire_name), expected, "{wire_name}");
        }
        assert_eq!(method("guest-file-open"), "guest_file_open");
        assert_eq!(method("block_resize"), "block_resize");
        assert_eq!(method("yield"), "yield_");
    }

    #[test]
    fn derived_types_carry_their_suffix() {
        assert_eq!(derived_type("guest-exec", "Args"), "GuestExecArgs");
        assert_eq!(derived_type("BLOCK_IO_ERROR", "Event"), "BlockIoErrorEvent");
    }
}
