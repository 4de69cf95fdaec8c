//! One thread that looks after all children.
//!
//! It is there while there are any, and for a moment longer, as one child seldom comes alone. Who
//! starts a child does not wake it, but adds to what it waits for; and who asks for a child that is
//! young looks after that one meanwhile. So the thread sleeps while programs run that have little
//! to do, and leaves the processor to them.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustix::io::Errno;

use super::care::{Care, Event};
use super::error::errno;
use super::watch::Watch;
use crate::lock::lock;

/// How long the thread waits for another child.
const LINGER: Duration = Duration::from_secs(1);
/// How often children are asked whether they have exited, where the kernel does not tell, and how
/// long to wait when it has no memory to wait for them.
const PAUSE: Duration = Duration::from_millis(50);
/// The stack of the thread, which does nothing but poll, read and write.
const STACK_SIZE: usize = 128 << 10;
/// How long a child is young: as long as most programs take that have little to do, and no longer
/// than a client may be kept waiting without another thread that reads its next request. A client
/// that asks again and again takes the processor from the program that it asks for, and one that
/// pauses after the first time loses that pause.
const YOUTH: Duration = Duration::from_millis(5);

/// Has children looked after.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tender(Arc<Mutex<Ward>>);

/// What the thread and those who bring children share.
#[derive(Debug, Default)]
struct Ward {
    /// Where the thread waits, which is there as long as this is.
    watch: Option<Arc<Watch>>,
    /// The children, each with its number.
    cares: Vec<(u64, Care)>,
    /// How many are being started, or are with who asks for them. The thread waits for them.
    expected: usize,
    /// How many there have been.
    count: u64,
}

impl Tender {
    /// Makes sure that a child which is to be started will be looked after.
    ///
    /// # Errors
    /// There is no thread to be had.
    pub(super) fn expect(&self) -> Result<Place, Errno> {
        let mut ward = lock(&self.0);
        let watch = match &ward.watch {
            Some(watch) => Arc::clone(watch),
            None => {
                let watch = Arc::new(Watch::new()?);
                let (shared, own) = (self.clone(), Arc::clone(&watch));
                thread::Builder::new()
                    .name("guest-exec".to_owned())
                    .stack_size(STACK_SIZE)
                    .spawn(move || shared.tend(&own))
                    .map_err(|error| errno(&error))?;
                Arc::clone(ward.watch.insert(watch))
            }
        };
        ward.expected += 1;
        let tender = self.clone();
        Ok(Place { tender, watch })
    }

    /// Looks after a child that is young, instead of the thread, until its end or that of its youth.
    pub(super) fn help(&self, number: u64) {
        let Some((mut care, place)) = self.lend(number, YOUTH) else {
            return;
        };
        while !care.is_over() {
            let left = YOUTH.saturating_sub(care.age());
            if left.is_zero() || care.attend(left).is_err() {
                return place.put(number, care);
            }
        }
        care.finish();
    }

    /// Nobody will ask for a child any more.
    pub(super) fn give_up(&self, number: u64) {
        let mut ward = lock(&self.0);
        if let Some(at) = ward.find(number) {
            ward.cares[at].1.give_up();
            if ward.cares[at].1.is_over() {
                ward.cares.swap_remove(at);
                // The thread may wait for nothing else.
                ward.watch.iter().for_each(|watch| watch.ring());
            }
        }
    }

    /// Takes a child from the thread, if it is no older than that and the kernel tells of its end.
    fn lend(&self, number: u64, age: Duration) -> Option<(Care, Place)> {
        let mut ward = lock(&self.0);
        let at = ward.find(number)?;
        let care = &ward.cares[at].1;
        if care.has_to_be_asked() || care.age() >= age {
            return None;
        }
        let watch = Arc::clone(ward.watch.as_ref()?);
        watch.leave(care);
        let (_, care) = ward.cares.swap_remove(at);
        ward.expected += 1;
        let tender = self.clone();
        Some((care, Place { tender, watch }))
    }

    fn tend(&self, watch: &Watch) {
        let mut is_quiet = false;
        while let Some(time) = self.patience(is_quiet) {
            match watch.wait(time) {
                Ok(happened) => {
                    is_quiet = happened.is_empty();
                    lock(&self.0).handle(&happened);
                }
                Err(Errno::INTR) => {}
                Err(_) => thread::sleep(PAUSE),
            }
        }
    }

    /// How long to wait for something to happen; `None` if the thread may leave, because nothing
    /// has, and there are no children.
    fn patience(&self, is_quiet: bool) -> Option<Option<Duration>> {
        let mut ward = lock(&self.0);
        let mut cares = ward.cares.iter().map(|(_, care)| care);
        if cares.clone().any(Care::has_to_be_asked) {
            return Some(Some(PAUSE));
        }
        // The end of one that is young may come while it is lent, and does not wake the thread then.
        if cares.any(|care| care.age() >= YOUTH) {
            return Some(None);
        }
        if is_quiet && ward.cares.is_empty() && ward.expected == 0 {
            ward.watch = None;
            return None;
        }
        Some(Some(LINGER))
    }
}

impl Ward {
    fn find(&self, number: u64) -> Option<usize> {
        self.cares.iter().position(|(other, _)| *other == number)
    }

    fn handle(&mut self, happened: &[(u64, Event)]) {
        for (number, event) in happened {
            // What is not found was over, or has been lent, a moment ago.
            if let Some(at) = self.find(*number) {
                self.cares[at].1.handle(*event);
            }
        }
        let cares = self.cares.iter_mut().map(|(_, care)| care);
        for care in cares.filter(|care| care.has_to_be_asked()) {
            // Nothing is waited for.
            let _ = care.attend(Duration::ZERO);
        }
        for (_, care) in self.cares.extract_if(.., |(_, care)| care.is_over()) {
            care.finish();
        }
    }
}

/// The place of a child that is being started, or is lent.
#[derive(Debug)]
pub(super) struct Place {
    tender: Tender,
    watch: Arc<Watch>,
}

impl Place {
    /// Hands a child over. Gives its number.
    pub(super) fn take(self, care: Care) -> u64 {
        let number = {
            let mut ward = lock(&self.tender.0);
            ward.count += 1;
            ward.count
        };
        self.put(number, care);
        number
    }

    fn put(self, number: u64, mut care: Care) {
        let mut ward = lock(&self.tender.0);
        self.watch.join(number, &mut care);
        ward.cares.push((number, care));
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        lock(&self.tender.0).expected -= 1;
    }
}

#[cfg(test)]
mod tests {
    use rustix::process::{Signal, kill_process};

    use super::super::process::{Budget, Finished, Input, Output, Record, Tended, start};
    use super::super::spawn::{Capture, Launch};
    use super::*;

    /// The shell, with a script.
    fn launch(script: &str) -> Launch {
        Launch {
            program: "sh".into(),
            found: None,
            arguments: vec!["-c".into(), script.into()],
            environment: None,
            input: false,
            capture: Capture::Separated,
            new_session: false,
        }
    }

    fn run(tender: &Tender, launch: &Launch) -> Result<Tended, Errno> {
        let budget = Arc::new(Budget::new(100));
        let input = Input::new(Vec::new(), &budget).expect("it takes nothing");
        start(tender, launch, input, &budget)
    }

    fn end(child: &Tended) -> Finished {
        loop {
            match child.finish() {
                Some(finished) => return finished,
                None => thread::yield_now(),
            }
        }
    }

    fn watch(tender: &Tender) -> Option<Arc<Watch>> {
        lock(&tender.0).watch.clone()
    }

    #[test]
    fn one_thread_looks_after_all_and_leaves_when_there_are_none() {
        let tender = Tender::default();
        assert!(watch(&tender).is_none());
        let first = run(&tender, &launch("true")).expect("a program");
        let thread = watch(&tender).expect("a thread");
        let absent = Launch {
            program: "/absent".into(),
            ..launch("")
        };
        assert!(run(&tender, &absent).is_err());
        let second = run(&tender, &launch("false")).expect("a program");
        let same = watch(&tender).expect("a thread");
        assert!(Arc::ptr_eq(&thread, &same));
        drop((thread, same));
        for child in [first, second] {
            while !child.is_finished() {
                thread::yield_now();
            }
        }
        while watch(&tender).is_some() {
            thread::sleep(PAUSE);
        }
        assert_eq!(lock(&tender.0).expected, 0);
    }

    #[test]
    fn a_child_that_outlives_its_youth_goes_back_to_the_thread() {
        let tender = Tender::default();
        let child = run(&tender, &launch("echo told; exec sleep 60")).expect("a shell");
        assert!(child.finish().is_none());
        assert_eq!(lock(&tender.0).cares.len(), 1);
        kill_process(child.pid, Signal::TERM).expect("a process");
        while !child.is_finished() {
            thread::yield_now();
        }
        let signal = end(&child)
            .status
            .and_then(|status| status.terminating_signal());
        assert_eq!(signal, Some(Signal::TERM.as_raw()));
    }

    #[test]
    fn the_thread_leaves_also_when_others_have_seen_to_the_last_child() {
        let tender = Tender::default();
        // Young, and given up after its end.
        for script in ["true", "sleep 60 & exit 0"] {
            let child = run(&tender, &launch(script)).expect("a shell");
            while !child.has_exited() {
                let _ = child.finish();
            }
            drop(child);
            while watch(&tender).is_some() {
                thread::sleep(PAUSE);
            }
        }
    }

    #[test]
    fn who_asks_for_a_young_child_looks_after_it() {
        let tender = Tender::default();
        let child = run(&tender, &launch("echo told; exec sleep 60")).expect("a shell");
        let long = Duration::from_secs(60);
        let (mut care, _place) = tender.lend(child.number(), long).expect("it is young");
        assert!(tender.lend(child.number(), long).is_none());
        kill_process(child.pid, Signal::TERM).expect("a process");
        while !care.is_over() {
            care.attend(long).expect("memory");
        }
        assert!(child.has_exited() && !child.is_finished());
        care.finish();
        assert!(child.is_finished());
    }

    #[test]
    fn children_are_asked_where_nothing_tells_of_them() {
        let tender = Tender::default();
        let place = tender.expect().expect("a thread");
        let budget = Arc::new(Budget::new(100));
        let record = Arc::<Record>::default();
        let outputs = [Output::new(&budget), Output::new(&budget)];
        let input = Input::new(Vec::new(), &budget).expect("it takes nothing");
        let child = launch("echo told; exit 3").spawn().expect("a shell");
        let mut care = Care::new(child, input, outputs, Arc::clone(&record));
        care.ask();
        let number = place.take(care);
        assert!(tender.lend(number, Duration::from_secs(60)).is_none());
        let finished = loop {
            match record.take() {
                Some(finished) => break finished,
                None => thread::yield_now(),
            }
        };
        assert_eq!(finished.stdout.data, b"told\n");
        let status = finished.status.and_then(|status| status.exit_status());
        assert_eq!(status, Some(3));
    }
}
