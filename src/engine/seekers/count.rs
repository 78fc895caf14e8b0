//! How many seekers some postings have.

use std::sync::Arc;

use super::met::People;
use super::needs::Needs;
use super::{Seekers, Window};
use crate::engine::bits::Bits;
use crate::engine::post::Post;
use crate::engine::row::{Field, Row};
use crate::engine::snap::{Set, Snap};
use crate::market::seekers::SeekerCounts;

/// One of so many people is many.
const MANY: usize = 64;
/// To look up who applied to a posting takes as long as to look whether so many applications are meant.
const LOOKED_UP: usize = 4;

impl Seekers {
    /// Counts a set of postings and whoever looks for the work that they offer.
    ///
    /// O(cells of the set + applications + entries of their wishes + words), or O(people) for a broad set. Who is qualified
    /// costs nothing where a posting of the set requires no skill, a few nanoseconds for each seeker where few sets of skills
    /// are required, and else 50.
    #[must_use]
    pub fn count(&self, snap: &Snap, set: &Set, window: &Window) -> SeekerCounts {
        let recent: Vec<&Arc<Row>> = snap.recent(set).collect();
        self.count_rows(snap, (set.rows(), &recent), window)
    }

    /// As [`Seekers::count`], of the postings that have each of these values of a field, or each that any has; by
    /// ascending code.
    #[must_use]
    pub fn count_by(
        &self,
        snap: &Snap,
        set: &Set,
        field: Field,
        only: Option<&[u32]>,
        window: &Window,
    ) -> Vec<(u32, SeekerCounts)> {
        snap.of_groups(set, field, only, |(code, group)| {
            let recent: Vec<&Arc<Row>> = group.recent.iter().collect();
            (code, self.count_rows(snap, (&group.rows, &recent), window))
        })
    }

    /// Counts some rows of the base and recent postings.
    fn count_rows(&self, snap: &Snap, (rows, recent): (&Post, &[&Arc<Row>]), window: &Window) -> SeekerCounts {
        let columns = snap.base().columns();
        let mut openings: u64 = recent.iter().map(|row| u64::from(row.openings_left)).sum();
        rows.each(|row| openings += u64::from(columns.openings_left()[row as usize]));
        let (applications, applied) = self.applied_to(snap, (rows, recent), window);
        let near = self.near(&snap.base, (rows, recent), &applied, &self.active(window));
        let seekers = near.len() as u64;
        SeekerCounts {
            postings: (rows.len() + recent.len()) as u64,
            openings,
            employers: snap.employers(rows, recent),
            applications,
            applicants: applied.len() as u64,
            seekers,
            qualified_seekers: if seekers == 0 { 0 } else { self.qualified(snap, rows, recent, &near) },
        }
    }

    /// How many applications to the postings were made in the time that counts, and who made them.
    fn applied_to(&self, snap: &Snap, (rows, recent): (&Post, &[&Arc<Row>]), window: &Window) -> (u64, People) {
        let (base, mut applied) = (snap.base(), Vec::new());
        let mut look_up = |slot: u32| {
            let counted = self.applications.to(slot).iter().filter(|(at, _)| window.holds(*at));
            applied.extend(counted.map(|(_, seeker)| *seeker));
        };
        for row in recent {
            look_up(row.slot);
        }
        // A dead row is in no set, so a posting is counted once.
        if let Post::Dense(bits) = rows
            && let Some(made) = self.applications.within(*window, rows.len().saturating_mul(LOOKED_UP))
        {
            let (mut count, mut seekers) = (applied.len() as u64, Bits::of(self.people, &applied));
            for made in made {
                if base.row_of(made.posting).is_some_and(|row| bits.contains(row)) {
                    count += 1;
                    seekers.insert(made.seeker);
                }
            }
            return (count, People::Many(seekers));
        }
        rows.each(|row| look_up(base.columns().slots()[row as usize]));
        (applied.len() as u64, self.distinct(applied))
    }

    /// Each of the candidates once. It is quicker to set bits for many of them.
    fn distinct(&self, mut seekers: Vec<u32>) -> People {
        if seekers.len() > self.people / MANY {
            return People::Many(Bits::of(self.people, &seekers));
        }
        seekers.sort_unstable();
        seekers.dedup();
        People::Few(seekers)
    }

    fn qualified(&self, snap: &Snap, rows: &Post, recent: &[&Arc<Row>], near: &People) -> u64 {
        let columns = snap.base().columns();
        if rows.any_in(snap.base().undemanding()) {
            return near.len() as u64;
        }
        let rows = rows.rows();
        let of_rows = rows.iter().map(|row| columns.asked(*row).collect());
        let needs = Needs::of(of_rows.chain(recent.iter().map(|row| row.asked.to_vec())));
        if needs.is_free() {
            return near.len() as u64;
        }
        let is_met = |held: u64, seeker| needs.may_be_met_by(held) && needs.are_met_by(held, self.skills.of(seeker));
        near.count(|seeker| self.signatures.get(seeker as usize).is_some_and(|held| is_met(*held, seeker))) as u64
    }
}
