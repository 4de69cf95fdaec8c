use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// What the shell says when it is there.
const READY: &str = "the door is open";

/// How long to wait for a machine to boot, or for a command in it to end.
const PATIENCE: Duration = Duration::from_secs(180);

/// A shell in the machine, at a port of its own.
#[derive(Debug)]
pub struct Door {
    stream: UnixStream,
    held: Vec<u8>,
    count: u32,
}

impl Door {
    /// Connects to the host's end of it.
    pub fn new(socket: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self {
            stream,
            held: Vec::new(),
            count: 0,
        })
    }

    /// Waits until the machine has booted.
    ///
    /// # Errors
    /// It does not.
    pub fn wait_until_open(&mut self) -> io::Result<()> {
        self.read_to(&format!("{READY}\n")).map(drop)
    }

    /// What these lines for the shell print.
    ///
    /// # Panics
    /// They do not end, or not with status 0.
    #[track_caller]
    pub fn run(&mut self, lines: &str) -> String {
        let (output, status) = self.try_run(lines).expect("the shell is there");
        assert_eq!(status, 0, "`{lines}` fails: {output}");
        output
    }

    /// What these lines for the shell print, and their status.
    ///
    /// # Errors
    /// They do not end.
    pub fn try_run(&mut self, lines: &str) -> io::Result<(String, i32)> {
        self.count += 1;
        // Spelled otherwise in the line, which may be in what is printed.
        let mark = format!("\n= {} ", self.count);
        let line = format!(
            "(\n{lines}\n) </dev/null 2>&1; status=$?; echo; echo \"=\" {} $status.\n",
            self.count
        );
        self.stream.write_all(line.as_bytes())?;
        let output = self.read_to(&mark)?;
        let status = self.read_to(".\n")?;
        let status = status.parse().map_err(io::Error::other)?;
        Ok((
            output.strip_suffix('\n').unwrap_or(&output).to_owned(),
            status,
        ))
    }

    /// Everything up to `end`, which is dropped.
    fn read_to(&mut self, end: &str) -> io::Result<String> {
        let mut chunk = [0; 4096];
        loop {
            let held = String::from_utf8_lossy(&self.held).into_owned();
            if let Some((before, behind)) = held.split_once(end) {
                self.held = behind.into();
                return Ok(before.to_owned());
            }
            match self.stream.read(&mut chunk) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => self.held.extend_from_slice(&chunk[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}
