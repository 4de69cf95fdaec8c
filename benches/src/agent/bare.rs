use std::convert::Infallible;
use std::io::{self, Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use qapi_tests::Setup;

/// Tells this program to be a server.
const MARK: &str = "QAPI_BENCH_BARE";

/// What stands before the size of a read.
const COUNT: &[u8] = b"\"count\":";

/// What stands in a request to start a program, and in the question for its end.
const EXEC: &[u8] = b"\"guest-exec\"";
const STATUS: &[u8] = b"\"guest-exec-status\"";

/// As much as is read or written at once.
const PIECE: usize = 256 << 10;

/// A server with the replies of an agent, and no thought behind them: a limit to what an agent can reach.
///
/// It takes each line for a request, and sends as many bytes as the reply to `guest-file-read` has if that stands there.
/// It starts a program for `guest-exec`, and waits for its end when it is asked.
/// It is this program itself, started with another environment.
#[derive(Debug)]
pub(crate) struct Bare {
    socket: PathBuf,
}

impl Bare {
    /// How it is started.
    pub(super) fn setup(program: &PathBuf) -> Setup {
        let mut setup = Setup::new(program);
        setup.env(MARK, "1");
        setup
    }

    /// What [`setup`](Self::setup) has asked for, if it has.
    pub(crate) fn of_environment() -> Option<Self> {
        std::env::var_os(MARK)?;
        let mut arguments = std::env::args_os();
        arguments.find(|argument| argument == "-p")?;
        let socket = arguments.next()?.into();
        Some(Self { socket })
    }

    /// Serves one client after another until somebody ends the program.
    pub(crate) fn serve(self) -> io::Result<Infallible> {
        let listener = UnixListener::bind(self.socket)?;
        loop {
            let (stream, _) = listener.accept()?;
            // A client that is gone is none of its business.
            let _ = converse(stream);
        }
    }
}

fn converse(mut stream: UnixStream) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    let sent = vec![b'x'; PIECE];
    let mut child = None;
    loop {
        let count = match stream.read(&mut piece)? {
            0 => return Ok(()),
            count => count,
        };
        let piece = &piece[..count];
        if let Some(size) = read_size(piece) {
            let mut left = size.div_ceil(3) * 4;
            while left > 0 {
                let count = left.min(PIECE);
                stream.write_all(&sent[..count])?;
                left -= count;
            }
            stream.write_all(b"\n")?;
        } else if contains(piece, EXEC) {
            let started = child.insert(start()?);
            let reply = format!("{{\"return\": {{\"pid\": {}}}}}\n", started.id());
            stream.write_all(reply.as_bytes())?;
        } else if let Some(mut child) = child.take_if(|_| contains(piece, STATUS)) {
            child.wait()?;
            stream.write_all(b"{\"return\": {\"exited\": true, \"exitcode\": 0}}\n")?;
        } else {
            let requests = piece.iter().filter(|byte| **byte == b'\n').count();
            stream.write_all(&b"{\"return\": {}}\n".repeat(requests))?;
        }
    }
}

/// Starts the one program that is asked for.
fn start() -> io::Result<Child> {
    let mut command = Command::new("/bin/true");
    command.env_clear();
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn()
}

fn contains(request: &[u8], text: &[u8]) -> bool {
    find(request, text).is_some()
}

/// Where a text begins. Requests that carry much are not searched to their end.
fn find(request: &[u8], text: &[u8]) -> Option<usize> {
    let request = &request[..request.len().min(200)];
    request.windows(text.len()).position(|it| it == text)
}

/// How many bytes of a file are asked for, if any are.
fn read_size(request: &[u8]) -> Option<usize> {
    let at = find(request, COUNT)?;
    let digits = &request[at + COUNT.len()..];
    let end = digits.iter().position(|byte| !byte.is_ascii_digit())?;
    std::str::from_utf8(&digits[..end]).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::read_size;

    #[test]
    fn the_size_of_a_read_is_found() {
        let request = br#"{"execute":"guest-file-read","arguments":{"handle":1,"count":4096}}"#;
        assert_eq!(read_size(request), Some(4096));
        assert_eq!(read_size(b"{\"execute\":\"guest-ping\"}\n"), None);
    }
}
