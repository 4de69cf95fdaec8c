//! Long texts.

use proc_macro2::Literal;

/// A text without escapes, for it is full of quotes, or so long that escaping it takes time.
pub(super) fn emit_raw(text: &str) -> Literal {
    let mut hashes = "#".to_owned();
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    let raw = format!("r{hashes}\"{text}\"{hashes}");
    raw.parse().unwrap_or_else(|_| Literal::string(text))
}
