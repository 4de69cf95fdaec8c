//! `custom-agent` shows a client and the service at the two ends of one connection; `custom-agent PATH` serves whoever
//! connects to a socket there, until it is stopped.

use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread;

use custom_agent::{GreenhouseClient, GreenhouseServer, House, MoveWindowArgs};
use qapi_runtime::layer::Log;
use qapi_runtime::session::serve;

fn main() -> Result<(), Box<dyn Error>> {
    match env::args_os().nth(1) {
        Some(path) => serve_at(path),
        None => show(),
    }
}

#[expect(clippy::print_stdout, reason = "it is what a user of it reads")]
fn serve_at(path: OsString) -> Result<(), Box<dyn Error>> {
    let server = GreenhouseServer(House::new());
    let mut service = Log::new(server, |record| println!("{record}"));
    let listener = UnixListener::bind(&path)?;
    println!("listening at {}", path.display());
    for stream in listener.incoming() {
        // A client that breaks off is no reason to stop.
        serve(&mut stream?, &mut service).unwrap_or_else(|error| println!("{error}"));
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "it is a demonstration")]
fn show() -> Result<(), Box<dyn Error>> {
    let (stream, mut other_end) = UnixStream::pair()?;
    let mut service = GreenhouseServer(House::new());
    let server = thread::spawn(move || serve(&mut other_end, &mut service));

    let mut client = GreenhouseClient::over(stream);
    client.move_window(&MoveWindowArgs::new("south").open(50))?;
    for window in client.get_windows()? {
        println!("{:<8} {:>3} % open", window.name, window.open);
    }
    if let Err(error) = client.move_window(&MoveWindowArgs::new("north")) {
        println!("north: {error}");
    }

    drop(client);
    server.join().expect("serving does not panic")?;
    Ok(())
}
