//! Which definitions a client receives.
//!
//! What a client only sends can be closed, for it sends what it knows. What it
//! receives comes from a service that may be newer than its schema.

use std::collections::BTreeSet;

use qapi_parser::{DefinitionId, DefinitionKind};

use super::{Cx, reach};

/// The definitions that returns and events can carry, at any depth.
#[derive(Debug, Default)]
pub(crate) struct Received(BTreeSet<DefinitionId>);

impl Received {
    /// Finds them in what is left of the schema.
    pub(crate) fn find(cx: &Cx<'_>) -> Self {
        let roots = cx
            .kept()
            .filter_map(|(id, definition)| match &definition.kind {
                DefinitionKind::Command(command) => reach::returned(cx, id, command),
                DefinitionKind::Event(_) => Some(id),
                DefinitionKind::Enum(_)
                | DefinitionKind::Struct(_)
                | DefinitionKind::Union(_)
                | DefinitionKind::Alternate(_) => None,
            });
        Self(reach::from(cx, roots))
    }

    /// Whether a client may receive what `id` defines.
    pub(crate) fn contains(&self, id: DefinitionId) -> bool {
        self.0.contains(&id)
    }
}
