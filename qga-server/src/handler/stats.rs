//! guest-get-load, guest-get-cpustats: how busy the machine is.

use qapi_runtime::Error;
use qga_types::{GuestCpuStats, GuestLinuxCpuStats, GuestLoadAverage};

use crate::Agent;
use crate::sys::cpu_stat::{self, Times};
use crate::sys::load;

/// The averages of one, five and fifteen minutes.
pub(crate) fn get_load() -> Result<GuestLoadAverage, Error> {
    let [one, five, fifteen] = load::read();
    Ok(GuestLoadAverage::new(one, five, fifteen))
}

/// What each processor spent its time on.
pub(crate) fn get_cpustats(agent: &Agent) -> Result<Vec<GuestCpuStats>, Error> {
    let ticks_per_second = cpu_stat::ticks_per_second();
    let times = cpu_stat::read(&agent.settings.root)?;
    let stats = times.iter().map(|times| answer(times, ticks_per_second));
    Ok(stats.map(GuestCpuStats::Linux).collect())
}

/// Counters that the kernel does not have are left out.
fn answer(times: &Times, ticks_per_second: u64) -> GuestLinuxCpuStats {
    let spent = |column| times.milliseconds(column, ticks_per_second);
    let required = |column| spent(column).unwrap_or_default();
    let mut stats = GuestLinuxCpuStats::new(
        times.number,
        required(0),
        required(1),
        required(2),
        required(3),
    );
    stats.iowait = spent(4);
    stats.irq = spent(5);
    stats.softirq = spent(6);
    stats.steal = spent(7);
    stats.guest = spent(8);
    stats.guestnice = spent(9);
    stats
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_that_old_kernels_lack_are_left_out() {
        let stats = |text| answer(&cpu_stat::parse(text)[0], 100);
        let old = stats("cpu3 1 2 3 4 5 6\n");
        assert_eq!((old.cpu, old.user, old.idle), (3, 10, 40));
        assert_eq!(
            (old.iowait, old.irq, old.softirq),
            (Some(50), Some(60), None)
        );
        let new = stats("cpu3 1 2 3 4 5 6 7 8 9 10 11\n");
        assert_eq!((new.softirq, new.steal), (Some(70), Some(80)));
        assert_eq!((new.guest, new.guestnice), (Some(90), Some(100)));
    }
}
