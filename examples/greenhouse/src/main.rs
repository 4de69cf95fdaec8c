//! A service and its client at the two ends of one connection.
//!
//! `cargo run -p greenhouse` shows both; give it a path and it serves there until it is stopped.

use std::env;
use std::error::Error;
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread;

use greenhouse::{Greenhouse, GreenhouseClient, GreenhouseServer, MoveWindowArgs, Window};
use qapi_runtime::session::serve;

struct House {
    windows: Vec<Window>,
}

impl Greenhouse for House {
    fn get_windows(&mut self) -> Result<Vec<Window>, qapi_runtime::Error> {
        Ok(self.windows.clone())
    }

    fn move_window(&mut self, args: MoveWindowArgs) -> Result<(), qapi_runtime::Error> {
        let Some(window) = self.windows.iter_mut().find(|it| it.name == args.name) else {
            return Err(qapi_runtime::Error::generic("there is no such window"));
        };
        window.open = args.open.unwrap_or(100);
        Ok(())
    }
}

#[expect(clippy::print_stdout, reason = "it is a demonstration")]
fn main() -> Result<(), Box<dyn Error>> {
    let windows = vec![Window::new("south", 0), Window::new("roof", 30)];
    let mut service = GreenhouseServer(House { windows });

    if let Some(path) = env::args().nth(1) {
        for stream in UnixListener::bind(path)?.incoming() {
            // A client that breaks off is no reason to stop.
            serve(&mut stream?, &mut service).unwrap_or_else(|error| println!("{error}"));
        }
    }

    let (stream, mut other_end) = UnixStream::pair()?;
    let server = thread::spawn(move || serve(&mut other_end, &mut service));

    let mut client = GreenhouseClient::new(stream);
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
