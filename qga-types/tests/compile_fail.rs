//! Programs that must not compile, because the next release of the interface
//! would break them.
//!
//! `TRYBUILD=overwrite` accepts what the compiler says now.

#[test]
fn growing_types_are_used_as_such() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
