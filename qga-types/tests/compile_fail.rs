//! Programs that must not compile, because the next release of the interface
//! would break them.
//!
//! `TRYBUILD=overwrite` accepts what the compiler says now.

// With a second version the compiler tells types apart by longer names.
#![cfg(not(any(
    feature = "v0_15",
    feature = "v1_1",
    feature = "v1_5",
    feature = "v2_3",
    feature = "v3_1"
)))]

#[test]
fn growing_types_are_used_as_such() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
