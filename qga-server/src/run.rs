//! Serving the clients of all channels.

use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use qapi_runtime::session::{Attendant, Commands};

use crate::limits::MAX_CLIENTS;
use crate::lock::lock;
use crate::{Channel, Gate};

/// How long commands may go on when there are no channels any more.
const END_PATIENCE: Duration = Duration::from_secs(5);

/// The commands that never keep anybody waiting: they take no lock and open no file.
const COMMANDS: Commands = Commands {
    synchronizing: &["guest-sync", "guest-sync-delimited"],
    brief: &["guest-ping", "guest-info", "guest-get-time"],
};

/// Who attends to all clients.
///
/// # Errors
/// There is no thread, or no timer, by which slow commands would be noticed.
pub(crate) fn attendant() -> io::Result<Attendant> {
    Attendant::new(COMMANDS)
}

/// Serves clients until there are no more. A client or channel that is lost is no reason to stop,
/// as long as there is another one.
///
/// Each client starts afresh: half a request of one is never completed by the next. Its requests
/// are run one after the other, but for one that synchronizes, which overtakes: see
/// [`attended`](qapi_runtime::session::attended).
///
/// Commands that still run at the end get a moment to come to theirs.
///
/// # Errors
/// There is no thread, or no timer, by which slow commands would be noticed.
pub fn run(channels: Vec<Box<dyn Channel>>, gate: &Gate) -> io::Result<()> {
    attend(&attendant()?, channels, gate);
    Ok(())
}

/// Does so with an attendant that is there.
pub(crate) fn attend(attendant: &Attendant, channels: Vec<Box<dyn Channel>>, gate: &Gate) {
    let mut channels = channels.into_iter();
    let first = channels.next();
    thread::scope(|scope| {
        for channel in channels {
            let thread = thread::Builder::new().name("channel".to_owned());
            let served = thread.spawn_scoped(scope, || serve(channel, gate, attendant));
            if let Err(error) = served {
                log::error!("a channel is not served: {error}");
            }
        }
        // This thread has nothing else to do.
        if let Some(channel) = first {
            serve(channel, gate, attendant);
        }
    });
    if !attendant.wait(END_PATIENCE) {
        log::warn!("a command goes on too long to wait for its end");
    }
}

/// Serves the clients of one channel.
fn serve(mut channel: Box<dyn Channel>, gate: &Gate, attendant: &Attendant) {
    let gate = gate.of_channel(channel.name());
    let places = Arc::new(Places::default());
    loop {
        let place = Place::take(&places);
        let client = match channel.next_client() {
            Ok(Some(client)) => client,
            Ok(None) => return,
            Err(error) => return log::error!("error reading channel: {error}"),
        };
        attendant.serve(client, gate.of_client(channel.peer()), move |result| {
            match result {
                Ok(()) => log::debug!("received EOF"),
                Err(error) => log::warn!("client lost: {error}"),
            }
            drop(place);
        });
    }
}

/// How many clients there are, out of [`MAX_CLIENTS`].
#[derive(Default)]
struct Places {
    taken: Mutex<usize>,
    freed: Condvar,
}

/// The place of one client, until this is dropped.
struct Place(Arc<Places>);

impl Place {
    /// Waits for a free place.
    fn take(places: &Arc<Places>) -> Self {
        let taken = lock(&places.taken);
        let waited = places
            .freed
            .wait_while(taken, |taken| *taken >= MAX_CLIENTS);
        *waited.unwrap_or_else(PoisonError::into_inner) += 1;
        Self(Arc::clone(places))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        *lock(&self.0.taken) -= 1;
        self.0.freed.notify_one();
    }
}
