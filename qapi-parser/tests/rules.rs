//! Every rule of the language has a check, a name and a case that breaks it.
//!
//! `ui/rules.txt` lists the rules by their numbers in the description of the
//! language: a line has the number, the name of the rule, a case in `ui/fail` and
//! the place that QEMU's own reader reports for it, with a column where it does so.

use std::collections::BTreeSet;
use std::path::Path;

use qapi_parser::Error;

mod case;

use case::load;

/// How many rules the description of the language numbers.
const RULES: u32 = 107;

/// The enums of what can be wrong, stage by stage.
const ERRORS: [&str; 5] = [
    include_str!("../src/load/error.rs"),
    include_str!("../src/ast/error.rs"),
    include_str!("../src/doc/error.rs"),
    include_str!("../src/expr/error.rs"),
    include_str!("../src/schema/error.rs"),
];

/// What takes more than a case has: a hundred files, and 4 GiB of schema.
const WITHOUT_CASE: [&str; 2] = ["IncludeTooDeep", "TooLarge"];

struct Row<'a> {
    number: u32,
    rule: &'a str,
    case: &'a str,
    place: &'a str,
}

fn rows(table: &str) -> Vec<Row<'_>> {
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    rows.map(|line| {
        let [number, rule, case, place] = line.split_whitespace().collect::<Vec<_>>()[..] else {
            panic!("a row has four columns: {line}");
        };
        let number = number.parse().expect("a row starts with a number");
        Row {
            number,
            rule,
            case,
            place,
        }
    })
    .collect()
}

fn error(case: &Path) -> Error {
    match load(case) {
        Ok(_) => panic!("{} loads", case.display()),
        Err(error) => error,
    }
}

/// The rule that the first report names, and its place in the form of `place`.
fn first(error: &Error, place: &str) -> (String, String) {
    let diagnostic = &error.diagnostics()[0];
    let rule = diagnostic.rule.clone().unwrap_or_default();
    let span = diagnostic.anchor.or(diagnostic.span);
    let Some(location) = span.and_then(|span| error.sources().location(span.start)) else {
        return (rule, "-".to_owned());
    };
    let place = match place.contains(':') {
        true => format!("{}:{}", location.line, location.column),
        false => location.line.to_string(),
    };
    (rule, place)
}

#[test]
fn every_rule_has_a_case_whose_first_report_it_is() {
    let table = include_str!("ui/rules.txt");
    let rows = rows(table);
    let mut wrong = Vec::new();
    for row in &rows {
        let error = error(Path::new(&format!("tests/ui/fail/{}.json", row.case)));
        let (rule, place) = first(&error, row.place);
        if (rule.as_str(), place.as_str()) != (row.rule, row.place) {
            let (number, case) = (row.number, row.case);
            wrong.push(format!("{number} {rule} {case} {place}\n{error}\n"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let numbers: BTreeSet<_> = rows.iter().map(|row| row.number).collect();
    let missing = (1..=RULES).filter(|number| !numbers.contains(number));
    assert_eq!(missing.collect::<Vec<_>>(), [0; 0]);
}

#[test]
fn every_error_has_a_case() {
    let folder = std::fs::read_dir("tests/ui/fail").expect("tests run in the folder of the crate");
    let paths = folder.map(|entry| entry.expect("the folder can be listed").path());
    let cases = paths.filter(|path| path.extension().is_some_and(|it| it == "json"));
    let mut shown: BTreeSet<_> = cases
        .flat_map(|case| error(&case).diagnostics().to_vec())
        .filter_map(|diagnostic| diagnostic.rule)
        .collect();
    shown.extend(
        error(Path::new("tests/ui/fail/no-such-file.json")).diagnostics()[0]
            .rule
            .clone(),
    );
    let missing = ERRORS
        .iter()
        .flat_map(|source| variants(source))
        .filter(|variant| {
            let is_shown = shown.iter().any(|rule| rule.ends_with(variant));
            !is_shown && !WITHOUT_CASE.contains(variant)
        });
    assert_eq!(missing.collect::<Vec<_>>(), [""; 0]);
}

/// The variants of the enum of errors in a source file.
fn variants(source: &str) -> Vec<&str> {
    let (_, rest) = source
        .split_once("Error {\n")
        .expect("the file has an enum of errors");
    let (body, _) = rest.split_once("\n}").expect("the enum ends");
    let lines = body.lines().filter_map(|line| line.strip_prefix("    "));
    let variants = lines.filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()));
    variants
        .map(|line| {
            line.split(|c: char| !c.is_alphanumeric())
                .next()
                .unwrap_or(line)
        })
        .filter(|variant| *variant != "Expected")
        .collect()
}
