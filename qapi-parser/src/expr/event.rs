//! Events.

use crate::ast::Object;
use crate::source::Name;

use super::Cx;
use super::command::lift_arguments;
use super::member::Members;

/// An event, its references not looked up.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// What it carries.
    pub(crate) data: Members,
}

/// Lifts an event.
pub(super) fn lift_event(cx: &mut Cx, name: &Name, object: &Object) -> Option<Event> {
    lift_arguments(cx, name, object).map(|data| Event { data })
}
