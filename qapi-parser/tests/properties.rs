//! Whatever the input, loading ends in a schema or in a report, never in a panic.

use proptest::collection::vec;
use proptest::prelude::*;
use qapi_parser::{Dialect, Loader, MemoryReader};

/// Loads a text in both dialects, and prints the report if there is one.
fn load(text: &str) {
    for dialect in [Dialect::Current, Dialect::Historical] {
        let files = MemoryReader::from_iter([("root.json", text)]);
        let loaded = Loader::new()
            .dialect(dialect)
            .reader(Box::new(files))
            .load("root.json");
        if let Err(error) = loaded {
            assert!(!error.diagnostics().is_empty());
            assert!(error.to_string().starts_with("error: "));
        }
    }
}

/// Pieces of schemas: put together at random, they get further than random text.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "'",
    "\n",
    "\t",
    "\r",
    "#",
    "##\n",
    "# ",
    "# @a: b\n",
    "# @Aa:\n",
    "# Features:\n",
    "# Since: 1.0\n",
    "#   x\n",
    "true",
    "false",
    "'a'",
    "'Aa'",
    "'*a'",
    "'int'",
    "'str'",
    "'struct'",
    "'type'",
    "'enum'",
    "'union'",
    "'alternate'",
    "'command'",
    "'event'",
    "'include'",
    "'root.json'",
    "'pragma'",
    "'data'",
    "'base'",
    "'discriminator'",
    "'if'",
    "'all'",
    "'not'",
    "'features'",
    "'name'",
    "'returns'",
    "'boxed'",
    "'gen'",
    "\\",
    "\\u0041",
    "'**'",
    "'a && !b'",
    "é",
    "\u{feff}",
    "\0",
    "1",
];

/// Definitions with holes for types and conditions.
const DEFINITIONS: &[&str] = &[
    "{ 'struct': 'Aa', 'data': { 'a': T, '*b': T } }\n",
    "{ 'struct': 'Ba', 'base': T, 'data': {} }\n",
    "{ 'enum': 'Ea', 'data': [ 'a', 'b' ] }\n",
    "{ 'union': 'Ua', 'base': { 'e': T }, 'discriminator': 'e', 'data': { 'a': T } }\n",
    "{ 'union': 'Va', 'data': { 'a': T, 'b': T } }\n",
    "{ 'alternate': 'La', 'data': { 'a': T, 'b': T } }\n",
    "{ 'command': 'c', 'data': T, 'returns': T }\n",
    "{ 'event': 'F', 'data': T, 'boxed': true }\n",
    "##\n# @Aa:\n#\n# @a: T\n##\n",
];

const TYPES: &[&str] = &[
    "'int'",
    "'str'",
    "'any'",
    "'Aa'",
    "'Ba'",
    "'Ea'",
    "'Ua'",
    "'Va'",
    "'La'",
    "[ 'Aa' ]",
    "{ 'a': 'Ba' }",
];

proptest! {
    #[test]
    fn any_text_loads_or_is_refused(text in ".{0,200}") {
        load(&text);
    }

    #[test]
    fn any_pieces_load_or_are_refused(pieces in vec(prop::sample::select(PIECES), 0..40)) {
        load(&pieces.concat());
    }

    #[test]
    fn any_definitions_load_or_are_refused(
        definitions in vec((prop::sample::select(DEFINITIONS), vec(prop::sample::select(TYPES), 3)), 0..12),
    ) {
        let fill = |(definition, types): &(&str, Vec<&str>)| {
            types.iter().fold((*definition).to_owned(), |text, ty| text.replacen('T', ty, 1))
        };
        load(&definitions.iter().map(fill).collect::<String>());
    }
}
