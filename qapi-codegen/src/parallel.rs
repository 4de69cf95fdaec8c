//! Work that several threads share.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// More threads than these have nothing to do: what cannot be shared takes a quarter of the time.
const MOST_THREADS: usize = 4;

/// A thread costs more than it saves for less than this.
const ITEMS_PER_THREAD: usize = 64;

/// What `work` makes of each item, in the order of the items.
///
/// The last item is begun first: `emit` has its largest ones at the end, and whoever begins with
/// one of those last makes the others wait.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let threads = processors
        .min(MOST_THREADS)
        .min(1 + items.len() / ITEMS_PER_THREAD);
    let left = AtomicUsize::new(items.len());
    let worker = || {
        let mut done = Vec::new();
        while let Some(index) = take(&left) {
            done.push((index, work(&items[index])));
        }
        done
    };
    let mut done = thread::scope(|scope| {
        // Without a thread that the system refuses, the others do more.
        let helpers: Vec<_> = (1..threads)
            .filter_map(|_| thread::Builder::new().spawn_scoped(scope, worker).ok())
            .collect();
        let mut done = worker();
        for helper in helpers {
            done.extend(helper.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// The index of the next item, from the end.
fn take(left: &AtomicUsize) -> Option<usize> {
    let less = |left: usize| left.checked_sub(1);
    let before = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    Some(before.ok()? - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_have_the_order_of_their_items() {
        for count in [0, 1, 1000] {
            let items: Vec<usize> = (0..count).collect();
            assert_eq!(map(&items, |item| *item), items);
        }
    }
}
