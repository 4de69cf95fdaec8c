//! The stage from a checked schema to what `query-qmp-schema` answers about it.
//!
//! [`entry`](entry::introspect) walks over the commands and events and then over
//! every type that these lead to, in the order that [`Queue`](queue::Queue) keeps;
//! [`info`] is what comes out, and [`json`] how it is written. Nothing is decided
//! about conditions on the way: QEMU numbers its types before it knows which of
//! them are built, so [`Introspection::evaluate`] comes last.

use std::fmt;

use crate::schema::{Checked, Schema};

mod entry;
mod evaluate;
mod info;
mod json;
mod queue;

pub use info::{
    JsonType, SchemaInfo, SchemaInfoAlternateMember, SchemaInfoEnumMember, SchemaInfoFeature,
    SchemaInfoKind, SchemaInfoObjectMember, SchemaInfoObjectVariant,
};

use queue::TypeNames;

/// What a server says about its interface: the answer of `query-qmp-schema`.
///
/// It holds every command and event, and every type that these lead to. Types
/// have no names there but numbers, in the order in which they are first referred
/// to, for clients should not rely on names; [`unmasked`](Self::unmasked) keeps them.
/// Integers of all sizes are `int`.
///
/// Each part knows under which condition it exists, until
/// [`evaluate`](Self::evaluate) decides for one build.
///
/// `Display` writes the JSON that goes over the wire, one entry in a line:
///
/// ```
/// use qapi_parser::{Introspection, Loader, MemoryReader};
///
/// let schema = "{ 'command': 'stop', 'data': { '*after': 'uint8' }, 'if': 'CONFIG_STOP' }";
/// let reader = MemoryReader::from_iter([("machine.json", schema)]);
/// let schema = Loader::new().reader(Box::new(reader)).load("machine.json")?;
///
/// let answer = Introspection::masked(&schema);
/// assert_eq!(
///     answer.to_string(),
///     r#"[
/// {"name": "stop", "meta-type": "command", "arg-type": "0", "ret-type": "1"},
/// {"name": "0", "meta-type": "object", "members": [{"name": "after", "type": "int", "default": null}]},
/// {"name": "1", "meta-type": "object", "members": []},
/// {"name": "int", "meta-type": "builtin", "json-type": "int"}
/// ]"#
/// );
/// assert_eq!(answer.evaluate(&|_| false).entries.len(), 2);
/// # Ok::<(), qapi_parser::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Introspection {
    /// The commands and events by module, then the types in the order of the
    /// first reference to each. No two have the same name.
    pub entries: Vec<SchemaInfo>,
}

impl Introspection {
    /// The answer that goes over the wire, where types have numbers.
    pub fn masked(schema: &Checked<Schema>) -> Self {
        Self {
            entries: entry::introspect(schema, TypeNames::Masked),
        }
    }

    /// The same for human eyes: types have their names, and those that the schema
    /// does not name are `q_obj_COMMAND-arg` and `q_empty`.
    pub fn unmasked(schema: &Checked<Schema>) -> Self {
        Self {
            entries: entry::introspect(schema, TypeNames::Real),
        }
    }

    /// What a build tells that defines the symbols `is_defined` accepts: whatever
    /// does not exist there is gone, and what remains has no condition.
    ///
    /// Names do not change, so numbers may be missing. An entry that only others
    /// led to that are gone stays, as it does in QEMU, unless it has a condition
    /// itself.
    #[must_use]
    pub fn evaluate(mut self, is_defined: &dyn Fn(&str) -> bool) -> Self {
        evaluate::evaluate(&mut self.entries, is_defined);
        self
    }

    /// The entry with a name.
    pub fn find(&self, name: &str) -> Option<&SchemaInfo> {
        self.entries.iter().find(|entry| entry.name == name)
    }
}

impl fmt::Display for Introspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before = "[\n";
        for entry in &self.entries {
            write!(f, "{before}{entry}")?;
            before = ",\n";
        }
        f.write_str(if self.entries.is_empty() { "[]" } else { "\n]" })
    }
}
