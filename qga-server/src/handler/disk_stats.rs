//! guest-get-diskstats: how busy the disks are.

use qapi_runtime::Error;
use qga_types::{GuestDiskStats, GuestDiskStatsInfo};

use crate::Agent;
use crate::sys::disk_stats;

/// The counters of every block device.
pub(crate) fn get_diskstats(agent: &Agent) -> Result<Vec<GuestDiskStatsInfo>, Error> {
    let stats = disk_stats::read(&agent.settings.root)?;
    let answers = stats.into_iter().filter_map(|stats| {
        let (major, minor) = (stats.device.major.into(), stats.device.minor.into());
        let counters = counters(&stats.counters)?;
        Some(GuestDiskStatsInfo::new(stats.name, major, minor, counters))
    });
    Ok(answers.collect())
}

/// What the columns mean, as `Documentation/admin-guide/iostats.rst` of the kernel has it. `None`
/// if there are too few to mean anything.
fn counters(columns: &[u64]) -> Option<GuestDiskStats> {
    let mut stats = GuestDiskStats::new();
    match *columns {
        [] | [_] | [_, _] | [_, _, _] => return None,
        // Partitions of kernels before 2.6.25.
        [read_ios, read_sectors, write_ios, write_sectors] => {
            stats.read_ios = Some(read_ios);
            stats.read_sectors = Some(read_sectors);
            stats.write_ios = Some(write_ios);
            stats.write_sectors = Some(write_sectors);
        }
        _ => {
            let groups: [&mut [&mut Option<u64>]; 3] = [
                &mut [
                    &mut stats.read_ios,
                    &mut stats.read_merges,
                    &mut stats.read_sectors,
                    &mut stats.read_ticks,
                    &mut stats.write_ios,
                    &mut stats.write_merges,
                    &mut stats.write_sectors,
                    &mut stats.write_ticks,
                    &mut stats.ios_pgr,
                    &mut stats.total_ticks,
                    &mut stats.weight_ticks,
                ],
                &mut [
                    &mut stats.discard_ios,
                    &mut stats.discard_merges,
                    &mut stats.discard_sectors,
                    &mut stats.discard_ticks,
                ],
                &mut [&mut stats.flush_ios, &mut stats.flush_ticks],
            ];
            let mut rest = columns;
            for group in groups {
                // A kernel has all of a group or nothing of it.
                let Some((values, others)) = rest.split_at_checked(group.len()) else {
                    break;
                };
                for (member, value) in group.iter_mut().zip(values) {
                    **member = Some(*value);
                }
                rest = others;
            }
        }
    }
    Some(stats)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(count: u64) -> Option<GuestDiskStats> {
        counters(&(1..=count).collect::<Vec<_>>())
    }

    #[test]
    fn kernels_tell_more_and_more() {
        assert_eq!(told(3), None);
        let old = told(4).expect("an old partition");
        assert_eq!((old.read_sectors, old.write_ios), (Some(2), Some(3)));
        assert_eq!(old.read_merges, None);
        assert_eq!(told(10), Some(GuestDiskStats::new()));
        let some = told(14).expect("counters");
        assert_eq!((some.read_sectors, some.weight_ticks), (Some(3), Some(11)));
        assert_eq!(some.discard_ios, None);
        let all = told(18).expect("counters");
        assert_eq!((all.discard_ticks, all.flush_ticks), (Some(15), Some(17)));
    }
}
