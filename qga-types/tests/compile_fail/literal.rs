//! A struct in one piece, which the next optional member would break.

use qga_types::GuestFileRead;

fn main() {
    let read = GuestFileRead {
        count: 0,
        buf_b64: Vec::new().into(),
        eof: true,
    };
    println!("{read:?}");
}
