//! What the processor and the kernel take for a thing, without anything around it.

use std::hint::black_box;
use std::process::Command;
use std::time::Instant;
use std::{fs, io};

use base64::Engine;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
use base64::engine::general_purpose::STANDARD;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use base64::engine::{Simd, general_purpose::PAD};

use super::noise;
use super::turns::microseconds;
use crate::sample::{Sample, milliseconds};

/// How often a pass is made; the best one counts.
const PASSES: usize = 9;

/// How often a file is read.
const READS: usize = 200;

/// How many bytes go through at once, so that they stay in the caches.
const AT_ONCE: usize = 48 << 10;

/// Millions of bytes per second that are encoded.
pub(super) fn encoding(size: usize) -> Option<Sample> {
    let (engine, bytes) = (engine(), noise::bytes(size));
    let mut text = vec![0; AT_ONCE / 3 * 4];
    passes(size, || {
        for piece in bytes.chunks(AT_ONCE) {
            let encoded = engine.encode_slice(piece, &mut text);
            black_box(encoded.expect("there is room"));
        }
    })
}

/// Millions of bytes per second that are decoded.
pub(super) fn decoding(text: &str) -> Option<Sample> {
    let (engine, mut bytes) = (engine(), vec![0; AT_ONCE]);
    passes(text.len() / 4 * 3, || {
        for piece in text.as_bytes().chunks(AT_ONCE / 3 * 4) {
            let decoded = engine.decode_slice(piece, &mut bytes);
            black_box(decoded.expect("it is base64"));
        }
    })
}

/// The quickest that there is for this processor.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn engine() -> impl Engine {
    Simd::standard(PAD)
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn engine() -> impl Engine {
    STANDARD
}

fn passes(size: usize, mut pass: impl FnMut()) -> Option<Sample> {
    let values = (0..PASSES).map(|_| {
        let elapsed = microseconds(|| {
            pass();
            Ok(())
        });
        size as f64 / elapsed.expect("a pass does not fail")
    });
    Sample::of(values)
}

/// Microseconds to read a file to its end.
pub(super) fn reading(file: &str) -> io::Result<Option<Sample>> {
    let mut values = Vec::new();
    for _ in 0..READS {
        let start = Instant::now();
        black_box(fs::read(file)?);
        values.push(milliseconds(start.elapsed()) * 1e3);
    }
    Ok(Sample::of(values))
}

/// Milliseconds from the start of a program that does nothing to its end.
pub(super) fn spawn(rounds: usize) -> io::Result<Option<Sample>> {
    let mut values = Vec::new();
    for _ in 0..rounds {
        let start = Instant::now();
        Command::new("/bin/true").env_clear().status()?;
        values.push(milliseconds(start.elapsed()));
    }
    Ok(Sample::of(values))
}
