//! Whatever a user writes into the configuration, the answer is code or an error.

use qapi_codegen::{Conditions, Config, Part};
use qapi_parser::{Checked, Loader, MemoryReader, Schema};

/// One definition of each kind, and conditions.
const SCHEMA: &str = "
{ 'enum': 'Kind', 'data': [ 'a', { 'name': 'b', 'if': 'COND' } ] }
{ 'struct': 'Thing', 'data': { 'name': 'str', '*size': 'int', 'kinds': [ 'Kind' ] } }
{ 'union': 'Board', 'base': { 'id': 'str', 'kind': 'Kind' }, 'discriminator': 'kind',
  'data': { 'a': 'Thing', 'b': { 'type': 'Thing', 'if': 'COND' } } }
{ 'alternate': 'Either', 'data': { 'text': 'str', 'thing': 'Thing' } }
{ 'command': 'get-board', 'data': { 'name': 'str', '*either': 'Either' }, 'returns': 'Board' }
{ 'event': 'GONE', 'data': { 'board': 'Board' } }
";

/// Patterns that fit something of each kind.
const PATTERNS: [&str; 6] = [
    "*",
    "*.*",
    "*.*.*",
    "Thing.name",
    "Board.branch",
    "get-board.return",
];

/// Texts that are something to Rust, but not what is asked for, and texts that are nothing.
const TEXTS: [&str; 40] = [
    "",
    " ",
    "_",
    "a",
    "A",
    "Self",
    "self",
    "crate",
    "type",
    "r#type",
    "r#",
    "'a",
    "'_",
    "1",
    "1a",
    "a b",
    "a::b",
    "::a",
    "a::",
    "<T>::A",
    "Vec<u8>",
    "&'_ str",
    "&str",
    "dyn A + B",
    "impl A",
    "[u8; 4]",
    "fn(u8) -> u8",
    "!",
    "(",
    ")",
    "}",
    "]",
    "\"",
    "/*",
    "//",
    "#[a]",
    "#![a]",
    "\u{1f980}",
    "\n\0",
    "*.**.*..",
];

fn schema() -> Checked<Schema> {
    let reader = MemoryReader::from_iter([("schema.json", SCHEMA)]);
    let mut loader = Loader::new();
    let schema = loader.reader(Box::new(reader)).load("schema.json");
    schema.expect("it is right")
}

/// Expands; what comes out must be Rust, or a message.
fn expand(schema: &Checked<Schema>, configure: impl FnOnce(&mut Config) -> &mut Config) {
    let mut config = Config::new();
    configure(&mut config);
    match config.expand(schema) {
        Ok(code) => assert!(syn::parse_file(&code).is_ok(), "{config:?}"),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

#[test]
fn any_code_by_any_pattern_is_answered() {
    let schema = schema();
    for text in TEXTS {
        for pattern in PATTERNS {
            expand(&schema, |config| config.name(pattern, text));
            expand(&schema, |config| config.derive(pattern, text));
            expand(&schema, |config| config.attribute(pattern, text));
            expand(&schema, |config| config.replace(pattern, text));
        }
    }
}

#[test]
fn any_text_in_the_other_settings_is_answered() {
    let schema = schema();
    for text in TEXTS {
        expand(&schema, |config| config.service(text));
        expand(&schema, |config| config.commands([text]));
        expand(&schema, |config| config.events([text]));
        expand(&schema, |config| config.delimited(text));
        expand(&schema, |config| config.name(text, "Name"));
        expand(&schema, |config| config.cond(text, true));
        expand(&schema, |config| config.cond_file(text));
        expand(&schema, |config| {
            config.conditions(Conditions::Cfg).cond_cfg("COND", text)
        });
    }
}

#[test]
fn any_combination_of_parts_is_code() {
    let schema = schema();
    let parts = [
        Part::Types,
        Part::Server,
        Part::Client,
        Part::Events,
        Part::Introspection,
    ];
    for chosen in 0..1_u32 << parts.len() {
        let chosen = (0..parts.len()).filter(|index| chosen & (1 << index) != 0);
        let chosen: Vec<_> = chosen.map(|index| parts[index]).collect();
        for conditions in [Conditions::Evaluate, Conditions::Cfg, Conditions::Keep] {
            expand(&schema, |config| {
                config.conditions(conditions).parts(chosen.iter().copied())
            });
        }
    }
}
