//! Settings for how the generated code looks.

use qapi_parser::Dialect;

use super::Config;
use crate::choice::Docs;

impl Config {
    /// The name of the trait that a server implements. `Server` and `Client`
    /// are put behind it to name the two ends. Default: `Service`.
    pub fn service(&mut self, name: &str) -> &mut Self {
        name.clone_into(&mut self.options.service);
        self
    }

    /// The Rust name of something in the schema, instead of the one that the
    /// [rules](crate#names) give it.
    ///
    /// What is meant is said by a [pattern](crate#patterns): `Type`,
    /// `Type.member` (or value or alternative), `command`, and for the types
    /// that are made of what these write in place, `command.arguments`,
    /// `EVENT.data` and `Union.branch`. A branch is called like the value that
    /// chooses it. Default: the rules.
    ///
    /// ```
    /// let mut config = qapi_codegen::Config::new();
    /// config.name("QKeyCode.pc", "Computer").name("device_add", "add_device");
    /// ```
    pub fn name(&mut self, pattern: &str, ident: &str) -> &mut Self {
        let rule = (pattern.to_owned(), ident.to_owned());
        self.options.names.push(rule);
        self
    }

    /// How much of the schema's documentation goes along. Default: [`Docs::Full`].
    pub fn docs(&mut self, docs: Docs) -> &mut Self {
        self.options.docs = docs;
        self
    }

    /// Members that may be left out although the schema requires them.
    ///
    /// Required members come and go with releases. A client that shall
    /// understand the answers of a release without one has to do without it;
    /// otherwise such an answer is an error that names the member. The
    /// [pattern](crate#patterns) is `Type.member`, or the like for arguments and
    /// event data; a tag is always required. Default: what the schema says.
    ///
    /// ```
    /// let mut config = qapi_codegen::Config::new();
    /// config.optional("StatusInfo.singlestep");
    /// ```
    pub fn optional(&mut self, pattern: &str) -> &mut Self {
        self.options.optional.push((pattern.to_owned(), ()));
        self
    }

    /// The command whose reply starts with the byte 0xFF, by which a client of
    /// the guest agent finds the end of stale data. Default: none.
    pub fn delimited(&mut self, command: &str) -> &mut Self {
        self.options.delimited.push((command.to_owned(), ()));
        self
    }

    /// The era of the schema's language. Default: [`Dialect::Current`].
    pub fn dialect(&mut self, dialect: Dialect) -> &mut Self {
        self.dialect = dialect;
        self
    }

    /// Whether handlers and clients are asynchronous: each method of the trait
    /// is an `async fn` whose future is `Send`, and the server is an
    /// `AsyncService` of the runtime, which its `session::tokio::serve` puts on a
    /// stream. So are the methods of the client, which works over an
    /// `AsyncExecute`, such as `client::tokio::Qmp`. What is named `tokio` there
    /// is behind the runtime's feature of that name. Default: `false`, methods
    /// block.
    pub fn asynchronous(&mut self, asynchronous: bool) -> &mut Self {
        self.options.asynchronous = asynchronous;
        self
    }

    /// Whether each file of the schema becomes a module, with a name made of
    /// the file's: what `block-core.json` defines goes to `pub mod block_core`.
    ///
    /// All of them stand in the one generated file and refer to each other by
    /// relative paths, so it can be included anywhere. The types of the first
    /// file stay outside, and so do the trait, server and client, for they hold
    /// the commands of all files. Two types of one name are fine in two modules.
    /// Default: `false`, everything is in one place.
    pub fn modules(&mut self, modules: bool) -> &mut Self {
        self.options.modules = modules;
        self
    }
}
