//! Applications, by posting and by day: those to each of some postings are looked up, or those of the days that count gone
//! through, whichever takes less time.

use std::collections::BTreeMap;

use super::{DAY, Window};

/// Who applied to what, and when.
#[derive(Default)]
pub(super) struct Applications {
    /// Instant and candidate, by the number of the posting.
    to: Vec<Vec<(i64, u32)>>,
    days: BTreeMap<i64, Vec<Made>>,
}

/// An application of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Made {
    /// The posting.
    pub posting: u32,
    /// The candidate.
    pub seeker: u32,
    /// The instant.
    pub at: i64,
}

impl Applications {
    /// Remembers one.
    pub fn insert(&mut self, made: Made) {
        let posting = made.posting as usize;
        if self.to.len() <= posting {
            self.to.resize_with(posting + 1, Vec::new);
        }
        self.to[posting].push((made.at, made.seeker));
        self.days.entry(made.at.div_euclid(DAY)).or_default().push(made);
    }

    /// Takes one back.
    pub fn remove(&mut self, made: Made) {
        if let Some(known) = self.to.get_mut(made.posting as usize) {
            take(known, &(made.at, made.seeker));
        }
        if let Some(known) = self.days.get_mut(&made.at.div_euclid(DAY)) {
            take(known, &made);
        }
    }

    /// Forgets those before an instant.
    pub fn forget_before(&mut self, at: i64) {
        self.days.retain(|_, made| {
            made.retain(|made| made.at >= at);
            !made.is_empty()
        });
        for made in &mut self.to {
            made.retain(|(made_at, _)| *made_at >= at);
            if made.is_empty() {
                *made = Vec::new();
            }
        }
    }

    /// Gives back memory that was taken for more, and puts those of each day in the order of their postings, so that what is
    /// looked up of these lies side by side.
    pub fn shrink(&mut self) {
        self.to.iter_mut().for_each(Vec::shrink_to_fit);
        for made in self.days.values_mut() {
            made.sort_unstable_by_key(|made| made.posting);
            made.shrink_to_fit();
        }
    }

    /// Instant and candidate of those to a posting.
    pub fn to(&self, posting: u32) -> &[(i64, u32)] {
        self.to.get(posting as usize).map_or(&[], Vec::as_slice)
    }

    /// Those of the days that count, unless they are more than this.
    pub fn within(&self, window: Window, most: usize) -> Option<impl Iterator<Item = &Made>> {
        let first = window.after.div_euclid(DAY);
        let days = || self.days.range(first..=window.through.div_euclid(DAY).max(first)).map(|(_, made)| made);
        let few = days().map(Vec::len).sum::<usize>() <= most;
        few.then(|| days().flatten().filter(move |made| window.holds(made.at)))
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        let lists = self.to.capacity() * size_of::<Vec<(i64, u32)>>();
        let to = self.to.iter().map(|made| made.capacity() * size_of::<(i64, u32)>()).sum::<usize>();
        let days = self.days.values().map(|made| made.capacity() * size_of::<Made>()).sum::<usize>();
        lists + to + days
    }
}

/// Takes one out of a list in no order.
fn take<T: PartialEq>(list: &mut Vec<T>, item: &T) {
    if let Some(at) = list.iter().position(|known| known == item) {
        list.swap_remove(at);
    }
}
