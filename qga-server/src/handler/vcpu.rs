//! guest-get-vcpus: the processors.

use qapi_runtime::Error;
use qga_types::GuestLogicalProcessor;

use crate::Agent;
use crate::sys::cpus::{self, Processor};

/// Every processor, and whether it can be switched off.
pub(crate) fn get_vcpus(agent: &Agent) -> Result<Vec<GuestLogicalProcessor>, Error> {
    let processors = cpus::list(&agent.settings.root)?;
    Ok(processors.into_iter().map(answer).collect())
}

fn answer(processor: Processor) -> GuestLogicalProcessor {
    GuestLogicalProcessor::new(processor.number, processor.online)
        .can_offline(processor.can_offline)
}
