//! The bulk of the postings: rows that never change, in the order of their pay, and what finds them at once.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::bits::{Bits, number};
use super::columns::Columns;
use super::orders::{Orders, SortField};
use super::post::{Lists, Post};
use super::row::{Field, NO_CODE, NO_TIME, REMOTE, Row, Spot, State};
use super::scale::{Scale, ScaleKey};
use super::spread::ByKey;
use super::text::index::{Index, IndexError};
use super::text::texts::Texts;
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
    /// The row of each posting by its number; [`NO_CODE`] for one that has none.
    row_of_slot: Vec<u32>,
    posts: Vec<Posts>,
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
    texts: Option<Texts>,
}

impl Base {
    /// Builds a base. Scales of the `prepared` keys are made along with it. O(n log n), about 2 µs a row.
    #[must_use]
    pub fn build(rows: &[Row], terms: &Terms, prepared: &[ScaleKey]) -> Self {
        let pays: Vec<_> = rows.iter().map(|row| (row.pay, row.published_at)).collect();
        let key = ScaleKey { measure: Measure::Midpoint, into: None, factors: terms.factors };
        let (physical, order) = Scale::sort(&pays, key, &terms.rates);
        // Rows are visited in their new order once; whatever else is made of them is made of the columns.
        let mut columns = Columns::default();
        for row in &order {
            columns.push(&rows[*row as usize]);
        }
        columns.finish();
        let bound = columns.len();
        let of = |test: &dyn Fn(u32) -> bool| {
            Bits::of(bound, &(0..number(bound)).filter(|row| test(*row)).collect::<Vec<_>>())
        };
        let (cells, cell_table) = cells_of(&columns);
        let posts = Field::ALL.map(|field| Posts::of(&columns, field));
        let base = Self {
            row_of_slot: rows_of_slots(columns.slots()),
            posts: posts.into(),
            seen: of(&|row| columns.was_published(row)),
            undemanding: of(&|row| columns.asked(row).all(|asked| !asked.is_required)),
            open: (terms.now, of(&|row| columns.is_open_at(row, terms.now))),
            orders: Orders::of(&columns),
            cells,
            cell_table,
            physical: Arc::new(physical),
            scales: Mutex::default(),
            texts: None,
            columns,
        };
        for key in prepared.iter().filter(|key| !base.physical.is_for(key, &terms.rates)) {
            drop(base.scale(key, &terms.rates));
        }
        base
    }

    /// Lets words be found, in an index that has the text of every row.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn with_texts(self, index: &Index) -> Result<Self, IndexError> {
        Ok(Self { texts: Some(Texts::of(index, &self.columns)?), ..self })
    }

    /// The texts of the rows, if words can be found.
    #[must_use]
    pub const fn texts(&self) -> Option<&Texts> {
        self.texts.as_ref()
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
        self.row_of_slot.get(slot as usize).copied().filter(|row| *row != NO_CODE)
    }

    /// The rows that have a value in a field.
    #[must_use]
    pub fn post(&self, field: Field, code: u32) -> Option<&Post> {
        self.posts(field).get(code as usize).filter(|post| !post.is_empty())
    }

    /// The rows of each value of a field, by its code.
    #[must_use]
    pub fn posts(&self, field: Field) -> &[Post] {
        &self.posts[field as usize].by_code
    }

    /// Whether it takes less time to look at each of so many rows than at the sets by value of a field.
    #[must_use]
    pub fn is_walked(&self, field: Field, rows: usize) -> bool {
        let Posts { entries, cost, .. } = self.posts[field as usize];
        // A value of a row takes some three times as long as an entry of a set.
        rows.saturating_mul(entries) / self.len().max(1) * 3 < cost
    }

    /// The postings of an employer.
    #[must_use]
    pub fn postings_of(&self, employer: u32) -> Option<&Post> {
        self.post(Field::Employer, employer)
    }

    /// A bound of the codes of employers.
    #[must_use]
    pub fn employers(&self) -> usize {
        self.posts(Field::Employer).len()
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

    /// Those among some rows that were shown at an instant. O(rows).
    #[must_use]
    pub fn shown_at(&self, at: i64, among: &Bits) -> Bits {
        let mut rows = self.seen.clone();
        rows.keep(among);
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
        self.posts.iter().flat_map(|posts| &posts.by_code).map(|post| post.bytes() + size_of::<Post>()).sum()
    }
}

/// The rows of each value of a field.
struct Posts {
    by_code: Vec<Post>,
    /// Values of all rows.
    entries: usize,
    /// What it takes to look at all sets.
    cost: usize,
}

impl Posts {
    fn of(columns: &Columns, field: Field) -> Self {
        let mut lists: Vec<Vec<u32>> = Vec::new();
        for row in 0..number(columns.len()) {
            columns.each_code(row, field, |code| {
                if lists.len() <= code as usize {
                    lists.resize_with(code as usize + 1, Vec::new);
                }
                lists[code as usize].push(row);
            });
        }
        let entries = lists.iter().map(Vec::len).sum();
        let by_code: Vec<Post> = lists.into_iter().map(|rows| Post::of(rows, columns.len())).collect();
        let cost = by_code.iter().map(|post| post.len_or(columns.len() / 64)).sum();
        Self { by_code, entries, cost }
    }
}

/// The cells of a posting.
pub fn cells(row: &Row) -> impl Iterator<Item = Cell> {
    let role = (row.role != NO_CODE).then_some(row.role);
    let remote = (u32::from(row.workplace) == REMOTE).then_some(None);
    let spots = remote.into_iter().chain(row.spots.iter().map(|spot| Some(*spot)));
    role.into_iter().flat_map(move |role| spots.clone().map(move |spot| Cell { role, spot }))
}

/// Where the row of each posting is found by its number.
fn rows_of_slots(slots: &[u32]) -> Vec<u32> {
    let mut rows = vec![NO_CODE; slots.iter().max().map_or(0, |most| *most as usize + 1)];
    for (row, slot) in (0..).zip(slots) {
        rows[*slot as usize] = row;
    }
    rows
}

/// The cells of every row, and what they are, in ascending order.
fn cells_of(columns: &Columns) -> (Lists<u32>, Vec<Cell>) {
    // Places have codes in their own order, and remote comes before them all.
    let keys = |row: u32| {
        let role = Some(columns.roles()[row as usize]).filter(|role| *role != NO_CODE);
        let remote = (u32::from(columns.workplaces()[row as usize]) == REMOTE).then_some(0);
        let spots = remote.into_iter().chain(columns.spot_codes(row).iter().map(|code| u64::from(*code) + 1));
        role.into_iter().flat_map(move |role| spots.clone().map(move |spot| u64::from(role) << 32 | spot))
    };
    let mut table: Vec<u64> = (0..number(columns.len())).flat_map(keys).collect();
    table.sort_unstable();
    table.dedup();
    let codes: ByKey<u64, u32> = table.iter().copied().zip(0..).collect();
    let mut lists = Lists::default();
    (0..number(columns.len())).for_each(|row| lists.push(keys(row).map(|key| codes[&key])));
    let cell = |key: &u64| Cell {
        role: number(usize::try_from(key >> 32).expect("a code")),
        spot: u32::try_from(key & u64::from(u32::MAX)).expect("a code").checked_sub(1).map(|code| columns.spot(code)),
    };
    (lists, table.iter().map(cell).collect())
}
