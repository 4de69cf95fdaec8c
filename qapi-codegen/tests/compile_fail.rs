//! Programs that must not compile, and what their authors read.
//!
//! `TRYBUILD=overwrite` accepts what the compiler says now.

#[test]
fn generated_traits_are_answered_in_full() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
