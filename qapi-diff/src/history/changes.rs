//! Which finding is about which line.
//!
//! A finding is about names in two files, and a line knows where its name is in each release, so both are brought
//! together by that: a finding about a type that many paths lead to is found at all of them.

use std::collections::HashMap;

use qapi_parser::Span;

use crate::diff::Finding;
use crate::wire::ShapeKind;

use super::Release;
use super::graph::Graph;
use super::line::{ChangeId, Line};

/// Finds the changes of all lines.
pub(super) fn attach(releases: &[Release], definitions: &mut [Line], graph: &mut Graph) {
    let indices: Vec<_> = releases.iter().map(Index::new).collect();
    let lines = graph.nodes.iter_mut().flat_map(|node| &mut node.lines);
    for line in definitions.iter_mut().chain(lines) {
        line.changes = changes(line, releases, &indices);
        for feature in &mut line.features {
            feature.changes = changes(feature, releases, &indices);
        }
    }
}

/// The findings of one release by the names that they are about.
struct Index {
    old: HashMap<Span, Vec<usize>>,
    new: HashMap<Span, Vec<usize>>,
}

impl Index {
    fn new(release: &Release) -> Self {
        let findings = release.diff.iter().flat_map(|diff| &diff.findings);
        let (mut old, mut new) = (HashMap::new(), HashMap::new());
        for (index, Finding { spans, .. }) in findings.enumerate() {
            let put = |map: &mut HashMap<Span, Vec<usize>>, span: Option<Span>| {
                if let Some(span) = span {
                    map.entry(span).or_default().push(index);
                }
            };
            put(&mut old, spans.0);
            put(&mut new, spans.1);
        }
        Self { old, new }
    }
}

fn changes(line: &Line, releases: &[Release], indices: &[Index]) -> Vec<ChangeId> {
    let names = |release: usize| names(line, &releases[release], release);
    let mut changes = Vec::new();
    for (release, index) in indices.iter().enumerate().skip(1) {
        let old = names(release - 1);
        let old = old.iter().filter_map(|span| index.old.get(span));
        let new = names(release);
        let new = new.iter().filter_map(|span| index.new.get(span));
        let mut found: Vec<_> = old.chain(new).flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        changes.extend(
            found
                .into_iter()
                .map(|finding| ChangeId { release, finding }),
        );
    }
    changes
}

/// The names that findings about a line are about: its own, and if its type is an alternate those of that and of its
/// alternatives, which have no lines.
fn names(line: &Line, of: &Release, release: usize) -> Vec<Span> {
    let Some(state) = line.states.get(release).and_then(Option::as_ref) else {
        return Vec::new();
    };
    let mut names = vec![state.span];
    if let Some(shape) = state.shape.map(|id| of.wire.shape(id))
        && let ShapeKind::Alternate(alternatives) = &shape.kind
    {
        names.push(of.schema.definition(shape.definition).name.span);
        names.extend(alternatives.iter().map(|it| it.name.span));
    }
    names
}
