//! Requests to drivers and file systems that no crate has a safe function for.
//!
//! Each function takes and returns safe types, and says what makes its request sound.

use std::ffi::{c_int, c_void};
use std::os::fd::AsFd;

use rustix::io::Errno;
use rustix::ioctl::{Getter, Ioctl, IoctlOutput, NoArg, Opcode, Setter, Updater, ioctl, opcode};

/// Stops writing to the file system of a file.
const FIFREEZE: Opcode = opcode::read_write::<c_int>(b'X', 119);
/// Undoes one `FIFREEZE`.
const FITHAW: Opcode = opcode::read_write::<c_int>(b'X', 120);
/// Tells the device which blocks of the file system of a file are unused.
const FITRIM: Opcode = opcode::read_write::<TrimRange>(b'X', 121);
/// Tells what a loop device is made from.
const LOOP_GET_STATUS64: Opcode = 0x4C05;
/// Passes an administrative command on to an NVMe controller.
const NVME_ADMIN: Opcode = opcode::read_write::<NvmeCommand>(b'N', 0x41);

/// Tells the hardware address of a network device.
const SIOCGIFHWADDR: Opcode = 0x8927;

/// Tells what the clock in hardware shows.
const RTC_RD_TIME: Opcode = opcode::read::<RtcTime>(b'p', 9);
/// Sets the clock in hardware.
const RTC_SET_TIME: Opcode = opcode::write::<RtcTime>(b'p', 10);

/// What the clock in hardware shows: `struct rtc_time` of `linux/rtc.h`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RtcTime {
    pub(crate) second: c_int,
    pub(crate) minute: c_int,
    pub(crate) hour: c_int,
    /// Counted from one.
    pub(crate) day: c_int,
    /// Counted from zero.
    pub(crate) month: c_int,
    /// Counted from 1900.
    pub(crate) year: c_int,
    /// Day of the week and of the year, and summer time: what clocks do not care for.
    pub(crate) unused: [c_int; 3],
}

/// Reads the clock in hardware.
///
/// # Errors
/// `file` is no such clock, or it shows no time.
pub(crate) fn rtc(file: impl AsFd) -> Result<RtcTime, Errno> {
    // SAFETY: the request writes one `struct rtc_time`, which is what an `RtcTime` is: nine
    // numbers, of which any bits are valid.
    #[expect(unsafe_code, reason = "no crate has a safe function for it")]
    unsafe {
        ioctl(file, Getter::<RTC_RD_TIME, RtcTime>::new())
    }
}

/// Sets the clock in hardware.
///
/// # Errors
/// `file` is no such clock, or it cannot be set to that.
pub(crate) fn set_rtc(file: impl AsFd, time: RtcTime) -> Result<(), Errno> {
    // SAFETY: the request reads one `struct rtc_time`, which is what an `RtcTime` is.
    #[expect(unsafe_code, reason = "no crate has a safe function for it")]
    unsafe {
        ioctl(file, Setter::<RTC_SET_TIME, RtcTime>::new(time))
    }
}

/// What to trim, and then what was trimmed.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TrimRange {
    /// Where to begin, in bytes.
    pub(crate) start: u64,
    /// How far to go; then how much was trimmed.
    pub(crate) length: u64,
    /// Shorter free ranges are skipped; then what the file system made of that.
    pub(crate) minimum: u64,
}

/// Freezes the file system of `file`: returns when everything is on disk and no write begins.
///
/// # Errors
/// `EBUSY` if it is frozen already, `EOPNOTSUPP` if it cannot be frozen, and others.
pub(crate) fn freeze(file: impl AsFd) -> Result<(), Errno> {
    // SAFETY: the request takes no argument that the kernel would follow.
    #[expect(unsafe_code, reason = "no crate has a safe function for it")]
    unsafe {
        ioctl(file, NoArg::<FIFREEZE>::new())
    }
}

/// Thaws the file system of `file` once; it may have been frozen several times.
///
/// # Errors
/// `EINVAL` if it is not frozen, and others.
pub(crate) fn thaw(file: impl AsFd) -> Result<(), Errno> {
    // SAFETY: the request takes no argument that the kernel would follow.
    #[expect(unsafe_code, reason = "no crate has a safe function for it")]
    unsafe {
        ioctl(file, NoArg::<FITHAW>::new())
    }
}

/// Trims the file system of `file`, and puts into `range` what came of it.
///
/// # Errors
/// `EOPNOTSUPP` or `ENOTTY` if file system or device cannot do it, and others.
pub(crate) fn trim(file: impl AsFd, range: &mut TrimRange) -> Result<(), Errno> {
    // SAFETY: the request reads and writes one `struct fstrim_range`, which is what a `TrimRange`
    // is: three 64-bit numbers, of which any bits are valid.
    #[expect(unsafe_code, reason = "no crate has a safe function for it")]
    unsafe {
        ioctl(file, Updater::<FITRIM, _>::new(range))
    }
}

/// The beginning of `struct loop_info64` of `linux/loop.h`, and the rest of it.
#[repr(C)]
struct LoopInfo {
    /// The number of the device that the file is on, as the kernel packs it.
    device: u64,
    rest: [u64; 28],
}

/// The number of the device that the image of the loop device `file` is on.
///
/// # Errors
/// `file` is no loop device, or has no image.
pub(crate) fn image_device(file: impl AsFd) -> Result<u64, Errno> {
    // SAFETY: the request writes one `struct loop_info64`, which has the size of a `LoopInfo` and
    // no more than its alignment, and any bits are valid.
    #[expect(unsafe_code, reason = "no crate has a safe function for it")]
    let info = unsafe { ioctl(file, Getter::<LOOP_GET_STATUS64, LoopInfo>::new())? };
    Ok(info.device)
}

/// `struct ifreq` of `linux/if.h`, with an address in it.
#[repr(C)]
#[derive(Default)]
struct DeviceRequest {
    name: [u8; 16],
    family: u16,
    address: [u8; 14],
    rest: [u8; 8],
}

/// The hardware address of the network device with this name, of which the first six bytes count.
///
/// # Errors
/// `ENODEV` if there is no such device, and others if `socket` is none.
pub(crate) fn hardware_address(socket: impl AsFd, name: &[u8]) -> Result<[u8; 6], Errno> {
    let mut request = DeviceRequest::default();
    // The last byte ends the name.
    for (byte, value) in request.name.iter_mut().take(15).zip(name) {
        *byte = *value;
    }
    // SAFETY: the request reads and writes one `struct ifreq`, which is what a `DeviceRequest` is,
    // and any bits are valid.
    #[expect(unsafe_code, reason = "no crate has a safe function for it")]
    unsafe {
        ioctl(socket, Updater::<SIOCGIFHWADDR, _>::new(&mut request))?;
    }
    let [a, b, c, d, e, f, ..] = request.address;
    Ok([a, b, c, d, e, f])
}

/// `struct nvme_passthru_cmd` of `linux/nvme_ioctl.h`.
#[repr(C)]
#[derive(Default)]
struct NvmeCommand {
    opcode: u8,
    flags: u8,
    reserved: u16,
    namespace: u32,
    words_2_and_3: [u32; 2],
    metadata: u64,
    data: u64,
    metadata_length: u32,
    data_length: u32,
    words_10_to_15: [u32; 6],
    timeout_ms: u32,
    result: u32,
}

/// The size of the log page with the health of an NVMe controller.
const SMART_SIZE: u32 = 512;

/// Reads the health of the NVMe controller behind the disk `file`.
///
/// # Errors
/// `file` is no NVMe disk, or the controller refuses.
pub(crate) fn nvme_smart(file: impl AsFd) -> Result<[u8; 512], Errno> {
    const GET_LOG_PAGE: u8 = 0x02;
    const SMART: u32 = 0x02;
    /// Events that somebody waits for must not be lost because the page is read.
    const RETAIN_EVENTS: u32 = 1 << 15;
    /// Counted from zero.
    const DWORDS: u32 = SMART_SIZE / 4 - 1;

    let mut page = [0; SMART_SIZE as usize];
    let mut command = NvmeCommand {
        opcode: GET_LOG_PAGE,
        namespace: u32::MAX,
        data: page.as_mut_ptr().expose_provenance() as u64,
        data_length: SMART_SIZE,
        words_10_to_15: [SMART | RETAIN_EVENTS | DWORDS << 16, 0, 0, 0, 0, 0],
        ..NvmeCommand::default()
    };
    // SAFETY: the kernel writes at most `data_length` bytes to `data`, where `page` has that many,
    // and returns before `page` ends.
    #[expect(unsafe_code, reason = "no crate has a safe function for it")]
    let status = unsafe { ioctl(file, NvmeAdmin(&mut command))? };
    match status {
        0 => Ok(page),
        _ => Err(Errno::IO),
    }
}

/// The request that carries an [`NvmeCommand`]. What it returns is the controller's status.
struct NvmeAdmin<'a>(&'a mut NvmeCommand);

#[expect(
    unsafe_code,
    reason = "rustix has no pattern that keeps the returned number"
)]
// SAFETY: the request reads and writes one `struct nvme_passthru_cmd`, which is what an
// `NvmeCommand` is: numbers without gaps between them, of which any bits are valid.
unsafe impl Ioctl for NvmeAdmin<'_> {
    type Output = IoctlOutput;

    const IS_MUTATING: bool = true;

    fn opcode(&self) -> Opcode {
        NVME_ADMIN
    }

    fn as_ptr(&mut self) -> *mut c_void {
        (&raw mut *self.0).cast()
    }

    // SAFETY: the pointer is left alone; nothing is asked of who calls.
    unsafe fn output_from_ptr(status: IoctlOutput, _: *mut c_void) -> Result<IoctlOutput, Errno> {
        Ok(status)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn structures_have_the_size_that_the_kernel_expects() {
        assert_eq!(size_of::<TrimRange>(), 24);
        assert_eq!(size_of::<RtcTime>(), 36);
        assert_eq!(size_of::<NvmeCommand>(), 72);
        assert_eq!(size_of::<LoopInfo>(), 232);
        assert_eq!(size_of::<DeviceRequest>(), 40);
    }

    #[test]
    fn files_that_cannot_do_it_say_so() {
        // Neither procfs nor a character device can be frozen, trimmed or asked for its health.
        let file = File::open("/proc/self/status").expect("a file");
        let mut range = TrimRange {
            start: 0,
            length: u64::MAX,
            minimum: 0,
        };
        assert!(freeze(&file).is_err());
        assert!(thaw(&file).is_err());
        assert_eq!(rtc(&file), Err(Errno::NOTTY));
        assert_eq!(set_rtc(&file, RtcTime::default()), Err(Errno::NOTTY));
        assert_eq!(trim(&file, &mut range), Err(Errno::NOTTY));
        assert_eq!(nvme_smart(&file), Err(Errno::NOTTY));
        assert_eq!(image_device(&file), Err(Errno::NOTTY));
        assert_eq!(hardware_address(&file, b"lo"), Err(Errno::NOTTY));
    }
}
