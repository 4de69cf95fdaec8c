//! From a directory of files to the rules of the agent.

use std::path::Path;

use super::mistake::PolicyError;
use super::parse::parse;
use super::rule::Rules;
use crate::config::DEFAULT_POLICY_DIR;
use crate::sys::trusted;

/// What the files of a policy end with; others in its directory are passed over.
const EXTENSION: &str = "toml";

/// The rules in the files of `directory`, in the order of their names. There is no policy if the
/// directory is the usual one and not there; one without files says nothing.
///
/// # Errors
/// Somebody else could have written it, it cannot be read, or it has mistakes. Or it is not there,
/// though the configuration names it: whoever has misspelt it does not want everything allowed.
pub(crate) fn load(directory: &Path, channels: &[&str]) -> Result<Option<Rules>, PolicyError> {
    let Some(files) = trusted::read(directory, EXTENSION)? else {
        return match directory == Path::new(DEFAULT_POLICY_DIR) {
            true => Ok(None),
            false => Err(PolicyError::Absent(directory.to_owned())),
        };
    };
    let (mut rules, mut mistakes) = (Vec::new(), Vec::new());
    for file in files {
        match parse(&file.path, &file.text, channels) {
            Ok(more) => rules.extend(more),
            Err(more) => mistakes.extend(more),
        }
    }
    match mistakes.is_empty() {
        true => Ok(Some(Rules(rules))),
        false => Err(PolicyError::Mistakes(mistakes)),
    }
}
