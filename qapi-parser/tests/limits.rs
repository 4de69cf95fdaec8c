//! Large and odd schemas: nothing takes quadratic time, nothing overflows the
//! stack, and nothing panics.

use std::fmt::Write as _;

use qapi_parser::{Checked, Dialect, Error, Loader, MemoryReader, Schema};

/// More definitions than any schema has, and enough for quadratic work to show.
const MANY: usize = 100_000;

/// Enough for quadratic work to show, where a definition is more work to read.
const SOME: usize = 10_000;

fn load_as(dialect: Dialect, text: &str) -> Result<Checked<Schema>, Error> {
    let reader = MemoryReader::from_iter([("schema.json", text)]);
    let mut loader = Loader::new();
    loader.dialect(dialect).reader(Box::new(reader));
    loader.load("schema.json")
}

fn load(text: &str) -> Result<Checked<Schema>, Error> {
    load_as(Dialect::Current, text)
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).fold(String::new(), |mut text, line| {
        writeln!(text, "{line}").expect("a String takes any text");
        text
    })
}

#[test]
fn many_definitions_load() {
    let schema = lines(MANY / 4, |i| {
        format!(
            "{{ 'struct': 'S{i}a', 'data': {{ 'next': 'S{}a', 'e': 'E{i}a' }} }}\n\
             {{ 'enum': 'E{i}a', 'data': [ 'a', 'b' ] }}\n\
             {{ 'union': 'U{i}a', 'base': 'S{i}a', 'discriminator': 'e', 'data': {{ 'a': 'T{i}a' }} }}\n\
             {{ 'struct': 'T{i}a', 'data': {{ 'x': [ 'U{i}a' ] }} }}",
            (i + 1) % (MANY / 4)
        )
    });
    assert_eq!(
        load(&schema).expect("all is well").definitions().count(),
        MANY
    );
}

#[test]
fn long_chains_of_bases_end_in_a_report() {
    let schema = lines(SOME, |i| {
        format!(
            "{{ 'struct': 'S{i}a', 'base': 'S{}a', 'data': {{ 'm{i}': 'int' }} }}",
            i + 1
        )
    });
    let error = load(&(schema + &format!("{{ 'struct': 'S{SOME}a', 'data': {{}} }}")));
    let messages: Vec<_> = error
        .expect_err("too deep")
        .diagnostics()
        .iter()
        .map(|it| it.message.clone())
        .collect();
    assert!(
        messages[0].starts_with("bases and branches nest more than 256"),
        "{}",
        messages[0]
    );
    assert!(messages.len() <= SOME / 200, "{} reports", messages.len());
}

#[test]
fn chains_within_the_limit_load() {
    let schema = lines(255, |i| {
        format!(
            "{{ 'struct': 'S{i}a', 'base': 'S{}a', 'data': {{ 'm{i}': 'int' }} }}",
            i + 1
        )
    });
    let schema = load(&(schema + "{ 'struct': 'S255a', 'data': {} }")).expect("256 levels");
    let outermost = schema.find("S0a").expect("it is defined");
    assert_eq!(schema.object_members(outermost).len(), 255);
}

#[test]
fn loop_through_many_definitions_is_one_report() {
    let schema = lines(SOME, |i| {
        format!(
            "{{ 'struct': 'S{i}a', 'base': 'S{}a', 'data': {{}} }}",
            (i + 1) % SOME
        )
    });
    let error = load(&schema).expect_err("they contain each other");
    assert_eq!(error.diagnostics()[0].message, "`S0a` contains itself");
}

#[test]
fn many_unknown_types_end_in_a_report() {
    let schema = lines(SOME, |i| {
        format!("{{ 'struct': 'S{i}a', 'data': {{ 'x': 'T{i}a' }} }}")
    });
    let error = load(&schema).expect_err("no type exists");
    assert!(error.diagnostics().len() >= 50);
}

#[test]
fn large_base_of_many_unions_is_compared_once() {
    let members = lines(MANY / 10, |i| format!("'m{i}': 'int', "));
    let mut schema = format!("{{ 'struct': 'Base', 'data': {{ {members} 'kind': 'Kind' }} }}");
    schema.push_str("{ 'enum': 'Kind', 'data': [ 'a' ] }");
    let members = lines(MANY / 10, |i| format!("'n{i}': 'int', "));
    schema.push_str(&format!(
        "{{ 'struct': 'Branch', 'data': {{ {members} 'last': 'int' }} }}"
    ));
    schema.push_str(&lines(MANY / 10, |i| {
        format!(
            "{{ 'union': 'U{i}a', 'base': 'Base', 'discriminator': 'kind', 'data': {{ 'a': 'Branch' }} }}\n\
             {{ 'command': 'c{i}', 'data': 'Base' }}"
        )
    }));
    load(&schema).expect("all is well");
}

#[test]
fn large_union_in_many_unions_is_walked_once() {
    let values = lines(MANY / 10, |i| format!("'v{i}', "));
    let branches = lines(MANY / 10, |i| format!("'v{i}': 'B{i}a', "));
    let mut schema = format!(
        "{{ 'enum': 'Kind', 'data': [ {values} 'last' ] }}\n{{ 'struct': 'Last', 'data': {{}} }}\n\
         {{ 'union': 'Wide', 'base': {{ 'kind': 'Kind' }}, 'discriminator': 'kind',\n\
         'data': {{ {branches} 'last': 'Last' }} }}"
    );
    schema.push_str(&lines(MANY / 10, |i| {
        format!(
            "{{ 'struct': 'B{i}a', 'data': {{ 'b{i}': 'int' }} }}\n\
             {{ 'union': 'U{i}a', 'base': {{ 'outer': 'Kind' }}, 'discriminator': 'outer', \
             'data': {{ 'last': 'Wide' }} }}"
        )
    }));
    load(&schema).expect("all is well");
}

#[test]
fn wide_definitions_load() {
    let values = lines(MANY, |i| format!("'v{i}', "));
    let branches = lines(MANY, |i| format!("'v{i}': 'Empty', "));
    let schema = format!(
        "{{ 'enum': 'Kind', 'data': [ {values} 'last' ] }}\n{{ 'struct': 'Empty', 'data': {{}} }}\n\
         {{ 'union': 'Wide', 'base': {{ 'kind': 'Kind' }}, 'discriminator': 'kind',\n\
         'data': {{ {branches} 'last': 'Empty' }} }}"
    );
    let schema = load(&schema).expect("all is well");
    let wide = schema
        .find("Wide")
        .and_then(|id| schema.union_(id))
        .expect("it is a union");
    assert_eq!(wide.branches.len(), MANY + 1);
}

#[test]
fn many_wrong_branches_end_in_a_report() {
    let values = lines(MANY / 10, |i| format!("'v{i}', "));
    let branches = lines(MANY / 10, |i| format!("'w{i}': 'Empty', "));
    let schema = format!(
        "{{ 'enum': 'Kind', 'data': [ {values} 'last' ] }}\n{{ 'struct': 'Empty', 'data': {{}} }}\n\
         {{ 'union': 'Wide', 'base': {{ 'kind': 'Kind' }}, 'discriminator': 'kind',\n\
         'data': {{ {branches} 'last': 'Empty' }} }}"
    );
    let error = load(&schema).expect_err("no such values");
    assert!(error.diagnostics().len() >= 50);
}

#[test]
fn exceptions_of_pragmas_are_taken_over_once() {
    let names = lines(SOME, |i| format!("'command_{i}', "));
    let list = format!("{{ 'pragma': {{ 'command-name-exceptions': [ {names} 'last' ] }} }}\n");
    let others = lines(SOME, |_| {
        "{ 'pragma': { 'doc-required': false } }".to_owned()
    });
    load(&(list + &others + "{ 'command': 'command_0' }")).expect("all is well");
}

/// Expressions with every key and shape, to be broken piece by piece.
const SOUND: &str = "\
{ 'enum': 'Kind', 'data': [ 'a', { 'name': 'b', 'if': 'B', 'features': [ 'f' ] } ], 'prefix': 'K' }
{ 'struct': 'Base', 'data': { 'kind': 'Kind', '*n': [ 'int' ] }, 'if': { 'all': [ 'A', { 'not': 'B' } ] } }
{ 'struct': 'Sub', 'base': 'Base', 'data': { 'x': { 'type': 'str', 'features': [ 'deprecated' ] } } }
{ 'union': 'Either', 'base': 'Base', 'discriminator': 'kind', 'data': { 'a': 'Other', 'b': { 'type': 'Other' } } }
{ 'struct': 'Other', 'data': { 'self': [ 'Either' ], 'q': 'QType' } }
{ 'alternate': 'Any', 'data': { 'o': 'Other', 's': 'str', 'l': { 'type': [ 'str' ], 'if': 'L' } } }
{ 'command': 'run', 'data': { 'what': 'Any' }, 'returns': [ 'Sub' ], 'allow-oob': true, 'gen': false }
{ 'event': 'RAN', 'data': 'Either', 'boxed': true, 'features': [ { 'name': 'f', 'if': 'F' } ] }
";

#[test]
fn no_change_of_a_token_panics() {
    let tokens: Vec<&str> = SOUND.split_inclusive([' ', '\n']).collect();
    let replacements = [
        "",
        "true ",
        "[] ",
        "{} ",
        "'Kind' ",
        "'' ",
        "'Base' ",
        "'type' ",
        "'*a': 'Either' ",
    ];
    for dialect in [Dialect::Current, Dialect::Historical] {
        load_as(dialect, SOUND).expect("unbroken, it is sound");
        for at in 0..tokens.len() {
            for replacement in replacements {
                let mut broken = tokens.clone();
                broken[at] = replacement;
                if let Err(error) = load_as(dialect, &broken.concat()) {
                    assert!(!error.to_string().is_empty());
                }
            }
            let mut swapped = tokens.clone();
            swapped.swap(at, (at * 7 + 3) % tokens.len());
            drop(load_as(dialect, &swapped.concat()));
        }
    }
}
