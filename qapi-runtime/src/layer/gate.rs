//! Refusing commands before they get to the service.

use std::collections::BTreeSet;

use crate::error::Error;
use crate::service::{AsyncService, Call, CommandInfo, Outcome, Service};
use crate::upload::{Opening, Upload, UploadInfo};

/// Says which commands of a service may be used now.
///
/// A function does it too, here for a service that has been told to stop:
///
/// ```
/// # use qapi_runtime::Error;
/// # use qapi_runtime::layer::Policy;
/// # fn is_policy<S>(policy: impl Policy<S>) {}
/// # struct Machine { stopping: bool }
/// is_policy(|machine: &Machine, command: &str| {
///     if machine.stopping && command != "ping" {
///         return Err(Error::command_disabled(command, "the service stops"));
///     }
///     Ok(())
/// });
/// ```
pub trait Policy<S: ?Sized> {
    /// Whether `service` may be given a call of `command`.
    ///
    /// # Errors
    /// It may not: what the client is told, which mostly is an
    /// [`Error::command_disabled`].
    fn check(&mut self, service: &S, command: &str) -> Result<(), Error>;
}

impl<S: ?Sized, F: FnMut(&S, &str) -> Result<(), Error>> Policy<S> for F {
    fn check(&mut self, service: &S, command: &str) -> Result<(), Error> {
        self(service, command)
    }
}

/// A service behind a policy.
///
/// A call that the policy does not let pass is refused before its arguments are
/// looked at. One of a command that the service does not have passes in any
/// case, so that the client learns that it is not found, which is another
/// answer than refused.
#[derive(Debug, Clone)]
pub struct Gate<S, P> {
    service: S,
    policy: P,
}

impl<S, P> Gate<S, P> {
    /// Puts `service` behind `policy`.
    pub fn new(service: S, policy: P) -> Self {
        Self { service, policy }
    }

    /// What is behind the gate.
    pub fn get_ref(&self) -> &S {
        &self.service
    }

    /// What is behind the gate, to be changed.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.service
    }

    /// What is behind the gate, without it.
    pub fn into_inner(self) -> S {
        self.service
    }
}

impl<S, P: Policy<S>> Gate<S, P> {
    /// Lets `command` pass, or not; `commands` are those that there are.
    fn check(&mut self, command: &str, commands: &[CommandInfo]) -> Result<(), Error> {
        let Err(refusal) = self.policy.check(&self.service, command) else {
            return Ok(());
        };
        // Few calls are refused, so this is where the list is gone through.
        match commands.iter().any(|known| known.name == command) {
            true => Err(refusal),
            false => Ok(()),
        }
    }
}

impl<S: Service, P: Policy<S>> Service for Gate<S, P> {
    fn commands(&self) -> &'static [CommandInfo] {
        self.service.commands()
    }

    fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error> {
        self.check(call.command(), self.commands())?;
        self.service.call(call)
    }

    fn uploads(&self) -> &'static [UploadInfo] {
        self.service.uploads()
    }

    fn upload(&mut self, opening: &Opening<'_>) -> Option<Box<dyn Upload>> {
        self.check(opening.command(), self.commands()).ok()?;
        self.service.upload(opening)
    }
}

impl<S: AsyncService + Send, P: Policy<S> + Send> AsyncService for Gate<S, P> {
    fn commands(&self) -> &'static [CommandInfo] {
        self.service.commands()
    }

    async fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error> {
        self.check(call.command(), self.commands())?;
        self.service.call(call).await
    }
}

/// The policy that lets the commands on a list pass, and no others.
#[derive(Debug, Clone, Default)]
pub struct Allow(Commands);

impl Allow {
    /// Lets `commands` pass.
    pub fn new<C: Into<String>>(commands: impl IntoIterator<Item = C>) -> Self {
        Self(Commands::new(commands))
    }

    /// The commands on the list that `service` does not have, which may be misspelt.
    pub fn unknown<'a>(&'a self, service: &impl Service) -> impl Iterator<Item = &'a str> {
        self.0.unknown(service.commands())
    }
}

impl<S: ?Sized> Policy<S> for Allow {
    fn check(&mut self, _: &S, command: &str) -> Result<(), Error> {
        match self.0.contain(command) {
            true => Ok(()),
            false => Err(not_allowed(command)),
        }
    }
}

/// The policy that refuses the commands on a list, and no others.
///
/// What a later schema brings is not on the list and passes; an [`Allow`] is
/// safer where that matters. So is a look at [`unknown`](Self::unknown): a
/// misspelt name blocks nothing.
#[derive(Debug, Clone, Default)]
pub struct Block(Commands);

impl Block {
    /// Refuses `commands`.
    pub fn new<C: Into<String>>(commands: impl IntoIterator<Item = C>) -> Self {
        Self(Commands::new(commands))
    }

    /// The commands on the list that `service` does not have, which may be misspelt.
    pub fn unknown<'a>(&'a self, service: &impl Service) -> impl Iterator<Item = &'a str> {
        self.0.unknown(service.commands())
    }
}

impl<S: ?Sized> Policy<S> for Block {
    fn check(&mut self, _: &S, command: &str) -> Result<(), Error> {
        match self.0.contain(command) {
            true => Err(not_allowed(command)),
            false => Ok(()),
        }
    }
}

/// What QEMU's guest agent says of a command that its administrator has switched off.
fn not_allowed(command: &str) -> Error {
    Error::command_disabled(command, "the command is not allowed")
}

/// A list of commands.
#[derive(Debug, Clone, Default)]
struct Commands(BTreeSet<String>);

impl Commands {
    fn new<C: Into<String>>(names: impl IntoIterator<Item = C>) -> Self {
        Self(names.into_iter().map(Into::into).collect())
    }

    fn contain(&self, command: &str) -> bool {
        self.0.contains(command)
    }

    fn unknown(&self, known: &'static [CommandInfo]) -> impl Iterator<Item = &str> {
        let names = self.0.iter().map(String::as_str);
        names.filter(|name| !known.iter().any(|known| known.name == *name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::Empty;
    use crate::session::Session;

    /// Has two commands, of which neither wants arguments.
    struct Lamp {
        broken: bool,
    }

    impl Service for Lamp {
        fn commands(&self) -> &'static [CommandInfo] {
            const { &[CommandInfo::new("on"), CommandInfo::new("off")] }
        }

        fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error> {
            match call.command() {
                "on" | "off" => call.answer(|Empty {}| Ok(Empty {})),
                _ => call.not_found(),
            }
        }
    }

    const LAMP: Lamp = Lamp { broken: false };

    /// What a call of `command` with an argument that does not exist is answered.
    fn answer(service: &mut impl Service, command: &str) -> String {
        let request = format!("{{'execute': '{command}', 'arguments': {{'x': 1}}}}");
        let reply = Session::new().feed(request.as_bytes(), service);
        String::from_utf8(reply).unwrap()
    }

    const PASSED: &str = "Parameter 'x' is unexpected";
    const REFUSED: &str = "has been disabled: the command is not allowed";
    const NOT_FOUND: &str = "The command dim has not been found";

    #[track_caller]
    fn answers(mut service: impl Service, expected: [(&str, &str); 3]) {
        for (command, expected) in expected {
            let answer = answer(&mut service, command);
            assert!(answer.contains(expected), "{command}: {answer}");
        }
    }

    #[test]
    fn only_what_is_allowed_passes() {
        answers(
            Gate::new(LAMP, Allow::new(["on", "dim"])),
            [("on", PASSED), ("off", REFUSED), ("dim", NOT_FOUND)],
        );
        answers(
            Gate::new(LAMP, Allow::default()),
            [("on", REFUSED), ("off", REFUSED), ("dim", NOT_FOUND)],
        );
    }

    #[test]
    fn only_what_is_blocked_is_refused() {
        answers(
            Gate::new(LAMP, Block::new(["on", "dim"])),
            [("on", REFUSED), ("off", PASSED), ("dim", NOT_FOUND)],
        );
        answers(
            Gate::new(LAMP, Block::default()),
            [("on", PASSED), ("off", PASSED), ("dim", NOT_FOUND)],
        );
    }

    #[test]
    fn gates_stand_behind_one_another() {
        let inner = Gate::new(LAMP, Block::new(["on"]));
        answers(
            Gate::new(inner, Allow::new(["on"])),
            [("on", REFUSED), ("off", REFUSED), ("dim", NOT_FOUND)],
        );
    }

    #[test]
    fn a_function_asks_the_service() {
        let policy = |lamp: &Lamp, command: &str| match lamp.broken {
            true => Err(Error::command_disabled(command, "the lamp is broken")),
            false => Ok(()),
        };
        let mut gate = Gate::new(LAMP, policy);
        assert!(answer(&mut gate, "on").contains(PASSED));
        gate.get_mut().broken = true;
        let refusal = "Command on has been disabled: the lamp is broken";
        assert!(answer(&mut gate, "on").contains(refusal));
    }

    #[test]
    fn misspelt_commands_are_told() {
        let (allow, block) = (Allow::new(["onn", "off"]), Block::new(["on", "offf"]));
        assert!(allow.unknown(&LAMP).eq(["onn"]));
        assert!(block.unknown(&LAMP).eq(["offf"]));
    }

    #[tokio::test]
    async fn asynchronous_services_have_gates_too() {
        struct Lantern;

        impl AsyncService for Lantern {
            fn commands(&self) -> &'static [CommandInfo] {
                Service::commands(&LAMP)
            }

            async fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error> {
                Service::call(&mut { LAMP }, call)
            }
        }

        let mut gate = Gate::new(Lantern, Block::new(["on"]));
        let mut session = Session::new();
        for (command, expected) in [("on", REFUSED), ("off", "{}"), ("dim", NOT_FOUND)] {
            let request = format!("{{'execute': '{command}'}}");
            let mut input = request.as_bytes();
            let reply = session.next_reply_async(&mut input, &mut gate).await;
            let reply = String::from_utf8_lossy(reply.unwrap());
            assert!(reply.contains(expected), "{command}: {reply}");
        }
    }
}
