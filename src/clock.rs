//! The one place that reads the time, so that tests can move it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use chrono::{DateTime, DurationRound, NaiveDate, TimeDelta, Utc};

/// An instant in UTC, whole microseconds: what both databases can keep.
pub type Timestamp = DateTime<Utc>;

/// Tells the time. Clones share one offset, so a test that moves one moves all.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// How far this clock is ahead of the machine's, in microseconds.
    ahead: Arc<AtomicI64>,
}

impl Clock {
    /// Now, cut to whole microseconds.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn now(&self) -> Timestamp {
        to_micros(Utc::now() + TimeDelta::microseconds(self.ahead.load(Ordering::Relaxed)))
    }

    /// Today in UTC.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.now().date_naive()
    }

    /// How long ago something began that never changes. It grows evenly, whatever is done to the time of day.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
        let ahead = u64::try_from(self.ahead.load(Ordering::Relaxed)).unwrap_or(0);
        BEGAN.elapsed() + Duration::from_micros(ahead)
    }

    /// Moves this clock and its clones forward (or back, with a negative `by`).
    pub fn advance(&self, by: TimeDelta) {
        self.ahead.fetch_add(by.num_microseconds().unwrap_or(0), Ordering::Relaxed);
    }
}

/// Years that come from outside: every database keeps them, and compares them as texts too.
pub const YEARS: std::ops::RangeInclusive<i32> = 1900..=9999;

/// Cuts an instant that came from outside to whole microseconds.
#[must_use]
pub fn to_micros(at: Timestamp) -> Timestamp {
    at.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(at)
}
