//! The orders in which lists show postings: rows by each sort key, made once for a base.

use super::bits::number;
use super::columns::Columns;
use super::row::{NO_AMOUNT, NO_TIME};

/// What postings are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SortField {
    /// First publication.
    PublishedAt,
    /// First instant at which they are no longer valid.
    ValidThrough,
    /// Best pay of a full-time year in euro.
    Pay,
    /// Title, byte by byte.
    Title,
    /// Last change.
    UpdatedAt,
    /// How well they fit what is searched for; nothing that a base knows by itself.
    Relevance,
}

impl SortField {
    /// What rows are kept in the order of.
    const KEPT: [Self; 5] = [Self::PublishedAt, Self::ValidThrough, Self::Pay, Self::Title, Self::UpdatedAt];

    /// The sort key of a row, if it has one. Titles are told by their place among all titles of the base. No row fits a
    /// search better than another before it is known what is searched for.
    #[must_use]
    pub fn key(self, columns: &Columns, row: u32) -> Option<i64> {
        let at = row as usize;
        let there = |key: i64, nothing: i64| (key != nothing).then_some(key);
        match self {
            Self::PublishedAt => there(columns.published_at()[at], NO_TIME),
            Self::ValidThrough => there(columns.valid_through()[at], NO_TIME),
            Self::Pay => there(columns.pay_ranks()[at], NO_AMOUNT),
            Self::Title => Some(columns.titles()[at].into()),
            Self::UpdatedAt => Some(columns.updated_at()[at]),
            Self::Relevance => Some(0),
        }
    }
}

/// Rows by sort key.
pub struct Orders {
    /// For each field the rows by key and identifier, and how many rows have the key; the others follow.
    by: Vec<(Vec<u32>, usize)>,
}

impl Orders {
    /// Sorts the rows by every field. O(n log n).
    #[must_use]
    pub fn of(columns: &Columns) -> Self {
        let ids = columns.ids();
        let by = SortField::KEPT.map(|field| {
            let keyed = (0..number(columns.len())).map(|row| (field.key(columns, row), row));
            let (there, mut nothing): (Vec<_>, Vec<_>) = keyed.partition(|(key, _)| key.is_some());
            let mut there: Vec<(i64, u32)> = there.into_iter().filter_map(|(key, row)| Some((key?, row))).collect();
            there.sort_unstable();
            for same in there.chunk_by_mut(|one, next| one.0 == next.0) {
                same.sort_unstable_by_key(|(_, row)| ids[*row as usize]);
            }
            nothing.sort_unstable_by_key(|(_, row)| ids[*row as usize]);
            let known = there.len();
            (there.into_iter().map(|(_, row)| row).chain(nothing.into_iter().map(|(_, row)| row)).collect(), known)
        });
        Self { by: by.into() }
    }

    /// Rows that have the key, in ascending order of it; and those that have none.
    #[must_use]
    pub fn rows(&self, field: SortField) -> (&[u32], &[u32]) {
        let (rows, known) = &self.by[field as usize];
        rows.split_at(*known)
    }

    /// Rows whose key is at least `since` and less than `before`. O(log n).
    #[must_use]
    pub fn between(&self, columns: &Columns, field: SortField, since: Option<i64>, before: Option<i64>) -> &[u32] {
        let (rows, _) = self.rows(field);
        let less = |bound: i64| rows.partition_point(|row| field.key(columns, *row) < Some(bound));
        let (from, to) = (since.map_or(0, less), before.map_or(rows.len(), less));
        &rows[from..to.max(from)]
    }
}
