//! What the readers of real sources share: their items, their errors, and the moving of dates.

use std::collections::HashSet;
use std::io::Read;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use sea_orm::ActiveEnum;

use super::records::{EmployerRecord, PostingRecord};
use crate::reference::titles::experience_level;

/// Longest time a posting is open, in days after its publication.
pub const LONGEST_OPEN_DAYS: u64 = 90;
/// How long a posting without a closing date is open, in days.
pub const USUAL_OPEN_DAYS: u64 = 60;
/// Most characters of a title.
const TITLE_LENGTH: usize = 120;

/// One thing a source tells. An employer comes before its first posting, and only once.
#[derive(Clone, Debug, PartialEq)]
pub enum SourceItem {
    /// An employer not seen before in this run.
    Employer(EmployerRecord),
    /// A posting.
    Posting(Box<SourcePosting>),
}

/// A posting of a source.
#[derive(Clone, Debug, PartialEq)]
pub struct SourcePosting {
    /// The record, in the bulk format.
    pub record: PostingRecord,
    /// Slug of the role that the source's own classification means; for postings whose title names no role.
    pub role_hint: Option<&'static str>,
}

/// Why a row became no posting. The rows after it are read nevertheless.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, {path}: {reason}")]
pub struct RowError {
    /// Line of the file, the header being line 1.
    pub line: u64,
    /// Column that is at fault; `.` for the row as a whole.
    pub path: String,
    /// What is wrong.
    pub reason: String,
}

/// The whole days by which the dates of one source are moved. The default leaves them as they are.
///
/// A demonstration needs postings that are open today, and the real sets end in the past. So it moves all dates of a
/// file by one number of days: real postings, real distances between their dates, at another time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shift(i64);

impl Shift {
    /// So that the newest real publication falls on the day of an instant.
    #[must_use]
    pub fn moving(newest: NaiveDate, to: DateTime<Utc>) -> Self {
        Self((to.date_naive() - newest).num_days())
    }

    /// Whole days, forwards.
    #[must_use]
    pub fn days(self) -> i64 {
        self.0
    }

    fn apply(self, day: NaiveDate) -> NaiveDate {
        day + chrono::TimeDelta::days(self.0)
    }

    /// Publication and end of a posting. The end is the evening of the real closing day, or else of the usual time after
    /// the last renewal, and never later than the longest time after the publication.
    pub(super) fn span(self, dates: &PostingDates) -> (DateTime<Utc>, DateTime<Utc>) {
        let usual = dates.renewed.max(dates.published) + Days::new(USUAL_OPEN_DAYS);
        let latest = dates.published + Days::new(LONGEST_OPEN_DAYS);
        let last_day = dates.closes.unwrap_or(usual).min(latest).max(dates.published);
        let evening = NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default();
        let published = self.apply(dates.published).and_time(NaiveTime::MIN).and_utc();
        (published, self.apply(last_day).and_time(evening).and_utc())
    }
}

/// The dates of a posting as the source has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PostingDates {
    pub published: NaiveDate,
    /// Last renewal; the publication when there was none.
    pub renewed: NaiveDate,
    /// Last day for applications, where stated.
    pub closes: Option<NaiveDate>,
}

/// Employers told so far.
#[derive(Debug, Default)]
pub(super) struct Told(HashSet<String>);

impl Told {
    /// Whether this is the first time.
    pub(super) fn first(&mut self, external_id: &str) -> bool {
        !self.0.contains(external_id) && self.0.insert(external_id.to_owned())
    }
}

/// A row with named columns.
pub(super) struct Row<'a> {
    pub columns: &'a csv::StringRecord,
    pub cells: &'a csv::StringRecord,
}

impl<'a> Row<'a> {
    /// A cell, trimmed; empty when the column is not there.
    pub(super) fn get(&self, column: &str) -> &'a str {
        let at = self.columns.iter().position(|name| name == column);
        at.and_then(|at| self.cells.get(at)).unwrap_or_default().trim()
    }

    pub(super) fn line(&self) -> u64 {
        self.cells.position().map_or(0, csv::Position::line)
    }

    pub(super) fn fault(&self, column: &str, reason: impl Into<String>) -> RowError {
        RowError { line: self.line(), path: column.to_owned(), reason: reason.into() }
    }

    /// A date that must be there.
    pub(super) fn date(&self, column: &str) -> Result<NaiveDate, RowError> {
        let cell = self.get(column);
        cell.parse().map_err(|_| self.fault(column, format!("{cell:?} is no date; YYYY-MM-DD was expected")))
    }

    /// A date that may be absent.
    pub(super) fn maybe_date(&self, column: &str) -> Result<Option<NaiveDate>, RowError> {
        if self.get(column).is_empty() { Ok(None) } else { self.date(column).map(Some) }
    }

    /// A title of at most 120 characters.
    pub(super) fn title(&self, column: &str) -> Result<String, RowError> {
        let words: Vec<_> = self.get(column).split_whitespace().collect();
        match words.join(" ").chars().take(TITLE_LENGTH).collect::<String>() {
            title if title.is_empty() => Err(self.fault(column, "the title is empty")),
            title => Ok(title.trim_end().to_owned()),
        }
    }
}

/// The newest date in a column of a file.
pub(super) fn newest_in_column<R: Read>(reader: R, column: &str) -> Result<Option<NaiveDate>, RowError> {
    let mut reader = csv::Reader::from_reader(reader);
    let columns = reader.headers().map_err(|error| unreadable(&error))?.clone();
    let mut newest = None;
    for cells in reader.into_records() {
        let cells = cells.map_err(|error| unreadable(&error))?;
        // A bad date is reported when the row is read.
        newest = newest.max(Row { columns: &columns, cells: &cells }.date(column).ok());
    }
    Ok(newest)
}

/// The experience level a title states, as a word of the bulk format.
pub(super) fn level_word(title: &str) -> Option<String> {
    experience_level(title).map(|level| level.to_value())
}

/// An error of the CSV reader as the error of a row.
pub(super) fn unreadable(error: &csv::Error) -> RowError {
    let line = error.position().map_or(0, csv::Position::line);
    RowError { line, path: ".".to_owned(), reason: error.to_string() }
}

/// Adds a Markdown list item when there is something to say.
pub(super) fn bullet(text: &mut String, label: &str, value: &str) {
    if !value.is_empty() {
        text.push_str("\n- **");
        text.push_str(label);
        text.push_str(":** ");
        for c in value.chars() {
            // Marks that Markdown would read as its own.
            if matches!(c, '*' | '_' | '[' | ']' | '<' | '>' | '`' | '#' | '\\') {
                text.push('\\');
            }
            text.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn dates_move_by_whole_days() {
        let to = "2026-11-22T15:30:00Z".parse().expect("an instant");
        let shift = Shift::moving(day("2025-09-19"), to);
        assert_eq!(shift.days(), 429);
        let dates =
            PostingDates { published: day("2025-09-19"), renewed: day("2025-09-19"), closes: Some(day("2025-09-26")) };
        let (from, until) = shift.span(&dates);
        assert_eq!(
            (from.to_rfc3339(), until.to_rfc3339()),
            ("2026-11-22T00:00:00+00:00".into(), "2026-11-29T23:59:59+00:00".into())
        );
        assert_eq!(Shift::default().days(), 0);
    }

    #[test]
    fn nothing_is_open_longer_than_allowed_or_less_than_its_first_day() {
        let open = |closes: Option<&str>, renewed: &str| {
            let dates = PostingDates { published: day("2025-01-01"), renewed: day(renewed), closes: closes.map(day) };
            Shift::default().span(&dates).1.date_naive()
        };
        assert_eq!(open(None, "2025-01-01"), day("2025-03-02"));
        assert_eq!(open(None, "2025-01-21"), day("2025-03-22"));
        assert_eq!(open(None, "2025-12-01"), day("2025-04-01"));
        assert_eq!(open(Some("2026-01-01"), "2025-01-01"), day("2025-04-01"));
        assert_eq!(open(Some("2024-12-01"), "2025-01-01"), day("2025-01-01"));
    }
}
