//! Work that takes milliseconds, on as many cores as there are.

use std::cell::Cell;
use std::sync::LazyLock;
use std::thread;

/// So many things are worth sharing out; boards of the tests are small.
pub const MANY: usize = if cfg!(test) { 50 } else { 30_000 };

/// How many cores there are. The system is asked once: it reads files to tell.
#[must_use]
pub fn number() -> usize {
    static NUMBER: LazyLock<usize> = LazyLock::new(|| thread::available_parallelism().map_or(1, usize::from));
    *NUMBER
}

thread_local! {
    /// Whether this thread does a part of shared work: what that shares out in its turn stays with it.
    static HAS_A_PART: Cell<bool> = const { Cell::new(false) };
}

/// As [`map`], if there are many postings to think about.
pub fn share<T: Send, R: Send>(postings: usize, items: Vec<T>, act: impl Fn(T) -> R + Sync) -> Vec<R> {
    if postings < MANY { items.into_iter().map(act).collect() } else { map(items, act) }
}

/// Does the same with every item, and gives what came of it in the order of the items. Items are dealt out like cards, so
/// that those of one kind do not all come to one core.
pub fn map<T: Send, R: Send>(items: Vec<T>, act: impl Fn(T) -> R + Sync) -> Vec<R> {
    let cores = number().min(items.len());
    if cores <= 1 || HAS_A_PART.get() {
        return items.into_iter().map(act).collect();
    }
    let mut hands: Vec<Vec<(usize, T)>> = (0..cores).map(|_| Vec::new()).collect();
    for (at, item) in items.into_iter().enumerate() {
        hands[at % cores].push((at, item));
    }
    let play = |hand: Vec<(usize, T)>| {
        HAS_A_PART.set(true);
        let played = hand.into_iter().map(|(at, item)| (at, act(item))).collect::<Vec<_>>();
        HAS_A_PART.set(false);
        played
    };
    let mut done = thread::scope(|scope| {
        let own = hands.pop().unwrap_or_default();
        let others: Vec<_> = hands.into_iter().map(|hand| scope.spawn(|| play(hand))).collect();
        let mut done = play(own);
        for other in others {
            match other.join() {
                Ok(more) => done.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// A list in as many parts as there are cores, or in one if it is short.
pub fn parts<T>(list: &[T]) -> Vec<&[T]> {
    let parts = if list.len() < MANY { 1 } else { number() };
    list.chunks(list.len().div_ceil(parts).max(1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        for count in [0, 1, 2, 3, 1_000] {
            let numbers: Vec<u32> = (0..count).collect();
            let squares: Vec<u32> = numbers.iter().map(|number| number * number).collect();
            assert_eq!(map(numbers.clone(), |number| number * number), squares);
            assert_eq!(parts(&numbers).concat(), numbers);
        }
    }
}
