//! The introspection that we compute from a schema against the one that a real QEMU of the same release answers.
//!
//! A build of QEMU leaves out what its conditions exclude, so there may be more in ours, as long as that has a
//! condition. Types are compared by their structure: what QEMU calls `17` and we call `23` is the same if all that it
//! has and leads to is.

use std::collections::{BTreeMap, HashMap, HashSet};

use qapi_parser::{
    Cond, Dialect, Introspection, Loader, SchemaInfo, SchemaInfoFeature, SchemaInfoKind,
};
use qapi_tests::{Qemu, Wire, need};
use serde_json::Value;

/// What QEMU answers, and the introspection of its release's schema; none where QEMU or the schema is not there.
fn both() -> Option<(Vec<Value>, Introspection)> {
    let qemu = Qemu::start(&[])?;
    let mut monitor = Wire::connect(&qemu.socket()).expect("QEMU listens");
    let greeting: Value = serde_json::from_slice(&monitor.line()).expect("QEMU greets in JSON");
    let version = &greeting["QMP"]["version"]["qemu"];
    let path = need::machine_schema(&format!("{}.{}", version["major"], version["minor"]))?;
    monitor.ask(r#"{"execute": "qmp_capabilities"}"#);
    let mut reply = monitor.ask(r#"{"execute": "query-qmp-schema"}"#);
    let Value::Array(theirs) = reply["return"].take() else {
        panic!("QEMU answers with a list");
    };
    let mut loader = Loader::new();
    loader.dialect(Dialect::Historical);
    let schema = loader
        .load(path)
        .unwrap_or_else(|report| panic!("{report}"));
    Some((theirs, Introspection::masked(&schema)))
}

/// What an entry consists of, apart from its name, in a form that both sides have.
#[derive(Default)]
struct Shape<'a> {
    /// What has to be the same: the kind and whatever is no list.
    head: String,
    /// What the lists have in them, by a text that tells where it stands.
    parts: BTreeMap<String, Part<'a>>,
}

struct Part<'a> {
    /// The name of its type, where it has one.
    ty: Option<&'a str>,
    cond: Option<&'a Cond>,
}

impl<'a> Shape<'a> {
    fn add(&mut self, place: String, ty: Option<&'a str>, cond: Option<&'a Cond>) {
        let before = self.parts.insert(place.clone(), Part { ty, cond });
        assert!(before.is_none(), "{place} stands there twice");
    }
}

type Theirs<'a> = HashMap<&'a str, &'a Value>;
type Ours<'a> = HashMap<&'a str, &'a SchemaInfo>;

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key]
        .as_str()
        .unwrap_or_else(|| panic!("no {key} in {value}"))
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn their_features<'a>(shape: &mut Shape<'a>, holder: &'a Value, place: &str) {
    for feature in list(holder, "features") {
        let feature = feature.as_str().expect("features are strings");
        shape.add(format!("{place} feature {feature}"), None, None);
    }
}

fn their_shape<'a>(entries: &Theirs<'a>, name: &str) -> Shape<'a> {
    let entry = entries[name];
    let kind = text(entry, "meta-type");
    let mut shape = Shape {
        head: kind.to_owned(),
        ..Shape::default()
    };
    for key in ["tag", "allow-oob", "json-type"] {
        if let Some(value) = entry.get(key) {
            shape.head += &format!(" {key} {value}");
        }
    }
    for key in ["arg-type", "ret-type", "element-type"] {
        if entry.get(key).is_some() {
            shape.add(key.to_owned(), Some(text(entry, key)), None);
        }
    }
    for member in list(entry, "members") {
        let ty = member.get("type").map(|_| text(member, "type"));
        let place = match kind {
            "alternate" => alternative(their_json_type(entries, text(member, "type"))),
            _ => format!("member {}", text(member, "name")),
        };
        their_features(&mut shape, member, &place);
        if let Some(default) = member.get("default") {
            shape.add(format!("{place} default {default}"), None, None);
        }
        shape.add(place, ty, None);
    }
    for value in list(entry, "values") {
        shape.add(format!("value {value}"), None, None);
    }
    for variant in list(entry, "variants") {
        let place = format!("case {}", text(variant, "case"));
        shape.add(place, Some(text(variant, "type")), None);
    }
    their_features(&mut shape, entry, "");
    shape
}

/// Alternatives have no names, but no two of them are the same in JSON.
fn alternative(json_type: &str) -> String {
    format!("alternative {json_type}")
}

fn their_json_type<'a>(entries: &Theirs<'a>, name: &str) -> &'a str {
    let entry = entries[name];
    match text(entry, "meta-type") {
        "builtin" => text(entry, "json-type"),
        "enum" => "string",
        kind => kind,
    }
}

fn our_json_type<'a>(entries: &Ours<'a>, name: &str) -> &'a str {
    match &entries[name].kind {
        SchemaInfoKind::Builtin { json_type } => json_type.name(),
        SchemaInfoKind::Enum { .. } => "string",
        kind => kind.meta_type(),
    }
}

fn our_features<'a>(
    shape: &mut Shape<'a>,
    features: &'a Option<Vec<SchemaInfoFeature>>,
    place: &str,
) {
    for SchemaInfoFeature { name, cond } in features.iter().flatten() {
        shape.add(format!("{place} feature {name}"), None, cond.as_ref());
    }
}

fn our_shape<'a>(entries: &Ours<'a>, name: &str) -> Shape<'a> {
    let entry = entries[name];
    let mut shape = Shape {
        head: entry.kind.meta_type().to_owned(),
        ..Shape::default()
    };
    match &entry.kind {
        SchemaInfoKind::Builtin { json_type } => {
            shape.head += &format!(" json-type \"{json_type}\"");
        }
        SchemaInfoKind::Enum { members } => {
            for member in members {
                let (name, cond) = (&member.name, member.cond.as_ref());
                let place = format!("member {name}");
                our_features(&mut shape, &member.features, &place);
                shape.add(place, None, cond);
                shape.add(format!("value \"{name}\""), None, cond);
            }
        }
        SchemaInfoKind::Array { element_type } => {
            shape.add("element-type".to_owned(), Some(element_type), None);
        }
        SchemaInfoKind::Object {
            members,
            tag,
            variants,
        } => {
            for member in members {
                let (ty, cond) = (Some(member.ty.as_str()), member.cond.as_ref());
                let place = format!("member {}", member.name);
                our_features(&mut shape, &member.features, &place);
                if member.optional {
                    shape.add(format!("{place} default null"), None, cond);
                }
                shape.add(place, ty, cond);
            }
            if let Some(tag) = tag {
                shape.head += &format!(" tag \"{tag}\"");
            }
            for variant in variants {
                let (ty, cond) = (Some(variant.ty.as_str()), variant.cond.as_ref());
                shape.add(format!("case {}", variant.case), ty, cond);
            }
        }
        SchemaInfoKind::Alternate { members } => {
            for member in members {
                let place = alternative(our_json_type(entries, &member.ty));
                shape.add(place, Some(&member.ty), member.cond.as_ref());
            }
        }
        SchemaInfoKind::Command {
            arg_type,
            ret_type,
            allow_oob,
        } => {
            if *allow_oob {
                shape.head += " allow-oob true";
            }
            shape.add("arg-type".to_owned(), Some(arg_type), None);
            shape.add("ret-type".to_owned(), Some(ret_type), None);
        }
        SchemaInfoKind::Event { arg_type } => {
            shape.add("arg-type".to_owned(), Some(arg_type), None);
        }
    }
    our_features(&mut shape, &entry.features, "");
    shape
}

/// A comparison of what QEMU has with ours, and what came out of it.
struct Comparison<'a> {
    theirs: &'a Theirs<'a>,
    ours: &'a Ours<'a>,
    /// Which of QEMU's entries was compared with which of ours.
    pairs: HashSet<(&'a str, &'a str)>,
    /// What is not as it should be, one line each.
    differences: Vec<String>,
    /// Each condition that was met, and whether QEMU's build fulfils it.
    conditions: Vec<(&'a Cond, bool)>,
}

/// Compares everything, starting from the commands and events, which have the same names.
fn compare<'a>(theirs: &'a Theirs<'a>, ours: &'a Ours<'a>) -> Comparison<'a> {
    let mut comparison = Comparison::new(theirs, ours);
    for (&name, entry) in ours.iter().filter(|(_, entry)| !is_type(entry)) {
        let present = theirs.contains_key(name);
        comparison.part(name, "entry", entry.cond.as_ref(), present);
        if present {
            comparison.follow(name, name);
        }
    }
    for name in theirs.keys() {
        comparison.unreached(name);
    }
    comparison
}

fn is_type(entry: &SchemaInfo) -> bool {
    let kind = &entry.kind;
    !matches!(
        kind,
        SchemaInfoKind::Command { .. } | SchemaInfoKind::Event { .. }
    )
}

impl<'a> Comparison<'a> {
    fn new(theirs: &'a Theirs<'a>, ours: &'a Ours<'a>) -> Self {
        Self {
            theirs,
            ours,
            pairs: HashSet::new(),
            differences: Vec::new(),
            conditions: Vec::new(),
        }
    }

    /// Compares two entries and all that they lead to.
    fn follow(&mut self, their_name: &'a str, our_name: &'a str) {
        let mut waiting = vec![(their_name, our_name)];
        while let Some((their_name, our_name)) = waiting.pop() {
            if self.pairs.insert((their_name, our_name)) {
                let theirs = their_shape(self.theirs, their_name);
                let ours = our_shape(self.ours, our_name);
                waiting.extend(self.shapes(their_name, &theirs, &ours));
            }
        }
    }

    /// Looks for one like this type of QEMU's that nothing there leads to: what did was excluded by a condition.
    fn unreached(&mut self, their_name: &'a str) {
        if self.pairs.iter().any(|(theirs, _)| *theirs == their_name) {
            return;
        }
        let types = self.ours.iter().filter(|(_, entry)| is_type(entry));
        for (our_name, _) in types {
            let mut attempt = Comparison::new(self.theirs, self.ours);
            attempt.follow(their_name, our_name);
            if attempt.differences.is_empty() {
                self.pairs.extend(attempt.pairs);
                return;
            }
        }
        let difference = format!("{their_name}: nothing like that is in ours");
        self.differences.push(difference);
    }

    /// Notes whether QEMU has a part of ours, which it must, unless a condition excludes it.
    fn part(&mut self, name: &str, place: &str, cond: Option<&'a Cond>, present: bool) {
        match cond {
            Some(cond) => self.conditions.push((cond, present)),
            None if present => {}
            None => self.differences.push(format!(
                "{name}: QEMU has no {place}, which has no condition"
            )),
        }
    }

    /// Compares two entries and answers which further ones have to be the same.
    fn shapes(
        &mut self,
        name: &str,
        theirs: &Shape<'a>,
        ours: &Shape<'a>,
    ) -> Vec<(&'a str, &'a str)> {
        if theirs.head != ours.head {
            let difference = format!("{name}: {} in QEMU, {} in ours", theirs.head, ours.head);
            self.differences.push(difference);
            return Vec::new();
        }
        for (place, part) in &ours.parts {
            // A mark of something that is not there is not there either.
            let present = theirs.parts.contains_key(place);
            let holder = ours.parts.iter().find(|(holder, part)| {
                part.cond.is_some() && place.starts_with(&format!("{holder} "))
            });
            match holder {
                Some((holder, _)) if !theirs.parts.contains_key(holder) => {}
                _ => self.part(name, place, part.cond, present),
            }
        }
        let mut further = Vec::new();
        for (place, part) in &theirs.parts {
            match (part.ty, ours.parts.get(place)) {
                (_, None) => self.differences.push(format!("{name}: no {place} in ours")),
                (Some(theirs), Some(Part { ty: Some(ours), .. })) => further.push((theirs, *ours)),
                (None, Some(Part { ty: None, .. })) => {}
                _ => self
                    .differences
                    .push(format!("{name}: {place} has a type on one side only")),
            }
        }
        further
    }
}

/// The symbols that a build must define, or must not, if it fulfils a condition, or does not.
fn settle<'a>(symbols: &mut BTreeMap<&'a str, bool>, cond: &'a Cond, holds: bool) {
    match (cond, holds) {
        (Cond::Symbol(symbol), _) => drop(symbols.insert(symbol, holds)),
        (Cond::Not(operand), _) => settle(symbols, operand, !holds),
        (Cond::All(operands), true) | (Cond::Any(operands), false) => operands
            .iter()
            .for_each(|operand| settle(symbols, operand, holds)),
        (Cond::All(_), false) | (Cond::Any(_), true) => {}
    }
}

#[test]
fn what_qemu_tells_of_itself_is_in_ours_and_what_is_more_in_ours_has_a_condition() {
    let Some((theirs, ours)) = both() else { return };
    let theirs = theirs.iter().map(|it| (text(it, "name"), it)).collect();
    let ours = ours
        .entries
        .iter()
        .map(|it| (it.name.as_str(), it))
        .collect();
    let comparison = compare(&theirs, &ours);
    assert!(
        comparison.differences.is_empty(),
        "{}",
        comparison.differences.join("\n")
    );
    assert!(theirs.len() > 500, "QEMU tells of {} things", theirs.len());
}

#[test]
fn for_the_symbols_of_its_build_qemu_answers_exactly_as_we_do() {
    let Some((theirs, introspection)) = both() else {
        return;
    };
    let their_names = theirs.iter().map(|it| (text(it, "name"), it)).collect();
    let entries = introspection.entries.iter();
    let our_names = entries.map(|it| (it.name.as_str(), it)).collect();
    let conditions = compare(&their_names, &our_names).conditions;
    let mut symbols = BTreeMap::new();
    for (cond, holds) in &conditions {
        settle(&mut symbols, cond, *holds);
    }
    let is_defined = |symbol: &str| symbols.get(symbol).copied().unwrap_or(false);
    for (cond, holds) in &conditions {
        assert_eq!(
            cond.evaluate(&is_defined),
            *holds,
            "{cond} with {symbols:?}"
        );
    }
    let built = introspection.clone().evaluate(&is_defined);
    for (ours, theirs) in built.entries.iter().zip(&theirs) {
        let ours: Value = serde_json::from_str(&ours.to_string()).expect("it is JSON");
        assert_eq!(&ours, theirs);
    }
    assert_eq!(built.entries.len(), theirs.len());
}
