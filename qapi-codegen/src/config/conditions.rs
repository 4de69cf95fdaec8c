//! Settings for the conditions of a schema.

use super::Config;

impl Config {
    /// Whether the build defines `symbol`, which conditions (`if`) ask for.
    /// Default: no symbol is defined.
    pub fn cond(&mut self, symbol: &str, defined: bool) -> &mut Self {
        self.options.conds.set(symbol, defined);
        self
    }

    /// Symbols that the build defines. Default: none.
    pub fn conds<S: AsRef<str>>(&mut self, symbols: impl IntoIterator<Item = S>) -> &mut Self {
        for symbol in symbols {
            self.cond(symbol.as_ref(), true);
        }
        self
    }
}
