//! Directories of sysfs whose entries are a word and a number: `cpu0`, `memory12`.

use rustix::io::Errno;

use super::directory::Directory;

/// The numbers behind `word` in the names of `directory`, in the order of the kernel.
///
/// Names with anything else behind the word, such as `cpufreq`, do not count.
pub(crate) fn list(directory: &Directory, word: &str) -> Result<Vec<u64>, Errno> {
    let entries = directory.entries()?;
    let names = entries.iter().filter_map(|entry| entry.name.to_str());
    Ok(names.filter_map(|name| number(name, word)).collect())
}

pub(crate) fn number(name: &str, word: &str) -> Option<u64> {
    let digits = name.strip_prefix(word)?;
    // What `parse` takes besides digits, a plus sign, the kernel does not write.
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_word_and_a_number_count() {
        assert_eq!(number("cpu0", "cpu"), Some(0));
        assert_eq!(number("cpu12", "cpu"), Some(12));
        for other in [
            "cpu", "cpufreq", "cpu1x", "cpu+1", "cpu-1", "node0", "possible",
        ] {
            assert_eq!(number(other, "cpu"), None, "{other}");
        }
        assert_eq!(number("cpu99999999999999999999", "cpu"), None);
    }
}
