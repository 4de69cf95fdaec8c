//! A schema as text: everything that matters on the wire and in generated code,
//! nothing about comments and places.

use std::fmt::{self, Write as _};

use crate::cond::Cond;
use crate::expr::{Enum, Feature};

use super::Schema;
use super::definition::{Branch, Command, Definition, DefinitionKind, Member, Members, TypeRef};

impl Schema {
    /// The schema as canonical text: every definition, in order, with its kind,
    /// members, types, conditions, features and flags.
    ///
    /// Schemas with equal text differ in nothing but comments, layout and the
    /// way they are split into files.
    pub fn describe(&self) -> String {
        let mut text = String::new();
        for (_, definition) in self.definitions() {
            describe_definition(&mut text, self, definition).expect("a String takes any text");
        }
        text
    }

    /// A use of a type as messages and descriptions name it: `str`, `[Color]`.
    pub fn type_name(&self, ty: &TypeRef) -> String {
        match ty {
            TypeRef::Builtin(builtin) => builtin.name().to_owned(),
            TypeRef::Definition(id) => self.definition(*id).name.text.to_string(),
            TypeRef::Array(element) => format!("[{}]", self.type_name(element)),
        }
    }
}

fn describe_definition(out: &mut String, schema: &Schema, definition: &Definition) -> fmt::Result {
    let name = &definition.name;
    match &definition.kind {
        DefinitionKind::Enum(enum_) => {
            write!(out, "enum {name}")?;
            end(out, definition)?;
            describe_enum(out, enum_)
        }
        DefinitionKind::Struct(struct_) => {
            write!(out, "struct {name}")?;
            if let Some(base) = struct_.base {
                write!(out, " base={}", schema.definition(base).name)?;
            }
            end(out, definition)?;
            describe_inline(out, schema, &struct_.members)
        }
        DefinitionKind::Union(union) => {
            write!(out, "union {name} discriminator={}", union.discriminator)?;
            write!(out, " tag={}", schema.definition(union.tag).name)?;
            describe_named(out, schema, "base", &union.base)?;
            end(out, definition)?;
            describe_members(out, schema, &union.base)?;
            union
                .branches
                .iter()
                .try_for_each(|branch| describe_branch(out, schema, branch))
        }
        DefinitionKind::Alternate(alternate) => {
            write!(out, "alternate {name}")?;
            end(out, definition)?;
            for alternative in &alternate.alternatives {
                let ty = schema.type_name(&alternative.ty);
                write!(out, "    alternative {}: {ty}", alternative.name)?;
                describe_extras(out, alternative.cond.as_ref(), &[])?;
            }
            Ok(())
        }
        DefinitionKind::Command(command) => {
            write!(out, "command {name}")?;
            describe_named(out, schema, "data", &command.arguments)?;
            describe_command(out, schema, command)?;
            end(out, definition)?;
            describe_members(out, schema, &command.arguments)
        }
        DefinitionKind::Event(event) => {
            write!(out, "event {name}")?;
            describe_named(out, schema, "data", &event.arguments)?;
            describe_flag(out, "boxed", event.boxed)?;
            end(out, definition)?;
            describe_members(out, schema, &event.arguments)
        }
    }
}

fn end(out: &mut String, definition: &Definition) -> fmt::Result {
    describe_extras(out, definition.cond.as_ref(), &definition.features)
}

fn describe_enum(out: &mut String, enum_: &Enum) -> fmt::Result {
    if let Some(prefix) = &enum_.prefix {
        writeln!(out, "    prefix {prefix}")?;
    }
    for value in &enum_.values {
        write!(out, "    value {}", value.name)?;
        describe_extras(out, value.cond.as_deref(), &value.features)?;
    }
    Ok(())
}

fn describe_command(out: &mut String, schema: &Schema, command: &Command) -> fmt::Result {
    if let Some(returns) = &command.returns {
        write!(out, " returns={}", schema.type_name(returns))?;
    }
    describe_flag(out, "boxed", command.boxed)?;
    describe_flag(out, "no-gen", !command.generate)?;
    describe_flag(out, "no-success-response", !command.success_response)?;
    describe_flag(out, "allow-oob", command.allow_oob)?;
    describe_flag(out, "allow-preconfig", command.allow_preconfig)?;
    describe_flag(out, "coroutine", command.coroutine)
}

fn describe_flag(out: &mut String, flag: &str, set: bool) -> fmt::Result {
    if set { write!(out, " {flag}") } else { Ok(()) }
}

fn describe_named(out: &mut String, schema: &Schema, key: &str, members: &Members) -> fmt::Result {
    match members {
        Members::Named(id) => write!(out, " {key}={}", schema.definition(*id).name),
        Members::Inline(_) => Ok(()),
    }
}

fn describe_members(out: &mut String, schema: &Schema, members: &Members) -> fmt::Result {
    match members {
        Members::Named(_) => Ok(()),
        Members::Inline(members) => describe_inline(out, schema, members),
    }
}

fn describe_inline(out: &mut String, schema: &Schema, members: &[Member]) -> fmt::Result {
    for member in members {
        let optional = if member.optional { "?" } else { "" };
        write!(
            out,
            "    member {}{optional}: {}",
            member.name,
            schema.type_name(&member.ty)
        )?;
        describe_extras(out, member.cond.as_deref(), &member.features)?;
    }
    Ok(())
}

fn describe_branch(out: &mut String, schema: &Schema, branch: &Branch) -> fmt::Result {
    write!(
        out,
        "    branch {}: {}",
        branch.name,
        schema.definition(branch.ty).name
    )?;
    describe_extras(out, branch.cond.as_ref(), &[])
}

/// The condition and the features, and the end of the line.
fn describe_extras(out: &mut String, cond: Option<&Cond>, features: &[Feature]) -> fmt::Result {
    if let Some(cond) = cond {
        write!(out, " if={cond}")?;
    }
    for feature in features {
        write!(out, " feature={}", feature.name)?;
        if let Some(cond) = &feature.cond {
            write!(out, " (if={cond})")?;
        }
    }
    out.push('\n');
    Ok(())
}
