//! A client whose schema is older than the server: what it does not know must not disturb it.

#[cfg(corpus)]
mod claims;

#[cfg(corpus)]
use qapi_live::v7_2 as machine;

/// Whether the server may send members that the schema does not have.
#[cfg(corpus)]
const SERVER_IS_NEWER: bool = true;

#[cfg(corpus)]
#[test]
fn values_that_came_later_are_kept() {
    use machine::{MigrationCapability, MigrationCapabilityStatus};

    let Some((_qemu, qmp)) = claims::connect() else {
        return;
    };
    let mut client = machine::MachineClient::new(qmp);
    let capabilities = client.query_migrate_capabilities().expect("it has some");
    let is_known =
        |it: &MigrationCapabilityStatus| !matches!(it.capability, MigrationCapability::Other(_));
    let (known, later): (Vec<_>, Vec<_>) = capabilities.iter().partition(|it| is_known(it));
    assert!(known.len() >= 15, "{known:?}");
    let later: Vec<_> = later.iter().map(|it| it.capability.as_str()).collect();
    assert!(later.contains(&"mapped-ram"), "{later:?}");
}

#[cfg(not(corpus))]
#[test]
fn there_is_a_schema_to_generate_a_client_from() {
    qapi_tests::need::corpus();
}
