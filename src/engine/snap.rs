//! All postings at one moment, and the questions that they answer.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::base::{Base, Terms};
use super::bits::{Bits, number};
use super::cores;
use super::filter::{Filter, is_within};
use super::post::{Post, is_dense};
use super::row::{Field, NO_TIME, Row, State};
use super::text::sought::Sought;

/// Bytes that a row takes in all columns together, with lists of the usual length.
const COLUMNS: usize = 192;

/// So many postings are put before a filter one by one, rather than a set of all that meet it made.
const FEW: usize = 64;

/// Which postings are looked at before a filter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Every posting, drafts with them.
    All,
    /// Those to which one can apply at an instant.
    Open(i64),
    /// Those first published from one instant up to, not including, another; whatever became of them.
    Published {
        /// First instant of the window.
        from: i64,
        /// First instant behind it.
        to: i64,
    },
    /// Those that were shown at an instant in the past. Pauses are not remembered and count as shown.
    Shown(i64),
}

impl Basis {
    /// Whether a posting is looked at.
    #[must_use]
    pub fn holds(self, row: &Row) -> bool {
        match self {
            Self::All => true,
            Self::Open(now) => row.is_open_at(now),
            Self::Published { from, to } => row.was_published() && is_within(row.published_at, Some(from), Some(to)),
            Self::Shown(at) => {
                let ends = row.ends_at();
                row.was_published() && row.published_at <= at && (ends == NO_TIME || at < ends)
            }
        }
    }
}

/// Postings that are meant: rows of the base, and positions among the recent ones.
#[derive(Clone, Debug, Default)]
pub struct Set {
    rows: Post,
    recent: Vec<u32>,
}

impl Set {
    /// How many postings.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len() + self.recent.len()
    }

    /// Whether there is no posting.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.recent.is_empty() && self.rows.is_empty()
    }

    /// The rows of the base.
    #[must_use]
    pub const fn rows(&self) -> &Post {
        &self.rows
    }
}

impl std::fmt::Debug for Snap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snap").field("postings", &self.len()).finish_non_exhaustive()
    }
}

/// All postings at one moment: a base, the rows of it that no longer hold, and what came since.
#[derive(Clone)]
pub struct Snap {
    pub(super) base: Arc<Base>,
    pub(super) dead: Arc<Bits>,
    pub(super) recent: Arc<[Arc<Row>]>,
    pub(super) terms: Terms,
    /// Grows with every change.
    pub epoch: u64,
}

impl Snap {
    /// How many postings there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.base.len() - self.dead.count() + self.recent.len()
    }

    /// Whether there is no posting.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many came or changed since the base was built.
    #[must_use]
    pub fn recent_len(&self) -> usize {
        self.recent.len()
    }

    /// Bytes of the columns and sets of the base, and of the recent rows, estimated; words are not counted.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.base.bytes_of_posts() + self.base.len() * COLUMNS + self.recent.len() * size_of::<Row>()
    }

    /// The base.
    #[must_use]
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// The recent postings of a set.
    pub fn recent<'a>(&'a self, set: &'a Set) -> impl Iterator<Item = &'a Arc<Row>> {
        set.recent.iter().map(|at| &self.recent[*at as usize])
    }

    /// The postings that are meant. See [`Base::find`] and [`Base::open_at`]; recent ones are looked at one by one.
    #[must_use]
    pub fn select(&self, basis: Basis, filter: &Filter) -> Set {
        let found = self.base.find(filter);
        let rows = match &*found {
            // Asking about few rows is cheaper than preparing a set of all.
            Post::Sparse(_) => found.into_owned().filter(|row| self.is_in(basis, row)),
            Post::Dense(bits) => {
                let mut rows = self.rows_in(basis, bits);
                rows.subtract(&self.dead);
                Post::Dense(rows)
            }
        };
        let recent = self.recent.iter().enumerate().filter(|(_, row)| basis.holds(row) && filter.holds(row));
        Set { rows: compact(rows, self.base.len()), recent: recent.map(|(at, _)| number(at)).collect() }
    }

    /// A posting as it is.
    #[must_use]
    pub fn row_of(&self, slot: u32) -> Option<Row> {
        let recent = self.recent.iter().find(|row| row.slot == slot);
        let row = || self.base.row_of(slot).filter(|row| !self.dead.contains(*row));
        recent.map(|row| (**row).clone()).or_else(|| row().map(|row| self.base.columns().row(row)))
    }

    /// The postings of these numbers, whether or not they are open.
    #[must_use]
    pub fn of_slots(&self, slots: &[u32]) -> Set {
        let is_wanted = |row: &Row| slots.contains(&row.slot);
        let recent = self.recent.iter().enumerate().filter(|(_, row)| is_wanted(row));
        let rows = slots.iter().filter_map(|slot| self.base.row_of(*slot)).filter(|row| !self.dead.contains(*row));
        let mut rows: Vec<u32> = rows.collect();
        rows.sort_unstable();
        rows.dedup();
        Set { rows: Post::Sparse(rows), recent: recent.map(|(at, _)| number(at)).collect() }
    }

    /// Those of some postings that are meant. O(postings), and as [`Base::find`] where they are more than a few.
    #[must_use]
    pub fn select_among(&self, basis: Basis, filter: &Filter, slots: &HashSet<u32>) -> Set {
        let found = (slots.len() > FEW).then(|| self.base.find(filter));
        let is_meant = |row: &u32| {
            self.is_in(basis, *row)
                && found
                    .as_ref()
                    .map_or_else(|| filter.holds(&self.base.columns().row(*row)), |post| post.contains(*row))
        };
        let mut rows: Vec<u32> = slots.iter().filter_map(|slot| self.base.row_of(*slot)).filter(is_meant).collect();
        rows.sort_unstable();
        let is_meant = |row: &Row| slots.contains(&row.slot) && basis.holds(row) && filter.holds(row);
        let recent = self.recent.iter().enumerate().filter(|(_, row)| is_meant(row));
        Set { rows: Post::Sparse(rows), recent: recent.map(|(at, _)| number(at)).collect() }
    }

    /// The postings of a set that have what is searched for, in postings of the same moment.
    #[must_use]
    pub fn narrow(&self, set: Set, sought: &Sought) -> Set {
        let recent = set.recent.into_iter().filter(|at| sought.holds(&self.recent[*at as usize]));
        Set { recent: recent.collect(), rows: compact(set.rows.and(sought.rows()), self.base.len()) }
    }

    /// The postings of a set that are published, rather than paused or closed.
    #[must_use]
    pub fn only_published(&self, set: Set) -> Set {
        let recent = set.recent.into_iter().filter(|at| is_published(&self.recent[*at as usize]));
        Set { recent: recent.collect(), rows: set.rows.filter(|row| self.base.is_published(row)) }
    }

    fn is_in(&self, basis: Basis, row: u32) -> bool {
        let columns = self.base.columns();
        let published_at = columns.published_at()[row as usize];
        let holds = match basis {
            Basis::All => true,
            Basis::Open(now) => columns.is_open_at(row, now),
            Basis::Published { from, to } => {
                self.base.seen().contains(row) && is_within(published_at, Some(from), Some(to))
            }
            Basis::Shown(at) => {
                let ends = columns.ends_at(row);
                self.base.seen().contains(row) && published_at <= at && (ends == NO_TIME || at < ends)
            }
        };
        holds && !self.dead.contains(row)
    }

    /// Those among some rows of the base that are looked at.
    fn rows_in(&self, basis: Basis, among: &Bits) -> Bits {
        let mut rows = match basis {
            Basis::All => return among.clone(),
            Basis::Shown(at) => return self.base.shown_at(at, among),
            Basis::Open(now) => self.base.open_at(now),
            Basis::Published { from, to } => {
                let within = Filter::Published { since: Some(from), before: Some(to) };
                let mut rows = self.base.seen().clone();
                rows.keep(&self.base.find(&within).into_owned().into_bits(self.base.len()));
                rows
            }
        };
        rows.keep(among);
        rows
    }

    /// Numbers of the postings of a set, in no order that means anything.
    #[must_use]
    pub fn slots(&self, set: &Set) -> Vec<u32> {
        let mut slots = Vec::with_capacity(set.len());
        set.rows.each(|row| slots.push(self.base.columns().slots()[row as usize]));
        slots.extend(self.recent(set).map(|row| row.slot));
        slots
    }

    /// How many postings of a set have each value of a field, by ascending code and without zeros. Few postings are
    /// walked; of many, the sets by value are intersected: O(rows with a value), half a nanosecond each.
    #[must_use]
    pub fn counts(&self, set: &Set, field: Field) -> Vec<(u32, u64)> {
        let posts = self.base.posts(field);
        let mut counts = vec![0_u64; posts.len()];
        if self.base.is_walked(field, set.rows.len()) {
            set.rows.each(|row| self.base.columns().each_code(row, field, |code| counts[code as usize] += 1));
        } else {
            counts.iter_mut().zip(posts).for_each(|(count, post)| *count = set.rows.count_and(post) as u64);
        }
        let mut codes = Vec::new();
        for row in self.recent(set) {
            row.codes(field, &mut codes);
            for code in &codes {
                if counts.len() <= *code as usize {
                    counts.resize(*code as usize + 1, 0);
                }
                counts[*code as usize] += 1;
            }
        }
        counts.into_iter().enumerate().filter(|(_, count)| *count > 0).map(|(code, n)| (number(code), n)).collect()
    }

    /// Does something with each group of a set that has a posting, and gives what came of it by ascending code. Of many
    /// postings, the groups are shared out among the cores.
    pub(super) fn of_groups<R: Send>(
        &self,
        set: &Set,
        field: Field,
        only: Option<&[u32]>,
        act: impl Fn((u32, Group)) -> R + Sync,
    ) -> Vec<R> {
        let groups = self.groups(set, field, only);
        cores::share(set.len(), groups, act)
    }

    /// The groups of a set that have a posting, by ascending code.
    fn groups(&self, set: &Set, field: Field, only: Option<&[u32]>) -> Vec<(u32, Group)> {
        let mut groups = Vec::new();
        let is_wanted = |code: u32| only.is_none_or(|only| only.contains(&code));
        let mut recent: HashMap<u32, Vec<Arc<Row>>> = HashMap::new();
        let mut codes = Vec::new();
        for at in &set.recent {
            let row = &self.recent[*at as usize];
            row.codes(field, &mut codes);
            for code in codes.iter().filter(|code| is_wanted(**code)) {
                recent.entry(*code).or_default().push(row.clone());
            }
        }
        let posts = self.base.posts(field);
        let mut walked = only.is_none().then(|| self.walk(set, field)).flatten();
        let bound = posts.len().max(recent.keys().max().map_or(0, |code| *code as usize + 1));
        let mut codes = only.map_or_else(|| (0..number(bound)).collect(), <[u32]>::to_vec);
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            let rows = match &mut walked {
                Some(walked) => walked.get_mut(code as usize).map(std::mem::take).map(Post::Sparse).unwrap_or_default(),
                None => posts.get(code as usize).map(|post| post.and(&set.rows)).unwrap_or_default(),
            };
            let recent = recent.remove(&code).unwrap_or_default();
            if !recent.is_empty() || !rows.is_empty() {
                groups.push((code, Group { rows, recent }));
            }
        }
        groups
    }

    /// The rows of each value, if it takes less time to look at every row of the set.
    fn walk(&self, set: &Set, field: Field) -> Option<Vec<Vec<u32>>> {
        if !self.base.is_walked(field, set.rows.len()) {
            return None;
        }
        let mut walked = vec![Vec::new(); self.base.posts(field).len()];
        set.rows.each(|row| self.base.columns().each_code(row, field, |code| walked[code as usize].push(row)));
        Some(walked)
    }

    /// Distinct employers of some postings.
    pub(super) fn employers(&self, rows: &Post, recent: &[&Arc<Row>]) -> u64 {
        let mut seen = Bits::none(self.base.employers());
        let of = self.base.columns().employers();
        rows.each(|row| seen.insert(of[row as usize]));
        let known = recent.iter().map(|row| row.employer as usize + 1).max().unwrap_or(0);
        seen.grow(known);
        seen.extend(&recent.iter().map(|row| row.employer).collect::<Vec<_>>());
        seen.count() as u64
    }
}

/// Postings of a set that share a value.
pub(super) struct Group {
    pub rows: Post,
    pub recent: Vec<Arc<Row>>,
}

/// Few rows as a list, many as bits.
fn compact(rows: Post, bound: usize) -> Post {
    match rows {
        Post::Dense(bits) if !is_dense(bits.count(), bound) => Post::Sparse(bits.iter().collect()),
        Post::Sparse(rows) if is_dense(rows.len(), bound) => Post::Dense(Bits::of(bound, &rows)),
        rows => rows,
    }
}

/// Whether a posting is published, rather than paused or closed.
#[must_use]
pub fn is_published(row: &Row) -> bool {
    row.state == State::Published
}
