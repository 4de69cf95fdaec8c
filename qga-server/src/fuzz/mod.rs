//! What must survive any bytes: a function for each parser that reads what others write.
//!
//! Only tests and the fuzzer, which sets `cfg(fuzzing)`, have this module. A function ends in a
//! panic if its parser does, or if something does not hold that the parser promises. The targets
//! of the fuzzer, in `fuzz/` beside the packages, are one line each; what it begins with is their
//! corpus, with which the test below begins as well.

mod kernel;
mod machine;
mod rules;
mod settings;

pub use kernel::{
    cpu_stat, disk_address, disk_stats, mounts, netlink, nvme, partitions, routes, sysfs, udev,
};
pub use machine::{authorized_keys, os_release, passwd, rtc, time_zone, utmp};
pub use rules::{pattern, policy};
pub use settings::{command_line, config_file, state, vsock_address};

use std::fmt::Debug;

/// A table of which each line is read for itself reads the same in pieces.
fn check_lines<T: PartialEq + Debug>(table: &[u8], parse: impl Fn(&[u8]) -> Vec<T>) {
    let lines = table.split_inclusive(|byte| *byte == b'\n');
    let apart: Vec<T> = lines.flat_map(&parse).collect();
    assert_eq!(parse(table), apart);
}

/// The first line, and all that follows.
fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (bytes, &[]),
    }
}

/// The bytes as a text, as files of the machine are read.
fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    type Target = (&'static str, fn(&[u8]));

    /// What the fuzzer has a target and a corpus for, under the same name.
    const TARGETS: &[Target] = &[
        ("authorized_keys", authorized_keys),
        ("command_line", command_line),
        ("config_file", config_file),
        ("cpu_stat", cpu_stat),
        ("disk_address", disk_address),
        ("disk_stats", disk_stats),
        ("mounts", mounts),
        ("netlink", netlink),
        ("nvme", nvme),
        ("os_release", os_release),
        ("partitions", partitions),
        ("passwd", passwd),
        ("pattern", pattern),
        ("policy", policy),
        ("routes", routes),
        ("rtc", rtc),
        ("state", state),
        ("sysfs", sysfs),
        ("time_zone", time_zone),
        ("udev", udev),
        ("utmp", utmp),
        ("vsock_address", vsock_address),
    ];

    /// Bytes that mean something to one of the parsers, or have been forgotten by many.
    const HOSTILE: [u8; 12] = *b"\0\n\r \\:=-.9\x7F\xFF";

    fn corpus(target: &str) -> Vec<Vec<u8>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
        let entries = fs::read_dir(folder.join(target)).expect("a corpus for each target");
        let files = entries.map(|entry| entry.expect("an entry").path());
        files.map(|file| fs::read(file).expect("a file")).collect()
    }

    /// Every seed: whole, cut off, without a part of it, and with one byte replaced.
    fn variants(seed: &[u8]) -> impl Iterator<Item = Vec<u8>> {
        let places = move |step: usize| (0..seed.len()).step_by(step);
        let cut = places(1).map(|end| seed[..end].to_vec());
        let gaps = places(5).map(|at| [&seed[..at], &seed[(at + 9).min(seed.len())..]].concat());
        let replaced = places(3).flat_map(move |at| {
            HOSTILE.map(|byte| {
                let mut bytes = seed.to_vec();
                bytes[at] = byte;
                bytes
            })
        });
        let whole = std::iter::once(seed.to_vec());
        whole.chain(cut).chain(gaps).chain(replaced)
    }

    #[test]
    fn parsers_survive_what_is_nearly_right() {
        for (name, target) in TARGETS {
            let seeds = corpus(name);
            assert!(!seeds.is_empty(), "{name} has no seeds");
            for input in seeds.iter().flat_map(|seed| variants(seed)) {
                target(&input);
            }
        }
    }

    #[test]
    fn each_parser_is_a_target_of_the_fuzzer() {
        let manifest = include_str!("../../../fuzz/Cargo.toml");
        for (name, _) in TARGETS {
            assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
        }
    }
}
