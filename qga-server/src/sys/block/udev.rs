//! The database of udev: one file for each device, with what its rules have found out.

use super::super::Root;
use super::super::mount::Device;

/// The lines of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Properties(pub(crate) String);

impl Properties {
    /// The value of a property, if it has one that is not empty.
    pub(crate) fn get(&self, key: &str) -> Option<String> {
        let mut lines = self.0.lines().filter_map(|line| {
            let (name, value) = line.strip_prefix("E:")?.split_once('=')?;
            (name == key).then_some(value)
        });
        let value = lines.next().filter(|value| !value.is_empty());
        value.map(str::to_owned)
    }
}

/// What the database says about a block device; `None` if there is no database.
pub(super) fn read(root: &Root, device: Device) -> Option<Properties> {
    let text = root.text(format!("/run/udev/data/b{device}")).ok()?;
    Some(Properties(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_of_the_environment_count() {
        let text =
            "S:disk/by-id/x\nI:123\nE:ID_SERIAL_SHORT=s\nE:ID_SERIAL=model s=1\nE:DM_NAME=\n";
        let properties = Properties(text.to_owned());
        assert_eq!(properties.get("ID_SERIAL").as_deref(), Some("model s=1"));
        assert_eq!(properties.get("DM_NAME"), None);
        assert_eq!(properties.get("disk/by-id/x"), None);
    }
}
