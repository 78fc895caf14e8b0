//! From values in ascending order to released figures.

use super::{
    histogram::{Bin, Steps},
    outliers::between_fences,
    ranks::{median_interval, percentile_position},
    ratio::Ratio,
    release::{SalaryThresholds, SuppressionReason},
    value::{ExactSum, Value},
};
use std::ops::Range;

/// Values in ascending order with the employers behind them: what a source of salary figures must be able to answer.
///
/// Ranks count from zero and stay below [`OrderedSample::len`].
pub trait OrderedSample {
    /// Number of values.
    fn len(&self) -> usize;

    /// The value at a rank.
    fn value(&self, rank: usize) -> Value;

    /// How many values are less than this one.
    fn below(&self, value: &Value) -> usize;

    /// The exact sum of the values at these ranks.
    fn sum(&self, ranks: Range<usize>) -> ExactSum;

    /// The arithmetic mean of the values at these ranks, rounded half to even; `None` where there is no rank.
    fn mean(&self, ranks: Range<usize>) -> Option<i128> {
        let count = ranks.len() as u64;
        self.sum(ranks).mean(count)
    }

    /// Distinct employers of the postings at these ranks.
    fn employers(&self, ranks: Range<usize>) -> usize;

    /// Whether there is no value.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Why a posting of the set has no part in the figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExclusionReason {
    /// Stated to be unpaid.
    Unpaid,
    /// The employer does not say.
    Withheld,
    /// Pay without an amount, or without the bound that the measure asks for.
    NoAmount,
    /// Another currency than the one asked for, and no conversion wanted.
    OtherCurrency,
    /// No exchange rate on or before the day of publication.
    NoRate,
    /// Beyond what an annual value can be (10³⁰ minor units) once converted.
    OutOfRange,
    /// Outside Tukey's fences, and trimming was wanted.
    Outlier,
}

/// How the postings of a set fared before their values were put in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Postings of the set, excluded ones with them.
    pub postings: u64,
    /// Postings that state an amount, in whatever currency.
    pub disclosed: u64,
    /// Postings left out, by reason, in the order of the reasons and without zeros.
    pub excluded: Vec<(ExclusionReason, u64)>,
}

impl Tally {
    /// Counts more postings left out for a reason.
    pub fn exclude(&mut self, reason: ExclusionReason, count: u64) {
        if count == 0 {
            return;
        }
        match self.excluded.binary_search_by_key(&reason, |entry| entry.0) {
            Ok(at) => self.excluded[at].1 += count,
            Err(at) => self.excluded.insert(at, (reason, count)),
        }
    }
}

/// Salary statistics of a set of postings: what was counted, and figures or the reason there are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SalaryStatistics {
    /// Postings of the set.
    pub postings: u64,
    /// Postings whose value is part of the figures.
    pub sample_size: u64,
    /// Distinct employers of those.
    pub employers: u64,
    /// Postings that state an amount ÷ postings of the set; `None` for an empty set.
    pub disclosure: Option<Ratio>,
    /// Postings left out, by reason, in the order of the reasons and without zeros.
    pub excluded: Vec<(ExclusionReason, u64)>,
    /// The figures, or why they are withheld.
    pub figures: Result<SalaryFigures, SuppressionReason>,
}

/// Figures of annual full-time pay in minor units, each rounded half to even once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SalaryFigures {
    /// Arithmetic mean.
    pub mean: i128,
    /// Least value.
    pub min: i128,
    /// Greatest value.
    pub max: i128,
    /// Tenth percentile; `None` below the threshold of the tails.
    pub p10: Option<i128>,
    /// Lower quartile.
    pub p25: i128,
    /// Median.
    pub median: i128,
    /// Upper quartile.
    pub p75: i128,
    /// Ninetieth percentile; `None` below the threshold of the tails.
    pub p90: Option<i128>,
    /// 95 % confidence interval of the median, by [`median_interval`]; `None` below six values.
    pub median_interval: Option<(i128, i128)>,
    /// Adjacent half-open bins from the least value to the greatest.
    pub histogram: Vec<Bin>,
}

/// Percentile of a sample as SQL's `percentile_cont`, in minor units; `None` when it is empty.
#[must_use]
pub fn percentile(sample: &impl OrderedSample, ranks: &Range<usize>, percent: u8) -> Option<i128> {
    let (rank, hundredths) = percentile_position(ranks.len(), percent)?;
    let low = sample.value(ranks.start + rank);
    Some(match hundredths {
        0 => low.rounded(),
        _ => low.between(&sample.value(ranks.start + rank + 1), hundredths),
    })
}

/// Statistics of a sample whose exclusions were tallied: trims if asked, checks the release, then computes.
#[must_use]
pub fn summarise(
    sample: &impl OrderedSample,
    mut tally: Tally,
    trim: bool,
    thresholds: &SalaryThresholds,
) -> SalaryStatistics {
    let ranks = if trim { between_fences(sample) } else { 0..sample.len() };
    tally.exclude(ExclusionReason::Outlier, (sample.len() - ranks.len()) as u64);
    let (sample_size, employers) = (ranks.len() as u64, sample.employers(ranks.clone()) as u64);
    let figures = match thresholds.withhold(tally.postings, sample_size, employers) {
        Some(reason) => Err(reason),
        // Only an empty sample has no figures, and none is released.
        None => figures(sample, &ranks, sample_size >= thresholds.tails).ok_or(SuppressionReason::TooFewPostings),
    };
    SalaryStatistics {
        postings: tally.postings,
        sample_size,
        employers,
        disclosure: Ratio::new(tally.disclosed, tally.postings),
        excluded: tally.excluded,
        figures,
    }
}

fn figures(sample: &impl OrderedSample, ranks: &Range<usize>, with_tails: bool) -> Option<SalaryFigures> {
    let at = |percent| percentile(sample, ranks, percent);
    let least = sample.value(Some(ranks.start).filter(|_| !ranks.is_empty())?);
    let greatest = sample.value(ranks.end - 1);
    let edge = |minor: u128| Value::quotient(minor, 1).map_or(ranks.end, |edge| sample.below(&edge));
    let interval = median_interval(ranks.len());
    Some(SalaryFigures {
        mean: sample.mean(ranks.clone())?,
        min: least.rounded(),
        max: greatest.rounded(),
        p10: at(10).filter(|_| with_tails),
        p25: at(25)?,
        median: at(50)?,
        p75: at(75)?,
        p90: at(90).filter(|_| with_tails),
        median_interval: interval
            .map(|(low, high)| (sample.value(ranks.start + low).rounded(), sample.value(ranks.start + high).rounded())),
        histogram: Steps::covering(least.floor(), greatest.floor())
            .count(|minor| edge(minor).clamp(ranks.start, ranks.end)),
    })
}

/// Values sorted in memory, each with a number that stands for its employer.
#[derive(Clone, Debug, Default)]
pub struct SortedSample {
    rows: Vec<(Value, u32)>,
}

impl FromIterator<(Value, u32)> for SortedSample {
    fn from_iter<I: IntoIterator<Item = (Value, u32)>>(rows: I) -> Self {
        let mut rows: Vec<_> = rows.into_iter().collect();
        rows.sort_unstable_by_key(|row| row.0);
        Self { rows }
    }
}

impl OrderedSample for SortedSample {
    fn len(&self) -> usize {
        self.rows.len()
    }

    fn value(&self, rank: usize) -> Value {
        self.rows[rank].0
    }

    fn below(&self, value: &Value) -> usize {
        self.rows.partition_point(|row| row.0 < *value)
    }

    fn sum(&self, ranks: Range<usize>) -> ExactSum {
        self.rows[ranks].iter().fold(ExactSum::default(), |mut sum, row| {
            sum += &row.0;
            sum
        })
    }

    fn employers(&self, ranks: Range<usize>) -> usize {
        distinct(self.rows[ranks].iter().map(|row| row.1).collect())
    }
}

impl SortedSample {
    /// Takes rows that are in ascending order of their values already.
    #[must_use]
    pub fn from_sorted(rows: Vec<(Value, u32)>) -> Self {
        debug_assert!(rows.is_sorted_by_key(|row| row.0), "values ascend");
        Self { rows }
    }
}

/// Part of a sorted sample, by ascending ranks in the whole.
#[derive(Clone, Debug)]
pub struct Picked<'a> {
    whole: &'a SortedSample,
    ranks: Vec<u32>,
}

impl<'a> Picked<'a> {
    /// The values at `ranks` of the whole, which must be in ascending order.
    #[must_use]
    pub fn new(whole: &'a SortedSample, ranks: Vec<u32>) -> Self {
        debug_assert!(ranks.is_sorted(), "picked ranks ascend");
        Self { whole, ranks }
    }

    fn row(&self, rank: usize) -> &(Value, u32) {
        &self.whole.rows[self.ranks[rank] as usize]
    }
}

impl OrderedSample for Picked<'_> {
    fn len(&self) -> usize {
        self.ranks.len()
    }

    fn value(&self, rank: usize) -> Value {
        self.row(rank).0
    }

    fn below(&self, value: &Value) -> usize {
        self.ranks.partition_point(|rank| self.whole.rows[*rank as usize].0 < *value)
    }

    fn sum(&self, ranks: Range<usize>) -> ExactSum {
        ranks.fold(ExactSum::default(), |mut sum, rank| {
            sum += &self.row(rank).0;
            sum
        })
    }

    fn employers(&self, ranks: Range<usize>) -> usize {
        distinct(ranks.map(|rank| self.row(rank).1).collect())
    }
}

/// Number of distinct numbers.
fn distinct(mut numbers: Vec<u32>) -> usize {
    numbers.sort_unstable();
    numbers.dedup();
    numbers.len()
}
