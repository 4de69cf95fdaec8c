//! An object without one of its required members.

include!("../golden/events/expected.rs");

fn main() {
    println!("{:?}", BalloonInfo::new(1));
}
