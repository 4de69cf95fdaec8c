//! How fast files go through the agent.

use std::error::Error;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::MIB;
use super::turns::{Side, Turns, microseconds};
use super::{limit, noise};
use crate::context::Context;
use crate::table::{Goal, Limit, Row};

/// The largest piece that may be read, which is as much as is read in a round at most.
pub(super) const LARGEST: usize = 48 * MIB;

/// Reads a file in such pieces.
pub(super) fn read(
    context: &Context,
    measure: &'static str,
    piece: usize,
) -> Result<Row, Box<dyn Error>> {
    let pieces = (16 * MIB / piece).clamp(1, 64);
    let mut turns = Turns::start(context.programs())?;
    for side in turns.sides() {
        noise::write(&side.agent.home().join("large"), piece * pieces)?;
    }
    let measured = turns.measure(rounds(context, piece), |side| {
        let handle = open(side, "large", "r")?;
        let request = read_request(handle, piece);
        let elapsed = microseconds(|| {
            for _ in 0..pieces {
                let length = side.line.ask(&request)?;
                if length < piece.div_ceil(3) * 4 {
                    return Err(format!("a reply of {length} bytes").into());
                }
            }
            Ok(())
        })?;
        close(side, handle)?;
        Ok((piece * pieces) as f64 / elapsed)
    })?;
    let factor = if piece == LARGEST { 12.0 } else { 8.0 };
    Ok(Row {
        measure,
        unit: "MB/s",
        ours: measured.ours,
        peer: measured.peer,
        goal: Goal::TimesPeer(factor),
        limits: vec![
            Limit::new("socket", measured.bare),
            Limit::new("base64", limit::encoding(piece)),
        ],
    })
}

/// Writes a file in such pieces.
pub(super) fn write(
    context: &Context,
    measure: &'static str,
    piece: usize,
) -> Result<Row, Box<dyn Error>> {
    let pieces = (4 * MIB / piece).clamp(1, 64);
    let mut turns = Turns::start(context.programs())?;
    let text = STANDARD.encode(noise::bytes(piece));
    let measured = turns.measure(rounds(context, piece), |side| {
        let handle = open(side, "written", "w")?;
        let request = write_request(handle, &text);
        let elapsed = microseconds(|| {
            for _ in 0..pieces {
                side.line.ask(&request)?;
            }
            Ok(())
        })?;
        close(side, handle)?;
        Ok((piece * pieces) as f64 / elapsed)
    })?;
    Ok(Row {
        measure,
        unit: "MB/s",
        ours: measured.ours,
        peer: measured.peer,
        goal: Goal::TimesPeer(15.0),
        limits: vec![
            Limit::new("socket", measured.bare),
            Limit::new("base64", limit::decoding(&text)),
        ],
    })
}

/// As many as take a few seconds.
fn rounds(context: &Context, piece: usize) -> usize {
    match piece > MIB {
        true => context.rounds,
        false => context.rounds * 8,
    }
}

/// Opens a file in the agent's home.
pub(super) fn open(side: &mut Side, name: &str, mode: &str) -> Result<i64, Box<dyn Error>> {
    let request = format!(
        "{{\"execute\":\"guest-file-open\",\"arguments\":{{\"path\":\"{name}\",\"mode\":\"{mode}\"}}}}\n"
    );
    // The bare server returns no number.
    Ok(side.line.value(request.as_bytes())?.as_i64().unwrap_or(0))
}

pub(super) fn close(side: &mut Side, handle: i64) -> Result<(), Box<dyn Error>> {
    let request =
        format!("{{\"execute\":\"guest-file-close\",\"arguments\":{{\"handle\":{handle}}}}}\n");
    side.line.value(request.as_bytes())?;
    Ok(())
}

pub(super) fn read_request(handle: i64, count: usize) -> Vec<u8> {
    format!(
        "{{\"execute\":\"guest-file-read\",\"arguments\":{{\"handle\":{handle},\"count\":{count}}}}}\n"
    )
    .into_bytes()
}

pub(super) fn write_request(handle: i64, text: &str) -> Vec<u8> {
    format!(
        "{{\"execute\":\"guest-file-write\",\"arguments\":{{\"handle\":{handle},\"buf-b64\":\"{text}\"}}}}\n"
    )
    .into_bytes()
}
