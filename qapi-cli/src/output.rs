//! What leaves the program: text for the terminal, and files.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anstream::AutoStream;
use clap::ColorChoice;

use crate::failure::Failure;
use crate::style::{STRONG, WARNING};

/// So many things: `1 command`, `2 commands`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// Text with its control characters spelled out: old schemas can have them in names, and neither line breaks nor commands
/// to a terminal belong in a line.
pub(crate) fn printable(text: &str) -> String {
    let spell = |c: char| match c.is_control() {
        true => c.escape_default().to_string(),
        false => c.to_string(),
    };
    text.chars().map(spell).collect()
}

/// The two streams of the program. Text comes with escape sequences for colours, which are taken out again where no
/// terminal reads it.
#[derive(Debug)]
pub(crate) struct Output {
    color: anstream::ColorChoice,
}

impl Output {
    /// Streams that use colours as asked for.
    pub(crate) fn new(color: ColorChoice) -> Self {
        Self {
            color: match color {
                ColorChoice::Auto => anstream::ColorChoice::Auto,
                ColorChoice::Always => anstream::ColorChoice::AlwaysAnsi,
                ColorChoice::Never => anstream::ColorChoice::Never,
            },
        }
    }

    /// Writes what was asked for.
    ///
    /// # Errors
    /// It cannot be written. A reader that left, such as `head`, has read what it wanted and is no error.
    pub(crate) fn print(&self, text: impl fmt::Display) -> Result<(), Failure> {
        let mut stream = AutoStream::new(io::stdout().lock(), self.color);
        let written = write!(stream, "{text}").and_then(|()| stream.flush());
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(format!(
                "cannot write to standard output: {error}"
            ))),
            _ => Ok(()),
        }
    }

    /// Says something beside what was asked for: a line of its own.
    pub(crate) fn say(&self, text: impl fmt::Display) {
        let mut stream = AutoStream::new(io::stderr().lock(), self.color);
        // There is nowhere left to complain.
        let _ = writeln!(stream, "{text}");
    }

    /// Says what is strange but does not keep the program from its work.
    pub(crate) fn warn(&self, text: &str) {
        self.say(format_args!(
            "{WARNING}warning{WARNING:#}{STRONG}: {}{STRONG:#}",
            printable(text)
        ));
    }

    /// Says why the program fails.
    pub(crate) fn fail(&self, failure: &Failure) {
        self.say(failure);
    }

    /// Writes what was asked for to a file, or else to standard output.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn deliver(&self, file: Option<&Path>, text: &str) -> Result<(), Failure> {
        match file.filter(|path| *path != Path::new("-")) {
            None => self.print(text),
            Some(path) => write_file(path, text),
        }
    }
}

/// Writes a file as a whole: whoever looks sees the old file or the new one, and never a part. One that reads the same
/// is left alone, so that what depends on it stays fresh.
///
/// # Errors
/// It cannot be written; the old one is there still.
pub(crate) fn write_file(path: &Path, text: &str) -> Result<(), Failure> {
    let cannot = |error: io::Error| Failure::file("write", path, &error);
    match fs::metadata(path) {
        // A device or a pipe cannot be replaced.
        Ok(metadata) if !metadata.is_file() => write_through(path, text).map_err(cannot),
        Ok(_) if fs::read(path).is_ok_and(|old| old == text.as_bytes()) => Ok(()),
        Ok(metadata) => {
            // Behind a symbolic link stands the file that is meant.
            let path = fs::canonicalize(path).map_err(cannot)?;
            replace(&path, text, metadata.permissions()).map_err(cannot)
        }
        Err(_) => replace(path, text, new_file_permissions()).map_err(cannot),
    }
}

fn write_through(path: &Path, text: &str) -> io::Result<()> {
    File::options()
        .write(true)
        .open(path)?
        .write_all(text.as_bytes())
}

fn replace(path: &Path, text: &str, permissions: fs::Permissions) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    fs::metadata(&folder)?;
    // The error has the name of the temporary file, which means nothing to the user.
    let plain = |error: io::Error| io::Error::from(error.kind());
    let mut beside = tempfile::Builder::new()
        .permissions(permissions)
        .tempfile_in(folder)
        .map_err(plain)?;
    beside.write_all(text.as_bytes())?;
    beside.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// What a new file may be used for, from which the system takes what the user does not want.
fn new_file_permissions() -> fs::Permissions {
    use std::os::unix::fs::PermissionsExt as _;

    fs::Permissions::from_mode(0o666)
}
