//! The bulk of the postings: rows that never change, in the order of their pay, and what finds them at once.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::bits::{Bits, number};
use super::columns::Columns;
use super::orders::{Orders, SortField};
use super::post::{Lists, Post};
use super::row::{Field, NO_CODE, NO_TIME, REMOTE, Row, Spot, State};
use super::scale::{Scale, ScaleKey};
use crate::market::annual::{Factors, Measure};
use crate::market::rates::SharedRates;

/// Scales that are kept beside that of the rows themselves: 16 bytes a row each.
const MOST_SCALES: usize = 6;

/// What a base is made with.
#[derive(Clone)]
pub struct Terms {
    /// How pay becomes that of a year, for the scale in whose order rows lie.
    pub factors: Factors,
    /// Exchange rates, for scales that convert.
    pub rates: SharedRates,
    /// The instant at which the set of open postings is prepared; later ones are told from it fastest.
    pub now: i64,
}

/// Where a target can meet postings: a role, and a place or remote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// The role.
    pub role: u32,
    /// The place; remote, if there is none.
    pub spot: Option<Spot>,
}

/// Rows that never change.
pub struct Base {
    columns: Columns,
    row_of_slot: HashMap<u32, u32>,
    posts: Vec<Vec<Post>>,
    /// Rows that were once published.
    seen: Bits,
    /// Rows that require no skill.
    undemanding: Bits,
    /// Rows that were open at an instant.
    open: (i64, Bits),
    orders: Orders,
    /// The cells of each row, and what they are.
    cells: Lists<u32>,
    cell_table: Vec<Cell>,
    physical: Arc<Scale>,
    scales: Mutex<Vec<Arc<Scale>>>,
}

impl Base {
    /// Builds a base. Scales of the `prepared` keys are made along with it. O(n log n), about 2 µs a row.
    #[must_use]
    pub fn build(rows: &[Row], terms: &Terms, prepared: &[ScaleKey]) -> Self {
        let pays: Vec<_> = rows.iter().map(|row| (row.pay, row.published_at)).collect();
        let key = ScaleKey { measure: Measure::Midpoint, into: None, factors: terms.factors };
        let (physical, order) = Scale::sort(&pays, key, &terms.rates);
        let ordered = || order.iter().map(|row| &rows[*row as usize]);
        let mut columns = Columns::default();
        ordered().for_each(|row| columns.push(row));
        columns.finish();
        let bound = rows.len();
        let (cells, cell_table) = cells_of(ordered());
        let of = |test: &dyn Fn(&Row) -> bool| {
            let meant: Vec<u32> = ordered().enumerate().filter(|(_, row)| test(row)).map(|(at, _)| number(at)).collect();
            Bits::of(bound, &meant)
        };
        let base = Self {
            row_of_slot: columns.slots().iter().enumerate().map(|(row, slot)| (*slot, number(row))).collect(),
            posts: Field::ALL.iter().map(|field| posts_of(ordered(), *field, bound)).collect(),
            seen: of(&Row::was_published),
            undemanding: of(&|row| row.asked.iter().all(|asked| !asked.is_required)),
            open: (terms.now, of(&|row| row.is_open_at(terms.now))),
            orders: Orders::of(&columns),
            cells,
            cell_table,
            physical: Arc::new(physical),
            scales: Mutex::default(),
            columns,
        };
        for key in prepared.iter().filter(|key| !base.physical.is_for(key, &terms.rates)) {
            drop(base.scale(key, &terms.rates));
        }
        base
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// The columns.
    #[must_use]
    pub const fn columns(&self) -> &Columns {
        &self.columns
    }

    /// The row of a posting.
    #[must_use]
    pub fn row_of(&self, slot: u32) -> Option<u32> {
        self.row_of_slot.get(&slot).copied()
    }

    /// The rows that have a value in a field.
    #[must_use]
    pub fn post(&self, field: Field, code: u32) -> Option<&Post> {
        self.posts[field as usize].get(code as usize).filter(|post| !post.is_empty())
    }

    /// The rows of each value of a field, by its code.
    #[must_use]
    pub fn posts(&self, field: Field) -> &[Post] {
        &self.posts[field as usize]
    }

    /// The postings of an employer.
    #[must_use]
    pub fn postings_of(&self, employer: u32) -> Option<&Post> {
        self.post(Field::Employer, employer)
    }

    /// A bound of the codes of employers.
    #[must_use]
    pub fn employers(&self) -> usize {
        self.posts[Field::Employer as usize].len()
    }

    /// Rows that were once published.
    #[must_use]
    pub const fn seen(&self) -> &Bits {
        &self.seen
    }

    /// Rows that require no skill.
    #[must_use]
    pub const fn undemanding(&self) -> &Bits {
        &self.undemanding
    }

    /// Rows to which one can apply at an instant. O(words + changes since the base was built); O(n) for earlier ones.
    #[must_use]
    pub fn open_at(&self, now: i64) -> Bits {
        let (then, open) = &self.open;
        if now < *then {
            let mut rows = self.seen.clone();
            rows.retain(|row| self.columns.is_open_at(row, now));
            return rows;
        }
        let mut rows = open.clone();
        // Whatever expires from `then` to `now`, ends included, has gone; what begins in that time has come.
        let lately = Some(*then);
        for row in self.orders.between(&self.columns, SortField::ValidThrough, lately, now.checked_add(1)) {
            rows.remove(*row);
        }
        for row in self.orders.between(&self.columns, SortField::PublishedAt, lately, now.checked_add(1)) {
            if self.columns.is_open_at(*row, now) {
                rows.insert(*row);
            }
        }
        rows
    }

    /// Rows that were shown at an instant. O(n).
    #[must_use]
    pub fn shown_at(&self, at: i64) -> Bits {
        let mut rows = self.seen.clone();
        let published = self.columns.published_at();
        rows.retain(|row| {
            let ends = self.columns.ends_at(row);
            published[row as usize] <= at && (ends == NO_TIME || at < ends)
        });
        rows
    }

    /// The orders of lists.
    #[must_use]
    pub const fn orders(&self) -> &Orders {
        &self.orders
    }

    /// The cells of a row.
    #[must_use]
    pub fn cells(&self, row: u32) -> &[u32] {
        self.cells.of(row)
    }

    /// What the cells are.
    #[must_use]
    pub fn cell_table(&self) -> &[Cell] {
        &self.cell_table
    }

    /// The scale of a key at these rates: made when it is first asked for, which takes as long as a sort of all rows, and
    /// kept while it is among those used last.
    #[must_use]
    pub fn scale(&self, key: &ScaleKey, rates: &SharedRates) -> Arc<Scale> {
        if self.physical.is_for(key, rates) {
            return self.physical.clone();
        }
        // Who asks for a scale that is being made waits for it.
        let mut scales = self.scales.lock().unwrap_or_else(PoisonError::into_inner);
        let known = scales.iter().position(|scale| scale.is_for(key, rates)).map(|at| scales.remove(at));
        let scale = known.unwrap_or_else(|| {
            let published = self.columns.published_at();
            let rows = 0..number(self.len());
            let pays: Vec<_> = rows.map(|row| (self.columns.pay(row), published[row as usize])).collect();
            let (scale, rows) = Scale::sort(&pays, *key, rates);
            Arc::new(scale.permuted(rows))
        });
        scales.truncate(MOST_SCALES - 1);
        scales.insert(0, scale.clone());
        scale
    }

    /// Keys of the scales that were used last.
    #[must_use]
    pub fn scale_keys(&self) -> Vec<ScaleKey> {
        self.scales.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|scale| scale.key()).collect()
    }

    /// Rows with a stated amount: the first so many.
    #[must_use]
    pub fn disclosed(&self) -> Range<usize> {
        0..self.physical.fixed().len()
    }

    /// Whether a row is published, rather than paused or closed.
    #[must_use]
    pub fn is_published(&self, row: u32) -> bool {
        self.columns.states()[row as usize] == State::Published
    }

    /// Bytes of the sets of rows by value.
    #[must_use]
    pub fn bytes_of_posts(&self) -> usize {
        self.posts.iter().flatten().map(|post| post.bytes() + size_of::<Post>()).sum()
    }
}

fn posts_of<'a>(rows: impl Iterator<Item = &'a Row>, field: Field, bound: usize) -> Vec<Post> {
    let mut lists: Vec<Vec<u32>> = Vec::new();
    let mut codes = Vec::new();
    for (at, row) in rows.enumerate() {
        row.codes(field, &mut codes);
        for code in &codes {
            if lists.len() <= *code as usize {
                lists.resize_with(*code as usize + 1, Vec::new);
            }
            lists[*code as usize].push(number(at));
        }
    }
    lists.into_iter().map(|rows| Post::of(rows, bound)).collect()
}

/// The cells of a posting.
pub fn cells(row: &Row) -> impl Iterator<Item = Cell> {
    let role = (row.role != NO_CODE).then_some(row.role);
    let remote = (u32::from(row.workplace) == REMOTE).then_some(None);
    let spots = remote.into_iter().chain(row.spots.iter().map(|spot| Some(*spot)));
    role.into_iter().flat_map(move |role| spots.clone().map(move |spot| Cell { role, spot }))
}

/// The cells of every row, and what they are, in ascending order.
fn cells_of<'a>(rows: impl Iterator<Item = &'a Row> + Clone) -> (Lists<u32>, Vec<Cell>) {
    let mut table: Vec<Cell> = rows.clone().flat_map(cells).collect::<HashSet<_>>().into_iter().collect();
    table.sort_unstable();
    let codes: HashMap<Cell, u32> = table.iter().enumerate().map(|(code, cell)| (*cell, number(code))).collect();
    let mut lists = Lists::default();
    rows.for_each(|row| lists.push(cells(row).map(|cell| codes[&cell])));
    (lists, table)
}
