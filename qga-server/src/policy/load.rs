//! From a directory of files to the rules of the agent.

use std::path::Path;

use super::mistake::PolicyError;
use super::parse::parse;
use super::rule::Rules;
use crate::sys::trusted;

/// What the files of a policy end with; others in its directory are passed over.
const EXTENSION: &str = "toml";

/// The rules in the files of `directory`, in the order of their names. There is no policy if the
/// directory is not there; one without files says nothing.
///
/// # Errors
/// Somebody else could have written it, it cannot be read, or it has mistakes.
pub(crate) fn load(directory: &Path, channels: &[&str]) -> Result<Option<Rules>, PolicyError> {
    let Some(files) = trusted::read(directory, EXTENSION)? else {
        return Ok(None);
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
