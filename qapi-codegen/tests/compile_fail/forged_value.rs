//! An unknown value made of a known one.

include!("../golden/open/expected.rs");

fn main() {
    let running = qapi_runtime::Other::unknown("running");
    println!("{}", State::Other_(running));
}
