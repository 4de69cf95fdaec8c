//! Which parts come out, and that the others need nothing but types.

use qapi_codegen::{Config, Part};
use qapi_parser::{Loader, MemoryReader};

/// What shows that a part is there.
const SIGNS: [(Part, &str); 5] = [
    (Part::Types, "pub struct Thing "),
    (Part::Server, "pub trait Service "),
    (Part::Client, "pub struct ServiceClient<"),
    (Part::Events, "pub enum ServiceEvent "),
    (Part::Introspection, "pub const INTROSPECTION: &str = r#\"["),
];

fn expand(config: &Config) -> String {
    let schema = "{ 'struct': 'Thing', 'data': { 'a': 'int' } }
                  { 'command': 'get', 'returns': 'Thing' }
                  { 'command': 'set', 'data': 'Thing' }
                  { 'event': 'GONE', 'data': 'Thing' }";
    let reader = MemoryReader::from_iter([("thing.json", schema)]);
    let mut loader = Loader::new();
    let schema = loader.reader(Box::new(reader)).load("thing.json");
    let schema = schema.expect("it is right");
    config.expand(&schema).expect("Rust can express it")
}

fn parts(code: &str) -> Vec<Part> {
    let found = SIGNS.iter().filter(|(_, sign)| code.contains(sign));
    found.map(|(part, _)| *part).collect()
}

#[test]
fn everything_but_introspection_comes_by_default() {
    assert_eq!(
        parts(&expand(&Config::new())),
        [Part::Types, Part::Server, Part::Client, Part::Events]
    );
}

#[test]
fn each_part_can_be_had_alone() {
    for (part, _) in SIGNS {
        assert_eq!(parts(&expand(Config::new().parts([part]))), [part]);
    }
    assert_eq!(parts(&expand(Config::new().parts([]))), []);
}

#[test]
fn introspection_tells_of_the_subset_only() {
    let mut config = Config::new();
    config.parts([Part::Introspection]).commands(["set"]);
    let code = expand(&config);
    assert!(code.contains("\"name\": \"set\""), "{code}");
    assert!(!code.contains("\"name\": \"get\""), "{code}");
    assert!(!code.contains("GONE"), "{code}");
}
