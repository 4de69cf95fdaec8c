//! Whether what comments say of when something came is so.
//!
//! A comment tells the release of a definition (`Since: 2.5`) and sometimes that of a member, value or feature
//! (`(since 2.9)`). A member without such a remark came with its definition, as the manual has it, or with another release
//! that is named beside that of the definition (`Since: 2.2; @unknown and others since 2.4`).
//!
//! Releases that are not in the history are allowed for: what is in 1.3 and was not in 1.1 may be since 1.2.

use std::collections::BTreeMap;
use std::fmt;

use qapi_parser::{DefinitionId, Doc, NotAVersion, SectionKind, Span, Text, Version};

use super::line::{Line, LineKind, State};
use super::{Documentation, History};
use crate::diff::{Place, place};
use crate::path::{Path, Step};
use crate::wire::{ShapeId, ShapeKind, Wire};

/// What comes of comparing comments with the history.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Audit {
    /// How many statements there are.
    pub claims: usize,
    /// Those that are not so, in the order of the schema.
    pub mismatches: Vec<Mismatch>,
}

/// A comment that says something else than the history.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mismatch {
    /// The definition, or the member, value or feature of one: `GuestExec.pid`.
    pub name: String,
    /// Where it is on the wire, or first was.
    pub path: Path,
    /// Where the comment says it; where it says nothing, where the member is described or else written.
    pub place: Place,
    /// The release in the comment.
    pub claimed: Version,
    /// Whether the comment says it of the definition only.
    pub is_inherited: bool,
    /// The first release that has it, by its place in the history.
    pub first: usize,
    /// The name of that release.
    pub first_name: String,
    /// The name of the release before it; none where it is the first of the history.
    pub before_name: Option<String>,
}

impl fmt::Display for Mismatch {
    /// One line, such as `schema.json:12:3: GuestExec.pid says 2.4, and is in 2.6, not in 2.5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, name, .. } = self;
        write!(f, "{place}: {name} ")?;
        match self.is_inherited {
            true => write!(f, "says nothing, its definition {}", self.claimed)?,
            false => write!(f, "says {}", self.claimed)?,
        }
        write!(f, ", and is in {}", self.first_name)?;
        match &self.before_name {
            Some(before) => write!(f, ", not in {before}"),
            None => Ok(()),
        }
    }
}

/// Something that a comment may tell the release of, in the order of the schema.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Subject {
    definition: DefinitionId,
    /// What of it; none for all of it.
    part: Option<(LineKind, Text)>,
}

/// When something came, and where.
struct First {
    release: usize,
    path: Path,
    /// Its name in the schema.
    span: Span,
}

/// What a comment says.
struct Claim {
    version: Version,
    /// Other releases that it names, for parts of the definition.
    others: Vec<Version>,
    is_inherited: bool,
    span: Span,
}

impl History {
    /// Compares what the comments of a release say with the history.
    ///
    /// # Errors
    /// The name of a release is no version, so that nothing can be compared.
    ///
    /// # Panics
    /// There are not so many releases.
    pub fn audit(&self, release: usize) -> Result<Audit, NotAVersion> {
        let names = self.releases.iter().map(|release| release.name.parse());
        let versions = names.collect::<Result<Vec<Version>, _>>()?;
        let mut audit = Audit {
            claims: 0,
            mismatches: Vec::new(),
        };
        for (subject, first) in self.firsts(release) {
            let Some(claim) = self.claim(release, &subject, &first) else {
                continue;
            };
            audit.claims += usize::from(!claim.is_inherited);
            let before = first.release.checked_sub(1).map(|before| versions[before]);
            if !claim.agrees(before, versions[first.release]) {
                let mismatch = self.mismatch(release, &subject, first, &claim);
                audit.mismatches.extend(mismatch);
            }
        }
        Ok(audit)
    }

    /// Everything in a release with the first release that has it on any path where this one has it.
    fn firsts(&self, release: usize) -> BTreeMap<Subject, First> {
        let mut firsts = BTreeMap::new();
        let mut note = |subject: Subject, first: First| {
            let known = firsts.entry(subject);
            known
                .and_modify(|known: &mut First| {
                    if first.release < known.release {
                        known.release = first.release;
                        known.path = first.path.clone();
                    }
                })
                .or_insert(first);
        };
        for (path, line) in self.lines() {
            for (subject, release, span) in self.subjects(line, release) {
                let path = path.clone();
                note(
                    subject,
                    First {
                        release,
                        path,
                        span,
                    },
                );
            }
        }
        firsts
    }

    /// What a line is about in a release: something that is described, and perhaps a type; each with the first release.
    fn subjects(&self, line: &Line, release: usize) -> Vec<(Subject, usize, Span)> {
        let Some(state) = line.states.get(release).and_then(Option::as_ref) else {
            return Vec::new();
        };
        let part = match (line.kind, &line.step) {
            (LineKind::Command | LineKind::Event, _) => Some(None),
            (LineKind::Member, Step::Member(name))
            | (LineKind::Value, Step::Value(name))
            | (LineKind::Feature, Step::Feature(name)) => Some(Some((line.kind, name.clone()))),
            _ => None,
        };
        let definition = state.definition;
        let own = part.map(|part| (Subject { definition, part }, line.first(), state.span));
        let mut subjects: Vec<_> = own.into_iter().collect();
        let wire = &self.releases[release].wire;
        let has_shape = |state: &Option<State>| state.as_ref().is_some_and(|it| it.shape.is_some());
        let first = line.states.iter().position(has_shape).unwrap_or(release);
        for id in state
            .shape
            .iter()
            .flat_map(|id| with_alternatives(wire, *id))
        {
            let definition = wire.shape(id).definition;
            let span = self.releases[release]
                .schema
                .definition(definition)
                .name
                .span;
            let part = None;
            subjects.push((Subject { definition, part }, first, span));
        }
        subjects
    }

    /// What the comment for something says.
    fn claim(&self, release: usize, subject: &Subject, first: &First) -> Option<Claim> {
        let definition = self.releases[release].schema.definition(subject.definition);
        let doc = definition.doc.as_deref()?;
        let whole = doc.since().map(|version| Claim {
            version,
            others: other_versions(doc),
            is_inherited: subject.part.is_some(),
            span: since_span(doc),
        });
        let Some((kind, name)) = &subject.part else {
            return whole;
        };
        let entries = match kind {
            LineKind::Feature => &doc.features,
            _ => &doc.members,
        };
        let entry = entries.iter().find(|entry| entry.name.text == *name);
        let own = entry.and_then(|entry| {
            Some(Claim {
                version: Documentation::Entry(entry).since()?,
                others: Vec::new(),
                is_inherited: false,
                span: entry.span,
            })
        });
        let described = entry.map_or(first.span, |entry| entry.span);
        own.or_else(|| {
            whole.map(|claim| Claim {
                span: described,
                ..claim
            })
        })
    }

    fn mismatch(
        &self,
        release: usize,
        subject: &Subject,
        first: First,
        claim: &Claim,
    ) -> Option<Mismatch> {
        let schema = &self.releases[release].schema;
        let definition = &schema.definition(subject.definition).name;
        let name = match &subject.part {
            Some((LineKind::Feature, name)) => format!("{definition}#{name}"),
            Some((_, name)) => format!("{definition}.{name}"),
            None => definition.to_string(),
        };
        let before = first.release.checked_sub(1);
        Some(Mismatch {
            name,
            path: first.path,
            place: place(schema, claim.span)?,
            claimed: claim.version,
            is_inherited: claim.is_inherited,
            first: first.release,
            first_name: self.releases[first.release].name.clone(),
            before_name: before.map(|before| self.releases[before].name.clone()),
        })
    }
}

impl Claim {
    /// Whether it may be that something came after one release and not after another.
    fn agrees(&self, before: Option<Version>, first: Version) -> bool {
        let is_between =
            |version: Version| before.is_none_or(|it| version > it) && version <= first;
        match self.is_inherited {
            // What is in a release before its definition was in another one then.
            true => {
                let is_before = before.is_none_or(|before| self.version > before);
                is_before || self.others.iter().copied().any(is_between)
            }
            false => is_between(self.version),
        }
    }
}

/// The releases that a comment names behind that of its definition.
fn other_versions(doc: &Doc) -> Vec<Version> {
    let sections = doc.sections.iter();
    let sections = sections.filter(|section| section.kind == SectionKind::Since);
    let remarks = sections.flat_map(|section| section.text.split("since ").skip(1));
    remarks
        .filter_map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.');
            let version = &rest[..end.unwrap_or(rest.len())];
            version.trim_end_matches('.').parse().ok()
        })
        .collect()
}

/// A shape and, if it is an alternate, those that it may be.
fn with_alternatives(wire: &Wire, id: ShapeId) -> Vec<ShapeId> {
    let mut all = vec![id];
    if let ShapeKind::Alternate(them) = &wire.shape(id).kind {
        all.extend(them.iter().filter_map(|it| wire.shape_in(&it.ty)));
    }
    all
}

/// Where a comment says when its definition came.
fn since_span(doc: &Doc) -> Span {
    let section = doc
        .sections
        .iter()
        .find(|section| section.kind == SectionKind::Since);
    let symbol = doc.symbol.as_ref();
    let other = || symbol.map_or(doc.span, |symbol| symbol.span);
    section.map_or_else(other, |section| section.span)
}
