//! Settings for the conditions of a schema.

use std::path::{Path, PathBuf};

use super::{Config, host};
use crate::Error;
use crate::choice::Conditions;
use crate::lower::cond::Conds;

/// What the user said about symbols, in order, for the last word counts.
#[derive(Debug, Clone)]
pub(super) enum Word {
    /// A symbol is defined or not.
    Symbol(String, bool),
    /// A file tells.
    File(PathBuf),
}

impl Config {
    /// Whether the build defines `symbol`, which conditions (`if`) ask for.
    /// Default: no symbol is defined.
    pub fn cond(&mut self, symbol: &str, defined: bool) -> &mut Self {
        self.words.push(Word::Symbol(symbol.to_owned(), defined));
        self
    }

    /// Symbols that the build defines. Default: none.
    pub fn conds<S: AsRef<str>>(&mut self, symbols: impl IntoIterator<Item = S>) -> &mut Self {
        for symbol in symbols {
            self.cond(symbol.as_ref(), true);
        }
        self
    }

    /// A file that tells which symbols a build of QEMU defines: `config-host.h`
    /// with lines such as `#define CONFIG_LINUX`, or `config-host.mak` with
    /// lines such as `CONFIG_LINUX=y`. A relative path starts at the directory
    /// of the crate, and Cargo watches the file. Default: none.
    pub fn cond_file(&mut self, path: impl AsRef<Path>) -> &mut Self {
        self.words.push(Word::File(path.as_ref().to_owned()));
        self
    }

    /// What becomes of conditions. Default: [`Conditions::Evaluate`].
    pub fn conditions(&mut self, conditions: Conditions) -> &mut Self {
        self.options.conds.conditions = conditions;
        self
    }

    /// What the compiler is asked for instead of `symbol`, where it decides
    /// ([`Conditions::Cfg`]). Default: `symbol` itself.
    ///
    /// ```
    /// use qapi_codegen::{Conditions, Config};
    ///
    /// let mut config = Config::new();
    /// config
    ///     .conditions(Conditions::Cfg)
    ///     .cond_cfg("CONFIG_LINUX", "target_os = \"linux\"")
    ///     .cond_cfg("CONFIG_FSFREEZE", "feature = \"fsfreeze\"");
    /// ```
    pub fn cond_cfg(&mut self, symbol: &str, predicate: &str) -> &mut Self {
        self.options.conds.map(symbol, predicate);
        self
    }

    /// Decides about symbols; `watch` hears of every file before it is read.
    pub(super) fn conds_of_build(&self, watch: &dyn Fn(&Path)) -> Result<Conds, Error> {
        let mut conds = self.options.conds.clone();
        for word in &self.words {
            match word {
                Word::Symbol(symbol, defined) => conds.set(symbol, *defined),
                Word::File(path) => {
                    watch(path);
                    let text = std::fs::read(path).map_err(|source| Error::CondFile {
                        path: path.clone(),
                        source,
                    })?;
                    for (symbol, defined) in host::symbols(&String::from_utf8_lossy(&text)) {
                        conds.set(symbol, defined);
                    }
                }
            }
        }
        Ok(conds)
    }
}
