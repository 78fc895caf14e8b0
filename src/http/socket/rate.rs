//! How fast a client may send messages.

use std::time::Duration;

use tokio::time::Instant;

/// A bucket that holds a minute's messages and fills evenly.
#[derive(Debug)]
pub(super) struct Rate {
    left: f64,
    per_minute: f64,
    filled: Instant,
}

impl Rate {
    pub(super) fn new(per_minute: u32, now: Instant) -> Self {
        let per_minute = f64::from(per_minute);
        Self { left: per_minute, per_minute, filled: now }
    }

    /// Whether one more message is within the rate.
    pub(super) fn admits(&mut self, now: Instant) -> bool {
        let minutes = (now - self.filled).as_secs_f64() / Duration::from_mins(1).as_secs_f64();
        self.filled = now;
        self.left = (self.left + minutes * self.per_minute).min(self.per_minute);
        if self.left < 1.0 {
            return false;
        }
        self.left -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bucket_empties_and_fills_again() {
        let start = Instant::now();
        let mut rate = Rate::new(60, start);
        assert!((0..60).all(|_| rate.admits(start)));
        assert!(!rate.admits(start));
        let later = start + Duration::from_millis(1_500);
        assert!(rate.admits(later));
        assert!(!rate.admits(later));
    }
}
