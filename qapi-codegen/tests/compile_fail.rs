//! Programs that must not compile, and what their authors read.
//!
//! `TRYBUILD=overwrite` accepts what the compiler says now.

#[test]
fn generated_types_are_used_in_full() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
