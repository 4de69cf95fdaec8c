//! An unknown value made of any text, without asking whether it is known.

include!("../golden/open/expected.rs");

fn main() {
    let paused = qapi_runtime::Other::new("paused");
    println!("{}", State::Other_(paused));
}
