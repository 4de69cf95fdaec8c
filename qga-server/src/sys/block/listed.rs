//! `/proc/partitions`: the disks and partitions that have anything on them, in one table.
//!
//! Machines have hundreds of loop devices, most of them without a file. To ask sysfs for the size
//! of each takes longer than everything else that is to be known about disks.

use std::collections::BTreeSet;
use std::ffi::OsStr;

use super::super::{Root, numbered};

/// The names in the table, if there is one.
#[derive(Debug)]
pub(super) struct Listed(Option<BTreeSet<String>>);

impl Listed {
    pub(super) fn read(root: &Root) -> Self {
        let table = root.text("/proc/partitions").ok();
        Self(table.map(|table| parse(&table).map(str::to_owned).collect()))
    }

    /// Whether there is anything on the disk of that name, as far as the table tells: kernels
    /// before 5.16 leave out what can be taken out of its drive, for example. Of loop devices, all
    /// have only those left out that are empty.
    pub(super) fn is_filled(&self, name: &OsStr) -> Option<bool> {
        let name = name.to_str()?;
        match self.0.as_ref()?.contains(name) {
            true => Some(true),
            false => numbered::number(name, "loop").map(|_| false),
        }
    }
}

/// The names in the last column; the heading and lines that are not as they should be are skipped.
///
/// Where the kernel's name has a slash, that in sysfs has another character, and is not found here.
pub(crate) fn parse(table: &str) -> impl Iterator<Item = &str> {
    table.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let numbers = [words.next()?, words.next()?, words.next()?];
        let name = words.next()?;
        let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
        numbers.into_iter().all(is_number).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::program::tests::Tree;

    const TABLE: &str = "major minor  #blocks  name\n\n 254        0  268435456 vda\n   7        3          4 loop3\n\
                         short 1\n";

    #[test]
    fn the_last_column_has_the_names() {
        assert_eq!(parse(TABLE).collect::<Vec<_>>(), ["vda", "loop3"]);
    }

    #[test]
    fn only_of_loop_devices_the_table_tells_that_they_are_empty() {
        let tree = Tree::new();
        let told = |name| Listed::read(&tree.root).is_filled(OsStr::new(name));
        assert_eq!(told("vda"), None);
        tree.file("/proc/partitions", TABLE);
        for (name, expected) in [
            ("vda", Some(true)),
            ("loop3", Some(true)),
            ("loop0", Some(false)),
            ("sr0", None),
            ("loopy", None),
        ] {
            assert_eq!(told(name), expected, "{name}");
        }
    }
}
