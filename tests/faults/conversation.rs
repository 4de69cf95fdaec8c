//! A conversation that is had again and again, each time with another fault.

use serde_json::json;

use crate::faults::Fault;
use crate::points::{self, Point};
use crate::stage::{Meddler, Report, Stage, Talk, wait_until};

/// Something that clients do.
pub(crate) trait Conversation {
    /// What the client remembers of it.
    type Memory;

    /// A place where agents can be asked for this.
    fn stage(&self) -> Stage;

    /// Says everything; goes on after errors as far as that makes sense.
    fn run(&self, stage: &Stage, talk: &mut Talk) -> Self::Memory;

    /// Checks what is on the disk, once there is no agent.
    fn check(&self, stage: &Stage, memory: &Self::Memory);

    /// Checks what the next agent has done without any fault.
    fn check_again(&self, stage: &Stage, before: &Self::Memory, memory: &Self::Memory);
}

/// How many agents are meddled with at a time: mostly they wait.
const AT_A_TIME: usize = 4;

/// Has the conversation with each of the chosen faults.
pub(crate) fn survives<C: Conversation + Sync>(name: &str, conversation: &C) {
    survives_each(name, conversation, AT_A_TIME);
}

/// Has it with so many agents at a time.
pub(crate) fn survives_each<C: Conversation + Sync>(
    name: &str,
    conversation: &C,
    at_a_time: usize,
) {
    let clean = try_point(conversation, &Point::nowhere());
    let points = points::choose(&clean.calls);
    let tally = points::try_all(&points, at_a_time, |point| {
        try_point(conversation, point).hit.is_some()
    });
    tally.tell(name, clean.calls.len());
}

/// Has the conversation with one fault, and once more with the next agent.
fn try_point<C: Conversation>(conversation: &C, point: &Point) -> Report {
    let stage = conversation.stage();
    let mut agent = stage.start();
    let descriptors = agent.descriptors();
    let meddler = Meddler::begin(agent.pid(), point, None);
    let mut talk = Talk::with(&stage.socket());
    let memory = conversation.run(&stage, &mut talk);
    let lost = talk.lost;
    talk.finish();
    let report = meddler.end();
    if report.hit == Some(agent.pid()) && point.fault == Fault::Kill {
        assert!(agent.ends(), "the agent outlives SIGKILL");
    } else {
        assert!(agent.is_running(), "the agent has ended:\n{}", stage.log());
        let answer = Talk::with(&stage.socket()).call("guest-ping", json!({}));
        assert!(
            answer.is_some(),
            "the next client is not served:\n{}",
            stage.log()
        );
        // Of a handle that the client was not told, it cannot rid the agent.
        let is_free =
            || agent.descriptors().len() <= descriptors.len() + lost && agent.children().is_empty();
        assert!(
            wait_until(is_free),
            "{:?} and not {descriptors:?}, children: {}",
            agent.descriptors(),
            agent.children(),
        );
    }
    agent.kill();
    conversation.check(&stage, &memory);

    let next = stage.start();
    let mut talk = Talk::with(&stage.socket());
    let again = conversation.run(&stage, &mut talk);
    assert_eq!(talk.lost, 0, "nobody meddles any more");
    talk.finish();
    next.kill();
    conversation.check(&stage, &again);
    conversation.check_again(&stage, &memory, &again);
    report
}
