//! Where something is on the wire.

use std::fmt;

use qapi_parser::Text;

/// The place of something on the wire, by names that are seen there: no name of a type is part of it.
///
/// | path | is about |
/// | --- | --- |
/// | `query-status`, `STOP` | a command, an event |
/// | `blockdev-add.arguments.node-name` | an argument |
/// | `blockdev-add.arguments[qcow2].backing` | a member that the value `qcow2` of the tag brings |
/// | `query-block.return.inserted.file` | a member of an answer |
/// | `BLOCK_IO_ERROR.data.reason` | a member of an event |
/// | `blockdev-add.arguments.driver=nbd` | a value of an enum |
/// | `query-cpus-fast#deprecated` | a feature of what stands before the `#` |
///
/// Arrays and alternates are passed through, so `query-block.return.device` is about each element, and
/// `blockdev-add.arguments[qcow2].file.driver` about the one alternative that is an object.
///
/// Where two alternatives have members of the same name, as an object and an array of others may, they share a path.
///
/// Paths are ordered step by step; `Display` writes them as above.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Path {
    /// The command or event.
    pub root: Text,
    /// The way from there.
    pub steps: Vec<Step>,
}

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// To what a command takes.
    Arguments,
    /// To what a command answers.
    Return,
    /// To what an event carries.
    Data,
    /// To a member of an object.
    Member(Text),
    /// To what a value of the tag adds to an object.
    Branch(Text),
    /// To a value of an enum.
    Value(Text),
    /// To a feature.
    Feature(Text),
}

impl Path {
    /// The path of a command or event.
    pub fn root(name: Text) -> Self {
        let steps = Vec::new();
        Self { root: name, steps }
    }

    /// The path one step further.
    #[must_use]
    pub fn then(&self, step: Step) -> Self {
        let mut steps = Vec::with_capacity(self.steps.len() + 1);
        steps.extend_from_slice(&self.steps);
        steps.push(step);
        Self {
            root: self.root.clone(),
            steps,
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.root)?;
        self.steps.iter().try_for_each(|step| step.fmt(f))
    }
}

impl fmt::Display for Step {
    /// The step as it stands in a path, with the sign before it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arguments => f.write_str(".arguments"),
            Self::Return => f.write_str(".return"),
            Self::Data => f.write_str(".data"),
            Self::Member(name) => write!(f, ".{name}"),
            Self::Branch(value) => write!(f, "[{value}]"),
            Self::Value(value) => write!(f, "={value}"),
            Self::Feature(name) => write!(f, "#{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_with_a_sign_for_each_step() {
        let path = Path::root("blockdev-add".into())
            .then(Step::Arguments)
            .then(Step::Branch("qcow2".into()))
            .then(Step::Member("driver".into()));
        assert_eq!(
            path.then(Step::Value("nbd".into())).to_string(),
            "blockdev-add.arguments[qcow2].driver=nbd"
        );
        assert_eq!(
            path.then(Step::Feature("unstable".into())).to_string(),
            "blockdev-add.arguments[qcow2].driver#unstable"
        );
    }
}
