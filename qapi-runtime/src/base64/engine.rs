//! What converts whole pieces, by the quickest instructions that the processor has.

use std::sync::LazyLock;

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
use base64::alphabet::STANDARD;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
use base64::engine::general_purpose::GeneralPurpose as Kind;
use base64::engine::general_purpose::GeneralPurposeConfig;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use base64::engine::simd::Simd as Kind;

/// Padded; bits that padding leaves over are not looked at.
const CONFIG: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);

/// Asks the processor when it is used first.
pub(super) static ENGINE: LazyLock<Kind> = LazyLock::new(new);

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn new() -> Kind {
    Kind::standard(CONFIG)
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn new() -> Kind {
    Kind::new(&STANDARD, CONFIG)
}
