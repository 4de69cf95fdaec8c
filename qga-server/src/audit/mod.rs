//! What hosts do here, one record for each operation that reads or changes the guest.
//!
//! It is off unless the configuration asks for it. Then every command has a record but those whose
//! [`Class`] says that there is nothing to tell, also one that is refused or fails. A record is made
//! in one place, around all commands, from the request: which arguments it may hold is said in the
//! table of classes, and nothing else gets into it. Passwords, keys, the environment and the input
//! of programs and the contents of files are not in that table.
//!
//! | part | lives in |
//! | --- | --- |
//! | when a record begins and ends | [`Audit::begin`], [`Entry`] |
//! | arguments → what a record holds of them, within limits | `record.rs` |
//! | what only the handler knows, such as how many bytes it was | [`Facts`] |
//! | a record → the journal, or a line in a file; not while file systems are frozen | `sink.rs` |

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use qapi_runtime::{Call, Error, Outcome};

use crate::class::Class;
use crate::client::Client;
use crate::sys::clock;

mod record;
mod sink;

use record::Record;
pub use sink::AuditError;
use sink::Sink;

/// Where records go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditSettings {
    /// To the journal.
    Journal,
    /// To this file, a line of JSON for each.
    File(PathBuf),
}

/// Keeps the records, if they are wanted.
#[derive(Debug, Default)]
pub(crate) struct Audit(Option<Arc<Sink>>);

impl Audit {
    /// What the settings ask for. A file is not opened yet if file systems are frozen.
    ///
    /// # Errors
    /// The file cannot be opened, or the machine has no socket left.
    pub(crate) fn new(settings: Option<&AuditSettings>, frozen: bool) -> Result<Self, AuditError> {
        let sink = settings.map(|settings| Sink::new(settings, frozen));
        Ok(Self(sink.transpose()?.map(Arc::new)))
    }

    /// Whether records are kept.
    pub(crate) fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Whether a file is to be opened anew on demand, since another one may be in its place.
    pub(crate) fn has_file(&self) -> bool {
        self.0.as_ref().is_some_and(|sink| sink.has_file())
    }

    /// Opens the file anew. The former one goes on to be used if that fails.
    pub(crate) fn reopen(&self) {
        if let Some(Err(error)) = self.0.as_ref().map(|sink| sink.reopen()) {
            log::error!("the audit file stays the same: {error}");
        }
    }

    /// Begins the record of a call, if there is one.
    pub(crate) fn begin(&self, call: &Call<'_>, client: &Client) -> Option<Entry> {
        let sink = self.0.as_ref()?;
        let class = Class::of(call.command());
        let told = class.told?;
        let mut record = Record::new(clock::now(), call.command(), client);
        record.arguments(call, told);
        Some(Entry {
            sink: Arc::clone(sink),
            record: Some(record),
            start: Instant::now(),
        })
    }
}

/// The record of a call that is under way. It is kept even if the end of the call is not reached.
#[derive(Debug)]
pub(crate) struct Entry {
    sink: Arc<Sink>,
    record: Option<Record>,
    start: Instant,
}

impl Entry {
    /// Ends the record. The description of an error is not in it, for it may quote a secret.
    pub(crate) fn end(mut self, result: &Result<Outcome, Error>, facts: Facts) {
        match result {
            Ok(_) => self.keep("ok", facts),
            Err(error) => self.keep(&error.class.to_string(), facts),
        }
    }

    /// Keeps it once.
    fn keep(&mut self, result: &str, facts: Facts) {
        if let Some(mut record) = self.record.take() {
            record.facts(facts);
            record.end(result, self.start.elapsed());
            self.sink.put(record);
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let result = match thread::panicking() {
            true => "panicked",
            false => "given up",
        };
        self.keep(result, Facts::default());
    }
}

/// What is known about a call by whoever carries it out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// The rule that has refused it.
    pub(crate) rule: Option<String>,
    /// The file or program that it was about, without links.
    pub(crate) resolved: Option<PathBuf>,
    /// The handle or the process that it has made.
    pub(crate) made: Option<i64>,
    /// How many bytes were read or written.
    pub(crate) bytes: Option<u64>,
}
