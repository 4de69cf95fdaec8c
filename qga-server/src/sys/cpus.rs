//! The processors in sysfs, and whether the kernel runs anything on them.

use rustix::io::Errno;

use super::directory::Directory;
use super::error::if_there;
use super::{Error, Root, numbered};

const DIRECTORY: &str = "/sys/devices/system/cpu";

/// One logical processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Processor {
    pub(crate) number: i64,
    pub(crate) online: bool,
    /// Whether it has a switch; the first processor of most machines has none.
    pub(crate) can_offline: bool,
}

/// Every processor that is plugged in, in the order of the kernel's directory.
///
/// # Errors
/// The directory cannot be listed, or a switch not be read.
pub(crate) fn list(root: &Root) -> Result<Vec<Processor>, Error> {
    let failure = |errno| Error::new(format!("failed to list entries: {DIRECTORY}"), errno);
    let directory = Directory::open(root, DIRECTORY).map_err(failure)?;
    let numbers = numbered::list(&directory, "cpu").map_err(failure)?;
    let mut processors = Vec::with_capacity(numbers.len());
    for number in numbers.into_iter().filter_map(|n| i64::try_from(n).ok()) {
        // One that is not there was unplugged a moment ago.
        processors.extend(if_there(read_in(&directory, number))?);
    }
    Ok(processors)
}

/// One processor.
///
/// # Errors
/// It is not there, or its switch cannot be read.
pub(crate) fn read(root: &Root, number: i64) -> Result<Processor, Error> {
    let all = Directory::open(root, DIRECTORY)
        .map_err(|errno| Error::at("open", directory(number), errno))?;
    read_in(&all, number)
}

/// One of the processors in the directory of all.
fn read_in(all: &Directory, number: i64) -> Result<Processor, Error> {
    let online = match all.attribute(format!("cpu{number}/online")) {
        Ok(text) => {
            Some(parse(&text).ok_or_else(|| Error::at("pread", switch_path(number), Errno::IO))?)
        }
        Err(Errno::NOENT) => {
            all.check(format!("cpu{number}"))
                .map_err(|errno| Error::at("open", directory(number), errno))?;
            None
        }
        Err(errno) => return Err(Error::at("open", switch_path(number), errno)),
    };
    Ok(Processor {
        number,
        online: online.unwrap_or(true),
        can_offline: online.is_some(),
    })
}

/// Switches a processor on or off.
///
/// # Errors
/// It has no switch, or the kernel refuses: something has to run somewhere.
pub(crate) fn switch(root: &Root, number: i64, online: bool) -> Result<(), Error> {
    let path = switch_path(number);
    root.poke(&path, if online { b"1" } else { b"0" })
        .map_err(|errno| Error::at("pwrite", path, errno))
}

/// The position of a switch, unless the file is empty.
pub(crate) fn parse(text: &[u8]) -> Option<bool> {
    text.first().map(|first| *first != b'0')
}

fn directory(number: i64) -> String {
    format!("{DIRECTORY}/cpu{number}/")
}

/// The name as hosts know it from messages, with its two slashes.
fn switch_path(number: i64) -> String {
    format!("{}/online", directory(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::program::tests::Tree;

    #[test]
    fn only_zero_is_off() {
        assert_eq!(parse(b"0\n"), Some(false));
        assert_eq!(parse(b"1\n"), Some(true));
        assert_eq!(parse(b""), None);
    }

    /// A machine with these files.
    fn machine(files: &[(&str, &str)]) -> Tree {
        let tree = Tree::new();
        for (name, text) in files {
            tree.file(&format!("{DIRECTORY}/{name}"), text);
        }
        tree
    }

    #[test]
    fn processors_without_a_switch_are_on() {
        let tree = machine(&[
            ("cpu0/uevent", ""),
            ("cpu1/online", "1\n"),
            ("cpu12/online", "0\n"),
            ("cpufreq/boost", "1\n"),
        ]);
        let mut processors = list(&tree.root).expect("a machine");
        processors.sort_by_key(|processor| processor.number);
        let told: Vec<(i64, bool, bool)> = processors
            .iter()
            .map(|each| (each.number, each.online, each.can_offline))
            .collect();
        assert_eq!(told, [(0, true, false), (1, true, true), (12, false, true)]);
    }

    #[test]
    fn failures_name_what_could_not_be_opened() {
        let tree = machine(&[]);
        let told = list(&tree.root).map_err(|error| error.to_string());
        assert_eq!(
            told,
            Err(
                "failed to list entries: /sys/devices/system/cpu: No such file or directory".into()
            )
        );
        let told = read(&tree.root, -1).map_err(|error| error.to_string());
        assert_eq!(
            told,
            Err("open(\"/sys/devices/system/cpu/cpu-1/\"): No such file or directory".into())
        );
    }

    #[test]
    fn switches_are_turned() {
        let tree = machine(&[("cpu1/online", "1\n")]);
        switch(&tree.root, 1, false).expect("a file of ours");
        assert_eq!(read(&tree.root, 1).map(|each| each.online), Ok(false));
        assert_eq!(
            switch(&tree.root, 2, true).map_err(|error| error.errno),
            Err(Errno::NOENT)
        );
    }
}
