//! From a filter to the rows of a base.

use std::borrow::Cow;

use super::base::Base;
use super::bits::Bits;
use super::filter::{Filter, is_within};
use super::orders::SortField;
use super::post::{Post, is_dense};

impl Base {
    /// The rows that a filter means. Values are looked up and their sets combined, the smallest first; amounts are
    /// compared row by row, among those that are left. O(words × sets), or O(rows of the smallest set).
    #[must_use]
    pub fn find(&self, filter: &Filter) -> Cow<'_, Post> {
        match filter {
            Filter::All(filters) => self.find_all(filters),
            Filter::Any(filters) => {
                let sets: Vec<_> = filters.iter().map(|filter| self.find(filter)).collect();
                Cow::Owned(Post::union(sets.iter().map(|set| &**set), self.len()))
            }
            Filter::Not(filter) => Cow::Owned(self.find(filter).into_owned().not(self.len())),
            Filter::Has(field, codes) => {
                let mut sets = codes.iter().filter_map(|code| self.post(*field, *code));
                match (sets.next(), sets.next()) {
                    (None, _) => Cow::default(),
                    (Some(one), None) => Cow::Borrowed(one),
                    (Some(one), Some(other)) => {
                        Cow::Owned(Post::union([one, other].into_iter().chain(sets), self.len()))
                    }
                }
            }
            Filter::PayAtLeast(_) => Cow::Owned(self.narrow(self.everything(), filter)),
            Filter::Published { since, before } => match self.published(*since, *before) {
                Some(few) => Cow::Owned(few),
                None => Cow::Owned(self.narrow(self.everything(), filter)),
            },
        }
    }

    fn find_all(&self, filters: &[Filter]) -> Cow<'_, Post> {
        let is_comparison = |filter: &Filter| match filter {
            Filter::PayAtLeast(_) => true,
            Filter::Published { since, before } => self.published(*since, *before).is_none(),
            _ => false,
        };
        let (comparisons, look_ups): (Vec<_>, Vec<_>) = filters.iter().partition(|filter| is_comparison(filter));
        let mut sets: Vec<_> = look_ups.into_iter().map(|filter| self.find(filter)).collect();
        sets.sort_by_key(|set| match &**set {
            Post::Sparse(rows) => rows.len(),
            Post::Dense(_) => self.len(),
        });
        let found = sets.into_iter().reduce(|found, set| Cow::Owned(found.and(&set)));
        let found = found.unwrap_or_else(|| Cow::Owned(self.everything()));
        comparisons.into_iter().fold(found, |found, filter| Cow::Owned(self.narrow(found.into_owned(), filter)))
    }

    fn everything(&self) -> Post {
        Post::Dense(Bits::all(self.len()))
    }

    /// The rows published within bounds, if they are few.
    fn published(&self, since: Option<i64>, before: Option<i64>) -> Option<Post> {
        if since.is_none() && before.is_none() {
            return None;
        }
        let rows = self.orders().between(self.columns(), SortField::PublishedAt, since, before);
        (!is_dense(rows.len(), self.len())).then(|| Post::of_unsorted(rows, self.len()))
    }

    /// Those of the rows for which a comparison holds.
    fn narrow(&self, rows: Post, comparison: &Filter) -> Post {
        match comparison {
            Filter::PayAtLeast(floors) => {
                let floors = self.columns().floors(floors);
                rows.filter(|row| self.columns().pays_at_least(row, &floors))
            }
            Filter::Published { since, before } => {
                let published_at = self.columns().published_at();
                rows.filter(|row| is_within(published_at[row as usize], *since, *before))
            }
            _ => rows.and(&self.find(comparison)),
        }
    }
}
