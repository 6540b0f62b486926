//! Parallel work on all cores of the machine.

use crate::cancellation;
use std::num::NonZero;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The number of threads that the machine runs at once. It is computed once, because on Linux that takes a dozen reads
/// of `/proc` and `/sys`.
static CORES: LazyLock<usize> = LazyLock::new(|| thread::available_parallelism().map_or(1, NonZero::get));

/// Maps each item, in parallel. The results have the order of the items. Cancelled work ends between two items.
pub fn map<'i, Item: Sync, Made: Send>(
    items: &'i [Item],
    work: impl Fn(&'i Item) -> Made + Sync,
) -> Vec<Made> {
    if items.len() < 2 || *CORES < 2 {
        return items.iter().inspect(|_| cancellation::check()).map(work).collect();
    }
    let workers = items.len().min(*CORES);
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut made = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(place) else { return made };
            cancellation::check();
            made.push((place, work(item)));
        }
    };
    let token = cancellation::current();
    let helper = || cancellation::under(token.clone(), worker);
    let mut all: Vec<(usize, Made)> = thread::scope(|scope| {
        let others: Vec<_> = (1..workers).map(|_| scope.spawn(helper)).collect();
        let mut all = worker();
        for other in others {
            match other.join() {
                Ok(made) => all.extend(made),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    });
    all.sort_unstable_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, made)| made).collect()
}

#[cfg(test)]
mod tests {
    use super::map;

    #[test]
    fn each_item_is_mapped_once_and_keeps_its_order() {
        for count in [0, 1, 2, 1000] {
            let items: Vec<usize> = (0..count).collect();
            assert_eq!(map(&items, |item| item * 2), items.iter().map(|item| item * 2).collect::<Vec<_>>());
        }
    }
}
