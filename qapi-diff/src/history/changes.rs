//! Which finding is about which line.
//!
//! A finding is about names in two files, and a line knows where its name is in each release, so both are brought
//! together by that: a finding about a type that many paths lead to is found at all of them.

use std::collections::HashMap;

use qapi_parser::Span;

use crate::diff::Finding;

use super::Release;
use super::graph::Graph;
use super::line::{ChangeId, Line};

/// Finds the changes of all lines.
pub(super) fn attach(releases: &[Release], definitions: &mut [Line], graph: &mut Graph) {
    let indices: Vec<_> = releases.iter().map(Index::new).collect();
    let lines = graph.nodes.iter_mut().flat_map(|node| &mut node.lines);
    for line in definitions.iter_mut().chain(lines) {
        line.changes = changes(line, &indices);
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

fn changes(line: &Line, indices: &[Index]) -> Vec<ChangeId> {
    let span = |release: usize| Some(line.states.get(release)?.as_ref()?.span);
    let mut changes = Vec::new();
    for (release, index) in indices.iter().enumerate().skip(1) {
        let old = span(release - 1).and_then(|span| index.old.get(&span));
        let new = span(release).and_then(|span| index.new.get(&span));
        let mut found: Vec<_> = old.into_iter().chain(new).flatten().copied().collect();
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
