//! Saved searches: what they are made of, and when they are told.

use chrono::TimeDelta;

use crate::clock::Timestamp;
use crate::entities::sets::SearchAlerts;
use crate::error::{Code, Refusal};
use crate::text;

/// Postings that a candidate keeps at the most.
pub const MAX_POSTINGS: u64 = 1_000;
/// Searches that a candidate keeps at the most.
pub const MAX_SEARCHES: u64 = 100;
/// Bytes of a filter that is kept at the most.
pub const MAX_FILTER_BYTES: usize = 16 * 1_024;

/// Reads the name of a saved search, 1 to 100 characters.
///
/// # Errors
/// A refusal at `name`.
pub fn name(text: &str) -> Result<String, Refusal> {
    text::line("name", text, 1, 100)
}

/// Reads the words of a saved search: up to 200 characters with at least one word. Without a word every posting would
/// meet it.
///
/// # Errors
/// A refusal at `search`.
pub fn search(text: &str) -> Result<String, Refusal> {
    let text = text::line("search", text, 1, 200)?;
    if text::words(&text).next().is_none() {
        return Err(Refusal::new(Code::Required, "search", "It has no word."));
    }
    Ok(text)
}

/// From one alert to the next; `None` for what is told at once, or never.
#[must_use]
pub const fn period(alerts: SearchAlerts) -> Option<TimeDelta> {
    match alerts {
        SearchAlerts::Off | SearchAlerts::Instant => None,
        SearchAlerts::Daily => Some(TimeDelta::days(1)),
        SearchAlerts::Weekly => Some(TimeDelta::days(7)),
    }
}

/// When an alert is due after the one that was due at `due`: at the same time of the day. Those that were missed are made
/// up for by one.
#[must_use]
pub fn next_alert(alerts: SearchAlerts, due: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let period = period(alerts)?;
    let missed = (now - due).num_seconds().max(0) / period.num_seconds();
    let periods = i32::try_from(missed + 1).unwrap_or(i32::MAX);
    Some(due + period * periods)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerts_keep_their_time_of_the_day() {
        let due = Timestamp::from_timestamp(1_800_000_000, 0).expect("an instant");
        let after =
            |alerts, hours| next_alert(alerts, due, due + TimeDelta::hours(hours)).map(|at| (at - due).num_hours());
        assert_eq!(after(SearchAlerts::Daily, 0), Some(24));
        assert_eq!(after(SearchAlerts::Daily, 23), Some(24));
        assert_eq!(after(SearchAlerts::Daily, 24), Some(48));
        assert_eq!(after(SearchAlerts::Daily, 24 * 3 + 1), Some(24 * 4));
        assert_eq!(after(SearchAlerts::Weekly, 1), Some(24 * 7));
        assert_eq!(after(SearchAlerts::Instant, 1), None);
        assert_eq!(next_alert(SearchAlerts::Daily, due, due - TimeDelta::hours(1)), Some(due + TimeDelta::days(1)));
    }

    #[test]
    fn a_search_has_a_word() {
        assert_eq!(search("  Rust \t C++ ").expect("fine"), "Rust C++");
        for wrong in ["", " ", "--", "a\u{0}b"] {
            assert!(search(wrong).is_err(), "{wrong:?}");
        }
        assert_eq!(search(&"a".repeat(201)).expect_err("long").code, Code::TooLong);
    }
}
