//! Values of the rows that are meant, in ascending order: what salary statistics are made of.

use std::collections::HashSet;
use std::ops::Range;

use super::base::Base;
use super::bits::{Bits, Counted, number};
use super::post::Post;
use super::scale::{Fate, SHIFT, Scale, fixed};
use crate::market::sample::{OrderedSample, Tally};
use crate::market::value::{ExactSum, Value};
use crate::money::Currency;

/// Ranks of the rows that are meant.
#[derive(Clone, Debug)]
pub enum Ranks {
    /// One bit for each rank of the scale.
    Dense(Counted),
    /// The ranks in ascending order.
    Sparse(Vec<u32>),
}

impl Ranks {
    /// The ranks that rows have on a scale. O(rows), and O(words) where ranks are rows.
    #[must_use]
    pub fn of(rows: Post, scale: &Scale, len: usize) -> Self {
        match rows {
            Post::Dense(bits) if scale.is_physical() => Self::Dense(bits.into()),
            Post::Dense(bits) if bits.count() > len / 2 => {
                let mut ranks = Bits::all(len);
                for row in bits.complement().iter() {
                    ranks.remove(scale.rank(row));
                }
                Self::Dense(ranks.into())
            }
            Post::Dense(bits) => {
                let mut ranks = Bits::none(len);
                for row in bits.iter() {
                    ranks.insert(scale.rank(row));
                }
                Self::Dense(ranks.into())
            }
            Post::Sparse(rows) if scale.is_physical() => Self::Sparse(rows),
            Post::Sparse(mut rows) => {
                for row in &mut rows {
                    *row = scale.rank(*row);
                }
                rows.sort_unstable();
                Self::Sparse(rows)
            }
        }
    }

    /// How many are less than this rank.
    fn before(&self, rank: usize) -> usize {
        match self {
            Self::Dense(counted) => counted.rank(rank),
            Self::Sparse(ranks) => ranks.partition_point(|other| (*other as usize) < rank),
        }
    }

    fn at(&self, nth: usize) -> usize {
        match self {
            Self::Dense(counted) => counted.select(nth),
            Self::Sparse(ranks) => ranks[nth] as usize,
        }
    }

    fn contains(&self, rank: u32) -> bool {
        match self {
            Self::Dense(counted) => counted.bits().contains(rank),
            Self::Sparse(ranks) => ranks.binary_search(&rank).is_ok(),
        }
    }

    /// Does something for each rank of the range.
    fn each(&self, range: &Range<usize>, mut act: impl FnMut(usize)) {
        match self {
            Self::Dense(counted) => {
                for (at, mut word) in words_of(counted.bits().words(), range) {
                    while word != 0 {
                        act(at * 64 + word.trailing_zeros() as usize);
                        word &= word - 1;
                    }
                }
            }
            Self::Sparse(ranks) => {
                let (from, to) = (self.before(range.start), self.before(range.end));
                for rank in &ranks[from..to] {
                    act(*rank as usize);
                }
            }
        }
    }
}

/// The words that hold the range, each with what lies outside of it cleared.
fn words_of<'a>(words: &'a [u64], range: &Range<usize>) -> impl Iterator<Item = (usize, u64)> + use<'a> {
    let (from, to) = (range.start, range.end.max(range.start));
    let mask = move |at: usize| {
        let low = if at == from / 64 { u64::MAX << (from % 64) } else { u64::MAX };
        let high = if at == to / 64 { (1 << (to % 64)) - 1 } else { u64::MAX };
        low & high
    };
    (from / 64..to.div_ceil(64).min(words.len())).map(move |at| (at, words[at] & mask(at)))
}

/// A sum of cut values.
#[derive(Clone, Copy, Debug, Default)]
struct CutSum {
    /// The sum.
    sum: u128,
    /// How many of the values were cut: the true sum is larger by less than this.
    cut: usize,
    /// Whether a value did not fit and is larger by any amount.
    overflows: bool,
}

/// The rows of a base that are meant and have a value in one currency.
pub struct Picked<'a> {
    base: &'a Base,
    scale: &'a Scale,
    ranks: &'a Ranks,
    /// Ranks of the rows with a value in the currency.
    block: Range<usize>,
    /// Ranks that are meant before the block, and in it.
    offset: usize,
    len: usize,
}

impl<'a> Picked<'a> {
    /// Those of the ranks that have a value in the currency.
    #[must_use]
    pub fn new(base: &'a Base, scale: &'a Scale, ranks: &'a Ranks, currency: Currency) -> Self {
        let block = scale.ranges().iter().find(|(fate, _)| *fate == Fate::Valued(currency));
        let block = block.map_or(0..0, |(_, range)| range.clone());
        let offset = ranks.before(block.start);
        let len = ranks.before(block.end) - offset;
        Self { base, scale, ranks, block, offset, len }
    }

    /// Counts the postings that are meant, and why those without a value in the currency have none.
    pub fn tally(&self, tally: &mut Tally) {
        for (fate, range) in self.scale.ranges() {
            let count = (self.ranks.before(range.end) - self.ranks.before(range.start)) as u64;
            tally.postings += count;
            match fate {
                Fate::Excluded(reason) => tally.exclude(*reason, count),
                Fate::Valued(_) if *range == self.block => {}
                Fate::Valued(_) => tally.exclude(crate::market::sample::ExclusionReason::OtherCurrency, count),
            }
        }
    }

    /// From ranks among the picked to ranks of the scale.
    fn span(&self, ranks: &Range<usize>) -> Range<usize> {
        if ranks.is_empty() {
            return self.block.start..self.block.start;
        }
        self.ranks.at(self.offset + ranks.start)..self.ranks.at(self.offset + ranks.end - 1) + 1
    }

    fn cut_sum(&self, ranks: &Range<usize>) -> CutSum {
        let span = self.span(ranks);
        let (fixed, sums) = (self.scale.fixed(), self.scale.sums());
        let mut total = CutSum::default();
        match self.ranks {
            Ranks::Dense(counted) => {
                for (at, mut word) in words_of(counted.bits().words(), &span) {
                    total.cut += (word & self.scale.inexact().words()[at]).count_ones() as usize;
                    // Of the 64 values, those in the sum are added or those that are not taken off, whichever are fewer.
                    let is_full = word.count_ones() > 32 && (at + 1) * 64 <= fixed.len();
                    let whole = if is_full { sums[at + 1] - sums[at] } else { 0 };
                    word ^= if is_full { u64::MAX } else { 0 };
                    let mut part = 0;
                    while word != 0 {
                        part += u128::from(fixed[at * 64 + word.trailing_zeros() as usize]);
                        word &= word - 1;
                    }
                    total.sum = if is_full { total.sum + whole - part } else { total.sum + part };
                }
            }
            Ranks::Sparse(list) => {
                for rank in &list[self.offset + ranks.start..self.offset + ranks.end] {
                    total.sum += u128::from(fixed[*rank as usize]);
                    total.cut += usize::from(self.scale.inexact().contains(*rank));
                }
            }
        }
        total.overflows = !span.is_empty() && fixed[span.end - 1] == u64::MAX;
        total
    }

    /// Whether an employer has a posting at one of these ranks of the scale.
    fn has_employer(&self, employer: u32, span: &Range<usize>) -> bool {
        self.base.postings_of(employer).is_some_and(|rows| {
            rows.any(|row| {
                let rank = self.scale.rank(row);
                span.contains(&(rank as usize)) && self.ranks.contains(rank)
            })
        })
    }
}

impl OrderedSample for Picked<'_> {
    fn len(&self) -> usize {
        self.len
    }

    fn value(&self, rank: usize) -> Value {
        self.scale.value(self.base.columns(), self.ranks.at(self.offset + rank))
    }

    fn below(&self, value: &Value) -> usize {
        let columns = self.base.columns();
        match self.ranks {
            Ranks::Dense(counted) => counted.rank(self.scale.below(columns, &self.block, value)) - self.offset,
            Ranks::Sparse(ranks) => {
                let (cut, _) = fixed(value);
                let picked = &ranks[self.offset..self.offset + self.len];
                picked.partition_point(|rank| self.scale.is_below(columns, *rank as usize, value, cut))
            }
        }
    }

    fn sum(&self, ranks: Range<usize>) -> ExactSum {
        let mut sum = ExactSum::default();
        self.ranks.each(&self.span(&ranks), |rank| sum += &self.scale.value(self.base.columns(), rank));
        sum
    }

    fn employers(&self, ranks: Range<usize>) -> usize {
        let span = self.span(&ranks);
        let all = self.base.employers();
        // Asking each employer's postings ends at the first hit, so it takes employers × rows ÷ ranks; going through the
        // ranks takes as many steps as there are.
        if ranks.len().saturating_mul(ranks.len()) / 3 > all.saturating_mul(self.base.len()) {
            return (0..number(all)).filter(|employer| self.has_employer(*employer, &span)).count();
        }
        let of = self.base.columns().employers();
        let employer = |rank| of[self.scale.row(rank) as usize];
        if ranks.len() > all / 64 {
            let mut seen = Bits::none(all);
            self.ranks.each(&span, |rank| seen.insert(employer(rank)));
            return seen.count();
        }
        let mut seen = Vec::with_capacity(ranks.len());
        self.ranks.each(&span, |rank| seen.push(employer(rank)));
        seen.sort_unstable();
        seen.dedup();
        seen.len()
    }
}

/// A value of a posting that is not in the base yet.
#[derive(Clone, Debug)]
pub struct Recent {
    value: Value,
    cut: u64,
    is_exact: bool,
    employer: u32,
}

impl Recent {
    /// A value and the employer who pays it.
    #[must_use]
    pub fn new(value: Value, employer: u32) -> Self {
        let (cut, is_exact) = fixed(&value);
        Self { value, cut, is_exact, employer }
    }
}

/// Picked rows of a base, and postings that are not in it yet, as one sample.
pub struct Merged<'a> {
    picked: Picked<'a>,
    /// Recent values in ascending order.
    recent: Vec<Recent>,
    /// Their ranks in the whole, where they are few.
    at: Vec<usize>,
}

/// Up to so many recent values all their ranks are worked out at once; of more only those that are asked for, which are
/// some hundred.
const PLACED: usize = 256;

impl<'a> Merged<'a> {
    /// Puts recent values among the picked ones. O(r log r).
    #[must_use]
    pub fn new(picked: Picked<'a>, mut recent: Vec<Recent>) -> Self {
        recent.sort_unstable_by(|one, other| one.cut.cmp(&other.cut).then_with(|| one.value.cmp(&other.value)));
        let mut merged = Self { picked, recent, at: Vec::new() };
        if merged.recent.len() <= PLACED {
            merged.at = (0..merged.recent.len()).map(|nth| merged.rank_of(nth)).collect();
        }
        merged
    }

    /// The rank of a recent value in the whole. O(1) or O(log n).
    fn rank_of(&self, nth: usize) -> usize {
        self.at.get(nth).copied().unwrap_or_else(|| self.picked.below(&self.recent[nth].value) + nth)
    }

    /// How many recent values have a lower rank in the whole. O(log r), or O(log r × log n) of many.
    fn recent_before(&self, rank: usize) -> usize {
        let mut range = 0..self.recent.len();
        while !range.is_empty() {
            let middle = usize::midpoint(range.start, range.end);
            if self.rank_of(middle) < rank {
                range.start = middle + 1;
            } else {
                range.end = middle;
            }
        }
        range.start
    }

    /// Ranks of the whole as ranks of the picked and of the recent.
    fn split(&self, ranks: &Range<usize>) -> (Range<usize>, Range<usize>) {
        let (from, to) = (self.recent_before(ranks.start), self.recent_before(ranks.end));
        (ranks.start - from..ranks.end - to, from..to)
    }
}

impl OrderedSample for Merged<'_> {
    fn len(&self) -> usize {
        self.picked.len() + self.recent.len()
    }

    fn value(&self, rank: usize) -> Value {
        let before = self.recent_before(rank);
        match self.recent.get(before) {
            Some(recent) if self.rank_of(before) == rank => recent.value,
            _ => self.picked.value(rank - before),
        }
    }

    fn below(&self, value: &Value) -> usize {
        self.picked.below(value) + self.recent.partition_point(|recent| recent.value < *value)
    }

    fn sum(&self, ranks: Range<usize>) -> ExactSum {
        let (picked, recent) = self.split(&ranks);
        let mut sum = self.picked.sum(picked);
        self.recent[recent].iter().for_each(|recent| sum += &recent.value);
        sum
    }

    /// The mean of cut values, if the digits that are missing cannot change how it is rounded; which is nearly always.
    fn mean(&self, ranks: Range<usize>) -> Option<i128> {
        let (picked, recent) = self.split(&ranks);
        let mut total = self.picked.cut_sum(&picked);
        for recent in &self.recent[recent] {
            total.sum += u128::from(recent.cut);
            total.cut += usize::from(!recent.is_exact);
            total.overflows |= recent.cut == u64::MAX;
        }
        let divisor = u128::try_from(ranks.len()).ok().filter(|len| *len > 0)? << SHIFT;
        let least = Value::quotient(total.sum, divisor)?.rounded();
        let most = Value::quotient(total.sum + total.cut as u128, divisor)?.rounded();
        if least == most && !total.overflows {
            return Some(least);
        }
        let count = ranks.len() as u64;
        self.sum(ranks).mean(count)
    }

    fn employers(&self, ranks: Range<usize>) -> usize {
        let (picked, recent) = self.split(&ranks);
        let span = self.picked.span(&picked);
        let new: HashSet<u32> = self.recent[recent].iter().map(|recent| recent.employer).collect();
        let new = new.into_iter().filter(|employer| !self.picked.has_employer(*employer, &span)).count();
        self.picked.employers(picked) + new
    }
}
