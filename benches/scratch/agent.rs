//! The guest agent does not describe itself, so there is nothing to decode: this makes Cargo compile both sides.

use ours as _;
use qapi as _;

fn main() {}
