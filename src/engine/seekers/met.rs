//! Whose target meets one of some postings: by the sets of the wishes that can meet one, or by asking everybody.

use std::sync::{Arc, MutexGuard, PoisonError};

use super::kept::{Kept, Known, Wishes};
use super::{CODES, Seekers, Target, wish};
use crate::engine::base::{Base, Cell, cells};
use crate::engine::bits::Bits;
use crate::engine::post::Post;
use crate::engine::row::Row;

/// Entries of wishes are looked at one by one if they are so many times fewer than people; of more, sets are united.
const FEW: usize = 32;
/// Fewer still are sorted, which is quicker than to prepare a bit for everybody.
const FEWEST: usize = 1_024;
/// It is quicker to ask everybody than to look at more than one of so many wishes.
const ASKED: usize = 8;
/// Most pairs of a role and a target for which everybody is asked: 64 MB.
const MOST_PAIRS: usize = 1 << 29;

/// Candidates, each once.
pub(super) enum People {
    /// In any order.
    Few(Vec<u32>),
    /// One bit each.
    Many(Bits),
}

impl People {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Few(seekers) => seekers.len(),
            Self::Many(bits) => bits.count(),
        }
    }

    pub(super) fn count(&self, mut test: impl FnMut(u32) -> bool) -> usize {
        match self {
            Self::Few(seekers) => seekers.iter().filter(|seeker| test(**seeker)).count(),
            Self::Many(bits) => bits.iter().filter(|seeker| test(*seeker)).count(),
        }
    }
}

impl Seekers {
    /// The active seekers who applied or whose target meets a posting.
    pub(super) fn near(
        &self,
        base: &Arc<Base>,
        (rows, recent): (&Post, &[&Arc<Row>]),
        applied: &People,
        active: &Bits,
    ) -> People {
        let known = match rows {
            Post::Dense(rows) => self.kept().find(base, rows, recent, self.wishes()),
            Post::Sparse(_) => Known::Nothing,
        };
        if let Known::People(wishing) = known {
            return self.active_among(wishing, applied, active);
        }
        let met = cells_met(base, rows);
        let table = base.cell_table();
        let met = || met.iter().map(|cell| table[*cell as usize]).chain(recent.iter().flat_map(|row| cells(row)));
        if met().count().saturating_mul(ASKED) > self.wishes.len()
            && let Some(pairs) = Pairs::of(met)
        {
            let wishing = self.ask_about(&pairs, base, (rows, recent), &known, active);
            return self.active_among(wishing, applied, active);
        }
        self.unite(&self.wished(met()), applied, active)
    }

    /// Those who wish for one of the pairs that some postings meet: everybody, to be kept, if these were asked about before,
    /// and else the active alone.
    fn ask_about(
        &self,
        pairs: &Pairs,
        base: &Arc<Base>,
        (rows, recent): (&Post, &[&Arc<Row>]),
        known: &Known,
        active: &Bits,
    ) -> Bits {
        match (rows, known) {
            (Post::Dense(rows), Known::Seen) => {
                let wishing = self.ask(pairs, Bits::all(self.people));
                self.kept().keep(base, rows, recent, wishing.clone());
                return wishing;
            }
            (Post::Dense(rows), _) => self.kept().see(base, rows),
            (Post::Sparse(_), _) => {}
        }
        self.ask(pairs, active.clone())
    }

    /// The active seekers who applied or are in one of the sets.
    fn unite(&self, wished: &[&Post], applied: &People, active: &Bits) -> People {
        let entries = applied.len() + wished.iter().map(|post| post.len_or(self.people)).sum::<usize>();
        let applied = match applied {
            People::Few(few) if entries <= self.people / FEW => few,
            _ => {
                let mut seekers = Bits::none(self.people);
                for post in wished {
                    post.add_to(&mut seekers);
                }
                return self.active_among(seekers, applied, active);
            }
        };
        let mut seekers = Vec::with_capacity(entries);
        seekers.extend(applied.iter().filter(|seeker| active.contains(**seeker)));
        for post in wished {
            post.each(|seeker| seekers.extend(active.contains(seeker).then_some(seeker)));
        }
        if entries > self.people / FEWEST {
            let mut seen = Bits::none(self.people);
            seekers.retain(|seeker| {
                let is_new = !seen.contains(*seeker);
                seen.insert(*seeker);
                is_new
            });
        } else {
            seekers.sort_unstable();
            seekers.dedup();
        }
        People::Few(seekers)
    }

    /// The seekers of every wish that can be met in the cells.
    fn wished(&self, cells: impl Iterator<Item = Cell>) -> Vec<&Post> {
        let mut last = [0; 2];
        let mut wished = Vec::new();
        for (role, target) in cells.flat_map(targets) {
            let wish = wish(role, target.packed());
            // Cells come in order, so those that share a country or a region follow each other.
            let seen = match target {
                Target::Country(_) => std::mem::replace(&mut last[0], wish) == wish,
                Target::Region(_) => std::mem::replace(&mut last[1], wish) == wish,
                Target::Place(_) | Target::Remote => false,
            };
            if !seen {
                wished.extend(self.wishes.get(&wish));
            }
        }
        wished
    }

    /// Those of the active who are among some, or applied.
    fn active_among(&self, mut seekers: Bits, applied: &People, active: &Bits) -> People {
        seekers.grow(self.people);
        match applied {
            People::Few(few) => seekers.extend(few),
            People::Many(many) => seekers.add(many),
        }
        seekers.keep(active);
        People::Many(seekers)
    }

    /// Those among some who wish for one of the pairs.
    fn ask(&self, pairs: &Pairs, mut among: Bits) -> Bits {
        among.retain_at_once(|seeker| {
            let targets = self.targets.of(seeker);
            let is_met = |role: &u32| targets.iter().any(|target| pairs.contain(*role, *target));
            self.roles.of(seeker).iter().any(is_met)
        });
        among
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    const fn wishes(&self) -> Wishes<'_> {
        Wishes { people: self.people, posts: &self.wishes, roles: &self.roles, targets: &self.targets }
    }
}

/// The cells of some rows, each once and in ascending order.
fn cells_met(base: &Base, rows: &Post) -> Vec<u32> {
    match rows {
        Post::Sparse(rows) => {
            let mut met: Vec<u32> = rows.iter().flat_map(|row| base.cells(*row)).copied().collect();
            met.sort_unstable();
            met.dedup();
            met
        }
        Post::Dense(rows) => {
            let mut met = Bits::none(base.cell_table().len());
            rows.iter().for_each(|row| met.extend(base.cells(row)));
            met.iter().collect()
        }
    }
}

/// Whatever can be wished for that is met in a cell.
pub(super) fn targets(cell: Cell) -> impl Iterator<Item = (u32, Target)> {
    let remote = cell.spot.is_none().then_some(Target::Remote);
    let there = cell.spot.into_iter().flat_map(Target::meeting);
    remote.into_iter().chain(there).map(move |target| (cell.role, target))
}

/// Pairs of a role and a target, one bit each.
struct Pairs {
    bits: Bits,
    /// Where the targets of each kind begin and end within those of a role.
    kinds: [(usize, usize); 4],
    stride: usize,
}

impl Pairs {
    /// The pairs that are met in the cells; `None` if there are too many that could be.
    fn of<I: Iterator<Item = Cell>>(cells: impl Fn() -> I) -> Option<Self> {
        let (mut roles, mut sizes) = (0, [0; 4]);
        for (role, target) in cells().flat_map(targets) {
            let (kind, code) = parts(target.packed());
            sizes[kind] = sizes[kind].max(code + 1);
            roles = roles.max(role as usize + 1);
        }
        let mut stride = 0;
        let kinds = sizes.map(|size| {
            let start = stride;
            stride += size;
            (start, stride)
        });
        let pairs = roles.checked_mul(stride).filter(|pairs| *pairs <= MOST_PAIRS)?;
        let mut pairs = Self { bits: Bits::none(pairs), kinds, stride };
        for (role, target) in cells().flat_map(targets) {
            if let Some(at) = pairs.at(role, target.packed()) {
                pairs.bits.insert(at);
            }
        }
        Some(pairs)
    }

    fn at(&self, role: u32, target: u32) -> Option<u32> {
        let (kind, code) = parts(target);
        let (start, end) = self.kinds[kind];
        let within = (start + code < end).then_some(start + code)?;
        u32::try_from(role as usize * self.stride + within).ok()
    }

    fn contain(&self, role: u32, target: u32) -> bool {
        // What lies behind the last role is in no set.
        self.at(role, target).is_some_and(|at| self.bits.contains(at))
    }
}

/// Kind and code of a packed target.
const fn parts(target: u32) -> (usize, usize) {
    ((target / CODES) as usize, (target % CODES) as usize)
}
