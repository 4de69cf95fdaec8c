//! What the kernel tells of a process.

use std::error::Error;
use std::fs;

use qapi_tests::Agent;

/// The most memory that an agent has needed, in millions of bytes.
pub(super) fn peak(agent: &Agent) -> Result<f64, Box<dyn Error>> {
    megabytes(agent, "status", "VmHWM:")
}

/// The memory that it has now, in millions of bytes: counted page by page, for `VmRSS` lags behind.
pub(super) fn resident(agent: &Agent) -> Result<f64, Box<dyn Error>> {
    megabytes(agent, "smaps_rollup", "Rss:")
}

/// How often its threads have been given a processor.
pub(super) fn switches(agent: &Agent) -> Result<u64, Box<dyn Error>> {
    let mut sum = 0;
    for thread in fs::read_dir(format!("/proc/{}/task", agent.process()))? {
        let status = fs::read_to_string(thread?.path().join("status"))?;
        for name in ["voluntary_ctxt_switches:", "nonvoluntary_ctxt_switches:"] {
            sum += number(&status, name).ok_or("the kernel counts no switches")?;
        }
    }
    Ok(sum)
}

fn megabytes(agent: &Agent, file: &str, name: &str) -> Result<f64, Box<dyn Error>> {
    let text = fs::read_to_string(format!("/proc/{}/{file}", agent.process()))?;
    let kilobytes = number(&text, name).ok_or_else(|| format!("no {name} in {file}"))?;
    Ok(kilobytes as f64 * 1024.0 / 1e6)
}

/// The number behind a name at the beginning of a line.
fn number(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn a_line_is_found_by_its_whole_name() {
        let status =
            "nonvoluntary_ctxt_switches:\t3\nvoluntary_ctxt_switches:\t12\nVmHWM:\t 4100 kB\n";
        assert_eq!(number(status, "voluntary_ctxt_switches:"), Some(12));
        assert_eq!(number(status, "VmHWM:"), Some(4100));
        assert_eq!(number(status, "VmRSS:"), None);
    }
}
