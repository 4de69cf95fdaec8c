//! How the C library keeps memory that is not used any more.

/// Has large pieces given back to the kernel as soon as they are free, and the ends of its heaps.
///
/// By default the library takes the largest piece ever freed for what is usual, and keeps so much
/// in each of many heaps: a host that sends some long requests would make the agent larger for
/// the rest of its life.
#[cfg(target_env = "gnu")]
#[expect(unsafe_code, reason = "no crate has a safe function for it")]
pub(crate) fn keep_little() {
    use nix::libc::{M_ARENA_MAX, M_MMAP_THRESHOLD, M_TRIM_THRESHOLD, mallopt};

    /// From this size on, a piece of memory is the kernel's and not the heap's.
    const LARGE: i32 = 128 << 10;
    /// How many heaps threads share.
    const HEAPS: i32 = 4;

    for (setting, value) in [
        (M_MMAP_THRESHOLD, LARGE),
        (M_TRIM_THRESHOLD, LARGE),
        (M_ARENA_MAX, HEAPS),
    ] {
        // SAFETY: it takes two numbers and changes settings behind a lock of the library. One that
        // it does not know changes nothing.
        unsafe { mallopt(setting, value) };
    }
}

/// Other libraries keep little anyway.
#[cfg(not(target_env = "gnu"))]
pub(crate) fn keep_little() {}
