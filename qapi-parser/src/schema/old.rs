//! What a schema says in forms and spellings that are gone from the language.

use std::fmt::{self, Write as _};

use crate::expr::{OldSpelling, Origin};
use crate::source::Span;

use super::Schema;
use super::definition::Definition;

impl Schema {
    /// The strings in a stretch of the sources that are spelled as earlier releases did, in source order.
    ///
    /// The span of a definition gives all that are in it. Schemas of today have none.
    pub fn old_spellings(&self, within: Span) -> &[OldSpelling] {
        OldSpelling::within(&self.old_spellings, within)
    }

    /// What [`describe`](Self::describe) does not tell of: each definition that the schema does not write as one does
    /// today, and each old spelling in it, a line for each.
    ///
    /// ```
    /// use qapi_parser::{Dialect, Loader, MemoryReader};
    ///
    /// let old = "{ 'command': 'qom-get', 'returns': 'visitor', 'gen': 'no' }";
    /// let reader = MemoryReader::from_iter([("old.json", old)]);
    /// let schema = Loader::new()
    ///     .dialect(Dialect::Historical)
    ///     .reader(Box::new(reader))
    ///     .load("old.json")?;
    /// assert_eq!(
    ///     schema.describe_old_forms(),
    ///     "qom-get: `visitor` stands for the type `any`\n\
    ///      qom-get: `no` stands for `false`\n"
    /// );
    /// # Ok::<(), qapi_parser::Error>(())
    /// ```
    pub fn describe_old_forms(&self) -> String {
        let mut text = String::new();
        for (_, definition) in self.definitions() {
            describe(&mut text, self, definition).expect("a String takes any text");
        }
        text
    }
}

fn describe(out: &mut String, schema: &Schema, definition: &Definition) -> fmt::Result {
    let name = &definition.name;
    match definition.origin {
        Origin::Written => {}
        // It is in no text, and what is in the text that implies it is told there.
        Origin::Builtin => return Ok(()),
        Origin::Implied(form) => return writeln!(out, "{name}: implied by {form}"),
        Origin::Translated(form) => writeln!(out, "{name}: written as {form}")?,
    }
    let mut spellings = schema.old_spellings(definition.span).iter();
    spellings.try_for_each(|spelling| writeln!(out, "{name}: {spelling}"))
}
