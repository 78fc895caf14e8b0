//! Whose wishes broad sets of postings meet, kept from question to question: the next question about much the same
//! postings costs what differs, where asking everybody costs tens of milliseconds.
//!
//! The whole board is asked about all the time, and loses and gains a few postings between two questions. What is kept of a
//! set counts its postings by cell, and the cells with a posting by wish, so that it is known which wishes are met for the
//! first time and which are met no longer. A set is kept once it was asked about twice, so that one that nobody asks
//! about again costs nothing.

use std::sync::{Arc, Weak};

use super::met::targets;
use super::paged::Paged;
use super::{Wish, wish, wishes};
use crate::engine::base::{Base, Cell, cells};
use crate::engine::bits::Bits;
use crate::engine::post::Post;
use crate::engine::row::Row;
use crate::engine::spread::ByKey;

/// Sets whose people are kept: some ten megabytes each on a board of a million.
const MOST: usize = 4;

/// Sets that were asked about once and are remembered in case they are asked about again.
const MOST_SEEN: usize = 16;

/// Sets are much the same if no more than one of so many postings differs.
const ALIKE: usize = 16;

/// What was asked about lately, the last first.
#[derive(Default)]
pub(super) struct Kept {
    entries: Vec<Entry>,
    seen: Vec<Seen>,
}

/// Postings of a base.
struct Seen {
    base: Weak<Base>,
    rows: Bits,
}

/// Recent postings by their number.
type BySlot = ByKey<u32, Arc<Row>>;

/// Postings that were asked about more than once.
struct Entry {
    of: Seen,
    recent: BySlot,
    union: Union,
}

/// Whose wishes some postings meet, and why.
struct Union {
    /// Postings in each cell of the base.
    cells: Vec<u32>,
    /// Where each wish is met: cells of the base with a posting, and cells of recent postings.
    met: ByKey<Wish, u32>,
    /// Whoever wishes for one of them, whether or not they look for work.
    people: Bits,
}

/// What candidates wish for.
#[derive(Clone, Copy)]
pub(super) struct Wishes<'a> {
    pub people: usize,
    pub posts: &'a ByKey<Wish, Post>,
    pub roles: &'a Paged<u32>,
    pub targets: &'a Paged<u32>,
}

/// What is known of a set of postings.
pub(super) enum Known {
    /// Nothing.
    Nothing,
    /// It was asked about before: it is worth keeping.
    Seen,
    /// Whose wishes it meets, whether or not they look for work.
    People(Bits),
}

impl Seen {
    fn new(base: &Arc<Base>, rows: &Bits) -> Self {
        Self { base: Arc::downgrade(base), rows: rows.clone() }
    }

    /// In how many rows they differ, unless that is too many.
    fn distance(&self, base: &Arc<Base>, rows: &Bits) -> Option<usize> {
        let is_of_base = self.base.as_ptr() == Arc::as_ptr(base);
        let distance = is_of_base.then(|| self.rows.count_different(rows))?;
        (distance <= rows.count() / ALIKE).then_some(distance)
    }
}

impl Kept {
    /// Whose wishes the postings meet, if much the same ones are kept: these are brought up to date.
    pub fn find(&mut self, base: &Arc<Base>, rows: &Bits, recent: &[&Arc<Row>], wishes: Wishes<'_>) -> Known {
        let distances = self.entries.iter().enumerate();
        let distances = distances.filter_map(|(at, entry)| Some((at, entry.of.distance(base, rows)?)));
        let Some((at, _)) = distances.min_by_key(|(_, distance)| *distance) else {
            let is_seen = self.seen.iter().any(|seen| seen.distance(base, rows).is_some());
            return if is_seen { Known::Seen } else { Known::Nothing };
        };
        self.entries[..=at].rotate_right(1);
        let Entry { of, recent: known, union } = &mut self.entries[0];
        let is_same = known.len() == recent.len() && recent.iter().all(|row| is_among(row, known));
        let now = (!is_same).then(|| by_slot(recent));
        union.follow(base, (&of.rows, rows), (known, now.as_ref().unwrap_or(known)), wishes);
        of.rows.clone_from(rows);
        if let Some(now) = now {
            *known = now;
        }
        Known::People(union.people.clone())
    }

    /// Remembers that postings were asked about.
    pub fn see(&mut self, base: &Arc<Base>, rows: &Bits) {
        self.seen.truncate(MOST_SEEN - 1);
        self.seen.insert(0, Seen::new(base, rows));
    }

    /// Remembers whose wishes postings meet.
    pub fn keep(&mut self, base: &Arc<Base>, rows: &Bits, recent: &[&Arc<Row>], people: Bits) {
        let union = Union::of(base, rows, recent, people);
        // Whoever asked at the same time found much the same, and one of them is enough.
        self.entries.retain(|entry| entry.of.distance(base, rows).is_none());
        self.seen.retain(|seen| seen.distance(base, rows).is_none());
        self.entries.truncate(MOST - 1);
        self.entries.insert(0, Entry { of: Seen::new(base, rows), recent: by_slot(recent), union });
    }

    /// Forgets what was asked of a base that is no more.
    fn tidy(&mut self) {
        let is_there = |seen: &Seen| seen.base.strong_count() > 0;
        self.entries.retain(|entry| is_there(&entry.of));
        self.seen.retain(is_there);
    }

    /// A candidate wishes for something else now.
    pub fn put(&mut self, seeker: u32, roles: &[u32], targets: &[u32]) {
        self.tidy();
        for Entry { union, .. } in &mut self.entries {
            let is_met = wishes(roles, targets).any(|wish| union.met.contains_key(&wish));
            union.set(seeker, is_met);
        }
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        let words = |bits: &Bits| size_of_val(bits.words());
        let of = |Entry { of, union, .. }: &Entry| {
            let met = union.met.capacity() * (size_of::<(Wish, u32)>() + 1);
            met + union.cells.capacity() * size_of::<u32>() + words(&union.people) + words(&of.rows)
        };
        self.entries.iter().map(of).sum::<usize>() + self.seen.iter().map(|seen| words(&seen.rows)).sum::<usize>()
    }
}

impl Union {
    fn of(base: &Base, rows: &Bits, recent: &[&Arc<Row>], people: Bits) -> Self {
        let mut union = Self { cells: vec![0; base.cell_table().len()], met: ByKey::default(), people };
        for cell in rows.iter().flat_map(|row| base.cells(row)) {
            union.cells[*cell as usize] += 1;
        }
        let mut met = std::mem::take(&mut union.met);
        let table = base.cell_table().iter().zip(&union.cells).filter(|(_, postings)| **postings > 0);
        let cells = table.map(|(cell, _)| *cell).chain(recent.iter().flat_map(|row| cells(row)));
        for wish in cells.flat_map(wishes_in) {
            *met.entry(wish).or_default() += 1;
        }
        Self { met, ..union }
    }

    /// Goes from one set of postings to another: of the base, and recent ones.
    fn follow(
        &mut self,
        base: &Base,
        (rows, now): (&Bits, &Bits),
        (recent, recent_now): (&BySlot, &BySlot),
        wishes: Wishes<'_>,
    ) {
        let (mut begun, mut ended) = (Vec::new(), Vec::new());
        // What begins comes first, so that whatever is met before and after is met all the time.
        for row in now.iter_without(rows) {
            for cell in base.cells(row) {
                self.cells[*cell as usize] += 1;
                if self.cells[*cell as usize] == 1 {
                    self.meet(base.cell_table()[*cell as usize], &mut begun);
                }
            }
        }
        let is_other = !std::ptr::eq(recent, recent_now);
        for row in recent_now.values().filter(|row| is_other && !is_among(row, recent)) {
            cells(row).for_each(|cell| self.meet(cell, &mut begun));
        }
        for row in rows.iter_without(now) {
            for cell in base.cells(row) {
                self.cells[*cell as usize] -= 1;
                if self.cells[*cell as usize] == 0 {
                    self.leave(base.cell_table()[*cell as usize], &mut ended);
                }
            }
        }
        for row in recent.values().filter(|row| is_other && !is_among(row, recent_now)) {
            cells(row).for_each(|cell| self.leave(cell, &mut ended));
        }
        self.unite(&begun, &ended, wishes);
    }

    fn meet(&mut self, cell: Cell, begun: &mut Vec<Wish>) {
        for wish in wishes_in(cell) {
            let places = self.met.entry(wish).or_default();
            *places += 1;
            if *places == 1 {
                begun.push(wish);
            }
        }
    }

    fn leave(&mut self, cell: Cell, ended: &mut Vec<Wish>) {
        for wish in wishes_in(cell) {
            if let Some(places) = self.met.get_mut(&wish) {
                *places -= 1;
                if *places == 0 {
                    self.met.remove(&wish);
                    ended.push(wish);
                }
            }
        }
    }

    /// Adds whoever wishes for what is met now, and takes out whoever wished for nothing but what is met no longer.
    fn unite(&mut self, begun: &[Wish], ended: &[Wish], wishes: Wishes<'_>) {
        self.people.grow(wishes.people);
        for post in begun.iter().filter(|wish| self.met.contains_key(wish)).filter_map(|wish| wishes.posts.get(wish)) {
            post.add_to(&mut self.people);
        }
        for post in ended.iter().filter_map(|wish| wishes.posts.get(wish)) {
            post.each(|seeker| {
                let (roles, targets) = (wishes.roles.of(seeker), wishes.targets.of(seeker));
                let is_met = super::wishes(roles, targets).any(|wish| self.met.contains_key(&wish));
                self.set(seeker, is_met);
            });
        }
    }

    fn set(&mut self, seeker: u32, is_met: bool) {
        if is_met {
            self.people.grow(seeker as usize + 1);
            self.people.insert(seeker);
        } else {
            self.people.remove(seeker);
        }
    }
}

/// Whatever can be wished for that is met in a cell.
fn wishes_in(cell: Cell) -> impl Iterator<Item = Wish> {
    targets(cell).map(|(role, target)| wish(role, target.packed()))
}

/// Whether it is one of them, rather than what its posting was or became.
fn is_among(row: &Arc<Row>, rows: &BySlot) -> bool {
    rows.get(&row.slot).is_some_and(|known| Arc::ptr_eq(known, row))
}

fn by_slot(recent: &[&Arc<Row>]) -> BySlot {
    recent.iter().map(|row| (row.slot, (*row).clone())).collect()
}
