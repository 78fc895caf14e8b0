//! Buckets that fill evenly (GCRA, by `governor`), one for each key.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::direct::NotKeyed;
use governor::state::{InMemoryState, StateStore};
use governor::{Quota, RateLimiter};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use crate::clock::Clock;

/// Whose bucket it is.
pub(super) type Key = u64;

/// Buckets of one kind that are kept. A bucket that is full again is shed, and beyond this the one that was used longest
/// ago: whoever has so many addresses has as many budgets anyway.
const MOST: u64 = 50_000;

/// What is in a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What it holds when it is full.
    pub limit: u32,
    /// What is left in it.
    pub remaining: u32,
    /// How long it takes to fill from nothing.
    pub period: Duration,
    /// How long until it is full, if nobody takes from it.
    pub full_in: Duration,
}

/// There is not enough in the bucket, and will be after this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait(pub Duration);

impl Wait {
    /// Whole seconds to wait, at least one.
    #[must_use]
    pub fn seconds(self) -> u64 {
        seconds(self.0).max(1)
    }
}

/// Whole seconds, and the one that has begun.
pub(super) fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// Buckets of one kind.
#[derive(Debug)]
pub(super) struct Buckets {
    limiter: RateLimiter<Key, Shelf, Ticks, NoOpMiddleware<Duration>>,
    shelf: Shelf,
    ticks: Ticks,
    size: NonZeroU32,
    period: Duration,
}

impl Buckets {
    /// Buckets that hold so much, and fill in this time. None for a size or a time of nothing: there is no limit then.
    pub(super) fn new(size: u32, period: Duration, clock: &Clock) -> Option<Self> {
        let size = NonZeroU32::new(size)?;
        let quota = Quota::with_period(period / size.get())?.allow_burst(size);
        let shelf = Shelf::new(period);
        let ticks = Ticks { clock: clock.clone(), began: clock.elapsed() };
        Some(Self { limiter: RateLimiter::new(quota, shelf.clone(), ticks.clone()), shelf, ticks, size, period })
    }

    /// Takes so much out of a bucket, all or nothing. What is more than a full bucket takes a full one.
    pub(super) fn take(&self, key: Key, amount: u64) -> Result<(), Wait> {
        let amount = u32::try_from(amount).unwrap_or(u32::MAX).min(self.size.get());
        let Some(amount) = NonZeroU32::new(amount) else { return Ok(()) };
        match self.taken(key, amount) {
            // No bucket takes longer to fill: the clock went back.
            Err(Wait(wait)) if wait > self.period => {
                self.fill(key);
                self.taken(key, amount)
            }
            outcome => outcome,
        }
    }

    fn taken(&self, key: Key, amount: NonZeroU32) -> Result<(), Wait> {
        match self.limiter.check_key_n(&key, amount) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(not_yet)) => Err(Wait(not_yet.wait_time_from(governor::clock::Clock::now(&self.ticks)))),
            Err(_) => Err(Wait(self.period)),
        }
    }

    /// What is in a bucket, taking nothing.
    pub(super) fn standing(&self, key: Key) -> Standing {
        // The state is the instant at which the bucket will be full; nothing is replaced where the answer is an error.
        let full_at = self.shelf.measure_and_replace(&key, Err::<((), Nanos), _>);
        let full_at = Duration::from_nanos(full_at.err().flatten().map_or(0, Nanos::as_u64));
        let full_in = full_at.saturating_sub(governor::clock::Clock::now(&self.ticks)).min(self.period);
        let one = (self.period / self.size.get()).as_nanos().max(1);
        let taken = u32::try_from(full_in.as_nanos().div_ceil(one)).unwrap_or(u32::MAX);
        let limit = self.size.get();
        Standing { limit, remaining: limit.saturating_sub(taken), period: self.period, full_in }
    }

    /// Fills a bucket.
    pub(super) fn fill(&self, key: Key) {
        self.shelf.0.invalidate(&key);
    }
}

/// The time of the server's own clock, which tests move.
#[derive(Clone, Debug)]
struct Ticks {
    clock: Clock,
    began: Duration,
}

impl governor::clock::Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.clock.elapsed().saturating_sub(self.began)
    }
}

/// Where the buckets stand: a bounded number, and none that is full again.
#[derive(Clone, Debug)]
struct Shelf(Cache<Key, Arc<InMemoryState>>);

impl Shelf {
    fn new(period: Duration) -> Self {
        let cache = Cache::builder().max_capacity(MOST).eviction_policy(EvictionPolicy::lru()).time_to_idle(period);
        Self(cache.build())
    }
}

impl StateStore for Shelf {
    type Key = Key;

    fn measure_and_replace<T, F, E>(&self, key: &Key, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        self.0.get_with(*key, Arc::default).measure_and_replace(&NotKeyed::NonKey, measure)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    #[test]
    fn a_bucket_empties_and_fills_evenly() {
        let clock = Clock::default();
        let buckets = Buckets::new(60, MINUTE, &clock).expect("buckets");
        assert_eq!(buckets.take(1, 50), Ok(()));
        assert!(buckets.standing(1).remaining <= 11, "{:?}", buckets.standing(1));
        assert!(buckets.take(1, 50).is_err(), "all or nothing");
        assert_eq!(buckets.take(1, 10), Ok(()));
        let wait = buckets.take(1, 30).expect_err("empty").seconds();
        assert!((29..=30).contains(&wait), "{wait}");
        assert_eq!(buckets.take(2, 60), Ok(()), "every key has its own");
        clock.advance(TimeDelta::seconds(30));
        assert_eq!(buckets.take(1, 30), Ok(()));
        buckets.fill(1);
        assert_eq!(buckets.take(1, 60), Ok(()));
    }

    #[test]
    fn what_costs_more_than_a_full_bucket_takes_a_full_one() {
        let buckets = Buckets::new(60, MINUTE, &Clock::default()).expect("buckets");
        assert_eq!(buckets.take(1, 1_000_000_000_000), Ok(()));
        assert_eq!(buckets.standing(1).remaining, 0);
        assert!(buckets.take(1, 1_000_000_000_000).is_err());
        assert_eq!(buckets.take(1, 0), Ok(()));
    }

    #[test]
    fn memory_is_bounded() {
        let buckets = Buckets::new(60, Duration::from_hours(1), &Clock::default()).expect("buckets");
        for key in 0..2 * MOST {
            assert_eq!(buckets.take(key, 1), Ok(()));
        }
        buckets.shelf.0.run_pending_tasks();
        assert!(buckets.shelf.0.entry_count() <= MOST);
        // The latest are the ones that are remembered.
        assert!(buckets.standing(2 * MOST - 1).remaining < 60);
    }

    #[test]
    fn no_size_is_no_limit() {
        assert!(Buckets::new(0, MINUTE, &Clock::default()).is_none());
    }
}
