//! The `qga-server` program: everything is in the library of the same name.

use std::process::ExitCode;

fn main() -> ExitCode {
    qga_server::main(std::env::args_os())
}
