//! The health of disks, as guest-get-disks tells it.

use qga_types::{GuestDiskSmart, GuestNVMeSmart};

use crate::sys::Root;
use crate::sys::nvme::{self, Health};

/// The health of the NVMe disk with this node, if its controller tells it.
pub(crate) fn of_nvme(root: &Root, node: &str) -> Option<GuestDiskSmart> {
    let health = nvme::read(root, node)
        .inspect_err(|error| log::debug!("{error}"))
        .ok()?;
    Some(GuestDiskSmart::Nvme(answer(&health)))
}

fn answer(health: &Health) -> GuestNVMeSmart {
    let [
        data_read,
        data_written,
        reads,
        writes,
        busy,
        cycles,
        hours,
        unsafe_shutdowns,
        errors,
        log,
    ] = health.counters;
    GuestNVMeSmart::new(
        health.critical_warning.into(),
        health.temperature.into(),
        health.available_spare.into(),
        health.available_spare_threshold.into(),
        health.percentage_used.into(),
        data_read.low,
        data_read.high,
        data_written.low,
        data_written.high,
        reads.low,
        reads.high,
        writes.low,
        writes.high,
        busy.low,
        busy.high,
        cycles.low,
        cycles.high,
        hours.low,
        hours.high,
        unsafe_shutdowns.low,
        unsafe_shutdowns.high,
        errors.low,
        errors.high,
        log.low,
        log.high,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::nvme::Counter;

    #[test]
    fn counters_stand_in_the_order_of_the_answer() {
        let counters = std::array::from_fn(|index| Counter {
            low: index as u64,
            high: 100 + index as u64,
        });
        let answer = answer(&Health {
            critical_warning: 0,
            temperature: 300,
            available_spare: 1,
            available_spare_threshold: 2,
            percentage_used: 255,
            counters,
        });
        assert_eq!((answer.temperature, answer.percentage_used), (300, 255));
        let (reads, busy) = (answer.host_read_commands_hi, answer.controller_busy_time_lo);
        assert_eq!((answer.data_units_written_lo, reads, busy), (1, 102, 4));
        assert_eq!((answer.media_errors_lo, answer.media_errors_hi), (8, 108));
        assert_eq!(answer.number_of_error_log_entries_hi, 109);
    }
}
