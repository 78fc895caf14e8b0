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

/// Sets that are remembered.
const MOST: usize = 4;

/// Sets are much the same if no more than one of so many postings differs.
const ALIKE: usize = 16;

/// What was asked about lately, the last first.
#[derive(Default)]
pub(super) struct Kept(Vec<Entry>);

/// Postings that were asked about.
struct Entry {
    base: Weak<Base>,
    rows: Bits,
    recent: ByKey<u32, Arc<Row>>,
    /// Nothing when they were asked about once.
    union: Option<Union>,
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

impl Kept {
    /// Whose wishes the postings meet, if much the same ones are kept: these are brought up to date.
    pub fn find(&mut self, base: &Arc<Base>, rows: &Bits, recent: &[&Arc<Row>], wishes: Wishes<'_>) -> Known {
        let address = Arc::as_ptr(base);
        self.0.retain(|entry| entry.base.as_ptr() == address);
        let distances = self.0.iter().map(|entry| entry.rows.count_different(rows)).enumerate();
        let Some((at, distance)) = distances.min_by_key(|(_, distance)| *distance) else { return Known::Nothing };
        if distance > rows.count() / ALIKE {
            return Known::Nothing;
        }
        let mut entry = self.0.remove(at);
        let known = match &mut entry.union {
            None => Known::Seen,
            Some(union) => {
                union.follow(base, (&entry.rows, rows), (&entry.recent, recent), wishes);
                Known::People(union.people.clone())
            }
        };
        entry.rows.clone_from(rows);
        if entry.recent.len() != recent.len() || !recent.iter().all(|row| is_among(row, &entry.recent)) {
            entry.recent = by_slot(recent);
        }
        self.0.insert(0, entry);
        known
    }

    /// Remembers postings, and whose wishes they meet if that is worth it.
    pub fn keep(&mut self, base: &Arc<Base>, rows: &Bits, recent: &[&Arc<Row>], people: Option<Bits>) {
        let union = people.map(|people| Union::of(base, rows, recent, people));
        if union.is_some() {
            // Whoever asked at the same time found the same.
            self.0.retain(|entry| entry.rows != *rows);
        }
        let entry = Entry { base: Arc::downgrade(base), rows: rows.clone(), recent: by_slot(recent), union };
        self.0.insert(0, entry);
        self.0.truncate(MOST);
    }

    /// A candidate wishes for something else now.
    pub fn put(&mut self, seeker: u32, roles: &[u32], targets: &[u32]) {
        for union in self.0.iter_mut().filter_map(|entry| entry.union.as_mut()) {
            let is_met = wishes(roles, targets).any(|wish| union.met.contains_key(&wish));
            union.set(seeker, is_met);
        }
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        let words = |bits: &Bits| size_of_val(bits.words());
        let of = |union: &Union| {
            let met = union.met.capacity() * (size_of::<(Wish, u32)>() + 1);
            met + union.cells.capacity() * size_of::<u32>() + words(&union.people)
        };
        self.0.iter().map(|entry| words(&entry.rows) + entry.union.as_ref().map_or(0, of)).sum()
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
        (recent, recent_now): (&ByKey<u32, Arc<Row>>, &[&Arc<Row>]),
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
        let mut staying = 0;
        for row in recent_now {
            if is_among(row, recent) {
                staying += 1;
            } else {
                cells(row).for_each(|cell| self.meet(cell, &mut begun));
            }
        }
        for row in rows.iter_without(now) {
            for cell in base.cells(row) {
                self.cells[*cell as usize] -= 1;
                if self.cells[*cell as usize] == 0 {
                    self.leave(base.cell_table()[*cell as usize], &mut ended);
                }
            }
        }
        if staying < recent.len() {
            let now: ByKey<u32, &Arc<Row>> = recent_now.iter().map(|row| (row.slot, *row)).collect();
            let is_gone = |row: &&Arc<Row>| !now.get(&row.slot).is_some_and(|now| Arc::ptr_eq(now, row));
            for row in recent.values().filter(is_gone) {
                cells(row).for_each(|cell| self.leave(cell, &mut ended));
            }
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
            match post {
                Post::Dense(bits) => self.people.add(bits),
                Post::Sparse(seekers) => self.people.extend(seekers),
            }
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
fn is_among(row: &Arc<Row>, rows: &ByKey<u32, Arc<Row>>) -> bool {
    rows.get(&row.slot).is_some_and(|known| Arc::ptr_eq(known, row))
}

fn by_slot(recent: &[&Arc<Row>]) -> ByKey<u32, Arc<Row>> {
    recent.iter().map(|row| (row.slot, (*row).clone())).collect()
}
