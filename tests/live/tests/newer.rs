//! A client whose schema is newer than the server: what only it knows must not disturb it.

#[cfg(corpus)]
mod claims;

#[cfg(corpus)]
use qapi_live::v10_2 as machine;

/// Whether the server may send members that the schema does not have.
#[cfg(corpus)]
const SERVER_IS_NEWER: bool = false;

#[cfg(not(corpus))]
#[test]
fn there_is_a_schema_to_generate_a_client_from() {
    qapi_tests::need::corpus();
}
