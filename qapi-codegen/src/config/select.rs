//! Settings for how much of a schema is generated.

use super::Config;
use crate::choice::Part;

impl Config {
    /// Which parts to generate. Default: all but [`Part::Introspection`], which
    /// is large.
    ///
    /// ```
    /// use qapi_codegen::{Config, Part};
    ///
    /// let mut config = Config::new();
    /// config.parts([Part::Types, Part::Client]);
    /// ```
    pub fn parts(&mut self, parts: impl IntoIterator<Item = Part>) -> &mut Self {
        self.options.parts = parts.into_iter().collect();
        self
    }

    /// The commands to generate, each by its name or by a pattern such as
    /// `query-*`, and the types that these lead to. A pattern that fits no
    /// command is an error.
    ///
    /// Once commands or [`events`](Self::events) are chosen, everything else is
    /// left out. Default: all that the schema has.
    ///
    /// ```
    /// let mut config = qapi_codegen::Config::new();
    /// config.commands(["query-*", "device_add"]).events(["DEVICE_*"]);
    /// ```
    pub fn commands<S: AsRef<str>>(&mut self, patterns: impl IntoIterator<Item = S>) -> &mut Self {
        add(&mut self.options.commands, patterns);
        self
    }

    /// The events to generate, and the types that these lead to; see
    /// [`commands`](Self::commands). Default: all that the schema has.
    pub fn events<S: AsRef<str>>(&mut self, patterns: impl IntoIterator<Item = S>) -> &mut Self {
        add(&mut self.options.events, patterns);
        self
    }
}

fn add<S: AsRef<str>>(
    chosen: &mut Option<Vec<(String, ())>>,
    patterns: impl IntoIterator<Item = S>,
) {
    let patterns = patterns.into_iter();
    let rules = patterns.map(|pattern| (pattern.as_ref().to_owned(), ()));
    chosen.get_or_insert_default().extend(rules);
}
