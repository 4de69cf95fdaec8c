//! A match that the next value of the enum would break.

use qga_types::GuestFsfreezeStatus;

fn main() {
    match GuestFsfreezeStatus::Thawed {
        GuestFsfreezeStatus::Thawed | GuestFsfreezeStatus::Frozen => {}
        GuestFsfreezeStatus::Other(other) => println!("{other}"),
    }
}
