//! The steps of a time series.

use chrono::{Datelike, Days, Months, NaiveDate};

/// Length of a step of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SeriesInterval {
    /// Calendar days (UTC).
    Day,
    /// ISO 8601 weeks, which begin on Monday.
    Week,
    /// Calendar months.
    Month,
}

impl SeriesInterval {
    /// First day of the step that holds the day: the group key of a posting published then.
    #[must_use]
    pub fn start_of(self, day: NaiveDate) -> NaiveDate {
        let into = match self {
            Self::Day => 0,
            Self::Week => day.weekday().num_days_from_monday(),
            Self::Month => day.day0(),
        };
        // Only in the very first days chrono knows could a step begin before time.
        day.checked_sub_days(Days::new(into.into())).unwrap_or(NaiveDate::MIN)
    }

    /// First day of the following step; `None` at the end of time.
    #[must_use]
    pub fn next(self, start: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => start.checked_add_days(Days::new(1)),
            Self::Week => start.checked_add_days(Days::new(7)),
            Self::Month => start.checked_add_months(Months::new(1)),
        }
    }

    /// First days of all steps that hold a day from `from` up to, not including, `to`; steps without any posting too,
    /// so that a series has no gaps.
    pub fn starts(self, from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = NaiveDate> {
        let first = (from < to).then(|| self.start_of(from));
        std::iter::successors(first, move |start| self.next(*start)).take_while(move |start| *start < to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(interval: SeriesInterval, from: &str, to: &str) -> Vec<String> {
        let day = |text: &str| text.parse().expect("a date");
        interval.starts(day(from), day(to)).map(|start| start.to_string()).collect()
    }

    #[test]
    fn steps_cover_the_window_without_gaps() {
        use SeriesInterval::{Day, Month, Week};
        assert_eq!(starts(Month, "2026-01-01", "2026-03-01"), ["2026-01-01", "2026-02-01"]);
        assert_eq!(starts(Month, "2026-01-31", "2026-03-02"), ["2026-01-01", "2026-02-01", "2026-03-01"]);
        assert_eq!(starts(Week, "2026-01-01", "2026-01-06"), ["2025-12-29", "2026-01-05"]);
        assert_eq!(starts(Day, "2024-02-28", "2024-03-01"), ["2024-02-28", "2024-02-29"]);
        assert!(starts(Day, "2026-01-02", "2026-01-02").is_empty());
    }
}
