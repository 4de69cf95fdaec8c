//! What the settings let a user choose from.

/// What becomes of the conditions (`if`) of a schema.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Conditions {
    /// They are decided when the code is generated, by the symbols of
    /// [`Config::cond`](crate::Config::cond) and its kin. A symbol that nobody
    /// mentions is not defined, as in C.
    #[default]
    Evaluate,
    /// The compiler decides: everything that has a condition gets a `#[cfg]`.
    ///
    /// The symbol `CONFIG_LINUX` becomes `cfg(CONFIG_LINUX)`, which Cargo is
    /// told to expect and a build script defines by printing
    /// `cargo::rustc-cfg=CONFIG_LINUX`, unless
    /// [`Config::cond_cfg`](crate::Config::cond_cfg) says what to ask for
    /// instead. Symbols that [`Config::cond`](crate::Config::cond) and its kin
    /// mention are decided at once.
    ///
    /// Each item asks for what its own condition and those of its types need, so
    /// the code compiles in every combination. A constructor takes the required
    /// members that there are; a branch whose payload is not there is empty.
    Cfg,
    /// Everything is generated, whatever its condition. For tools and clients
    /// that talk to services of any build.
    Keep,
}

/// How much of the schema's documentation goes along.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Docs {
    /// Nothing. What comes from the schema has no documentation, which crates
    /// that warn of that have to allow.
    None,
    /// The first paragraph of each comment, and what is unstable.
    Summary,
    /// Everything, with links.
    #[default]
    Full,
}

/// A part of the generated code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Part {
    /// The types of the schema, of arguments and of event data. The other parts
    /// need them in scope.
    Types,
    /// The trait to implement, the table of commands, and what leads from a
    /// message to the trait.
    Server,
    /// The client.
    Client,
    /// The enum of all events, and the table of them.
    Events,
    /// The constant `INTROSPECTION`: what a server with this interface answers
    /// to `query-qmp-schema`, as JSON. The runtime's `client::Introspection`
    /// reads it. Where the compiler decides about conditions, it tells of
    /// everything.
    Introspection,
}
