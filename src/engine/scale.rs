//! All postings of a base in the order of one value of their pay.
//!
//! A scale gives every row a rank: rows that have a value first, by currency and value, then the others by the reason
//! why they have none. A set of rows, as ranks, so answers how many are left out and why by counting in ranges, and
//! its n-th value by selecting the n-th rank. The ranks of the scale of midpoints are the rows themselves, because rows
//! lie in that order; of any other scale they are a permutation.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use chrono::NaiveDate;

use super::bits::{Bits, number};
use super::columns::Columns;
use super::row::day;
use crate::market::annual::{Factors, Measure, annual_value};
use crate::market::rates::{ExchangeFactor, Rates, SharedRates};
use crate::market::salary::{PostedPay, SalarySpec};
use crate::market::sample::ExclusionReason;
use crate::market::value::Value;
use crate::money::Currency;

/// Binary digits of the fraction that is kept of a value.
pub const SHIFT: u32 = 16;

/// Which value of their pay rows are put in order by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScaleKey {
    /// Which number stands for a range.
    pub measure: Measure,
    /// The currency into which all pay is converted, if any.
    pub into: Option<Currency>,
    /// How pay becomes that of a year.
    pub factors: Factors,
}

impl ScaleKey {
    /// What the statistics ask for.
    #[must_use]
    pub fn of(spec: &SalarySpec) -> Self {
        Self { measure: spec.measure, into: spec.convert.then_some(spec.currency), factors: spec.factors }
    }
}

/// Gives pay its value, remembering the exchange factor of each currency and day.
pub struct Valuation<'a> {
    key: ScaleKey,
    rates: &'a Rates,
    known: HashMap<(Currency, NaiveDate), Option<ExchangeFactor>>,
}

impl<'a> Valuation<'a> {
    /// A valuation at these rates.
    #[must_use]
    pub fn new(key: ScaleKey, rates: &'a Rates) -> Self {
        Self { key, rates, known: HashMap::new() }
    }

    /// The value and its currency, or why there is none. The day of publication is that of the exchange rate.
    ///
    /// # Errors
    /// The reason, other than a currency that is not asked for.
    pub fn value(&mut self, pay: &PostedPay, published_at: i64) -> Result<(Currency, Value), ExclusionReason> {
        let pay = match pay {
            PostedPay::Stated(pay) => pay,
            PostedPay::StatedWithoutAmount => return Err(ExclusionReason::NoAmount),
            PostedPay::Unpaid => return Err(ExclusionReason::Unpaid),
            PostedPay::Withheld => return Err(ExclusionReason::Withheld),
        };
        let value = annual_value(pay, self.key.measure, &self.key.factors).ok_or(ExclusionReason::NoAmount)?;
        let from = pay.currency();
        match self.key.into {
            Some(into) if into != from => {
                let on = day(published_at).ok_or(ExclusionReason::NoRate)?;
                let rates = self.rates;
                let factor = self.known.entry((from, on)).or_insert_with(|| rates.minor_factor(from, into, on));
                let value = factor.ok_or(ExclusionReason::NoRate)?.apply(value);
                Ok((into, value.ok_or(ExclusionReason::OutOfRange)?))
            }
            _ => Ok((from, value)),
        }
    }
}

/// A value cut to a fixed number of binary digits, and whether nothing was cut.
///
/// What does not fit is the largest number, which is to say that the value is at least that.
#[must_use]
pub fn fixed(value: &Value) -> (u64, bool) {
    let (whole, numerator, denominator) = value.parts();
    let Some(rest) = numerator.checked_mul(1 << SHIFT) else { return cut(whole, numerator, denominator) };
    let sum = whole.checked_mul(1 << SHIFT).and_then(|whole| whole.checked_add(rest / denominator));
    match sum.and_then(|sum| u64::try_from(sum).ok()).filter(|sum| *sum < u64::MAX) {
        Some(sum) => (sum, rest % denominator == 0),
        None => (u64::MAX, false),
    }
}

/// As [`fixed`], for fractions whose numerator leaves no room.
fn cut(whole: u128, numerator: u128, denominator: u128) -> (u64, bool) {
    // Long division, a binary digit at a time.
    let mut digits = 0_u128;
    let mut rest = numerator;
    for _ in 0..SHIFT {
        let doubled_reaches = rest >= denominator - rest;
        digits = digits << 1 | u128::from(doubled_reaches);
        rest = if doubled_reaches { rest - (denominator - rest) } else { rest << 1 };
    }
    match whole.checked_mul(1 << SHIFT).and_then(|whole| u64::try_from(whole + digits).ok()) {
        Some(sum) if sum < u64::MAX => (sum, rest == 0),
        _ => (u64::MAX, false),
    }
}

/// What the rows of a range of ranks share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// They have a value in this currency.
    Valued(Currency),
    /// They have none.
    Excluded(ExclusionReason),
}

/// The order of all rows of a base by one value.
pub struct Scale {
    key: ScaleKey,
    rates: SharedRates,
    /// Rows by rank and ranks by row; `None` where both are the same.
    order: Option<(Vec<u32>, Vec<u32>)>,
    /// Ranges of ranks in their order.
    ranges: Vec<(Fate, Range<usize>)>,
    /// Values by rank, each cut.
    fixed: Vec<u64>,
    /// Ranks of the values that were cut.
    inexact: Bits,
    /// Sums of the cut values before each 64 ranks.
    sums: Vec<u128>,
}

/// A row on its way to a rank.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Placed {
    fate: Fate,
    fixed: u64,
    row: u32,
    is_exact: bool,
}

impl Scale {
    /// Puts the rows in order, and tells which order that is: rows by rank. O(n log n).
    #[must_use]
    pub fn sort(pays: &[(PostedPay, i64)], key: ScaleKey, rates: &SharedRates) -> (Self, Vec<u32>) {
        let mut valuation = Valuation::new(key, (**rates).as_ref());
        let place = |(row, (pay, published_at)): (usize, &(PostedPay, i64))| {
            let row = number(row);
            match valuation.value(pay, *published_at) {
                Ok((currency, value)) => {
                    let (fixed, is_exact) = fixed(&value);
                    Placed { fate: Fate::Valued(currency), fixed, row, is_exact }
                }
                Err(reason) => Placed { fate: Fate::Excluded(reason), fixed: 0, row, is_exact: true },
            }
        };
        let mut placed: Vec<Placed> = pays.iter().enumerate().map(place).collect();
        placed.sort_unstable();
        let mut ranges: Vec<(Fate, Range<usize>)> = Vec::new();
        let mut start = 0;
        for same in placed.chunk_by_mut(|one, next| (one.fate, one.fixed) == (next.fate, next.fixed)) {
            // Values that are cut to the same number are told apart in full.
            if same.len() > 1 && same.iter().any(|placed| !placed.is_exact) {
                same.sort_by_cached_key(|placed| {
                    let (pay, published_at) = &pays[placed.row as usize];
                    valuation.value(pay, *published_at).ok().map(|valued| valued.1)
                });
            }
            let end = start + same.len();
            match ranges.last_mut().filter(|(fate, _)| *fate == same[0].fate) {
                Some((_, range)) => range.end = end,
                None => ranges.push((same[0].fate, start..end)),
            }
            start = end;
        }
        let valued = placed.partition_point(|placed| matches!(placed.fate, Fate::Valued(_)));
        let fixed: Vec<u64> = placed[..valued].iter().map(|placed| placed.fixed).collect();
        let cut: Vec<u32> = (0..valued).filter(|rank| !placed[*rank].is_exact).map(number).collect();
        let mut sum = 0;
        let mut sums = vec![0];
        for values in fixed.chunks(64) {
            sum += values.iter().copied().map(u128::from).sum::<u128>();
            sums.push(sum);
        }
        let inexact = Bits::of(placed.len(), &cut);
        let rows = placed.iter().map(|placed| placed.row).collect();
        (Self { key, rates: rates.clone(), order: None, ranges, fixed, inexact, sums }, rows)
    }

    /// A scale whose ranks are not the rows.
    #[must_use]
    pub fn permuted(self, rows: Vec<u32>) -> Self {
        let mut ranks = vec![0; rows.len()];
        for (rank, row) in rows.iter().enumerate() {
            ranks[*row as usize] = number(rank);
        }
        Self { order: Some((rows, ranks)), ..self }
    }

    /// Whether the scale answers for this key at these rates.
    #[must_use]
    pub fn is_for(&self, key: &ScaleKey, rates: &SharedRates) -> bool {
        self.key == *key && (key.into.is_none() || Arc::ptr_eq(&self.rates, rates))
    }

    /// What it is in the order of.
    #[must_use]
    pub const fn key(&self) -> ScaleKey {
        self.key
    }

    /// Whether ranks are rows.
    #[must_use]
    pub const fn is_physical(&self) -> bool {
        self.order.is_none()
    }

    /// The row of a rank.
    #[must_use]
    pub fn row(&self, rank: usize) -> u32 {
        self.order.as_ref().map_or_else(|| number(rank), |(rows, _)| rows[rank])
    }

    /// The rank of a row.
    #[must_use]
    pub fn rank(&self, row: u32) -> u32 {
        self.order.as_ref().map_or(row, |(_, ranks)| ranks[row as usize])
    }

    /// The ranges of ranks.
    #[must_use]
    pub fn ranges(&self) -> &[(Fate, Range<usize>)] {
        &self.ranges
    }

    /// Values by rank, cut to [`SHIFT`] binary digits of fraction.
    #[must_use]
    pub fn fixed(&self) -> &[u64] {
        &self.fixed
    }

    /// Sums of the cut values before each 64 ranks.
    #[must_use]
    pub fn sums(&self) -> &[u128] {
        &self.sums
    }

    /// Ranks whose value was cut.
    #[must_use]
    pub const fn inexact(&self) -> &Bits {
        &self.inexact
    }

    /// The value of a rank in full. About 100 ns.
    ///
    /// # Panics
    /// When the row of the rank has no value.
    #[must_use]
    pub fn value(&self, columns: &Columns, rank: usize) -> Value {
        if !self.inexact.contains(number(rank)) {
            let fixed = u128::from(self.fixed[rank]);
            return Value::quotient(fixed, 1 << SHIFT).expect("a cut value is a value");
        }
        let row = self.row(rank);
        let published_at = columns.published_at()[row as usize];
        let mut valuation = Valuation::new(self.key, (*self.rates).as_ref());
        valuation.value(&columns.pay(row), published_at).expect("a valued row has a value").1
    }

    /// Whether the value of a rank is less than this one, of which `cut` is the cut value.
    #[must_use]
    pub fn is_below(&self, columns: &Columns, rank: usize, value: &Value, cut: u64) -> bool {
        match self.fixed[rank].cmp(&cut) {
            Ordering::Less => true,
            Ordering::Greater => false,
            // Values that are cut to the same number are compared in full.
            Ordering::Equal => self.value(columns, rank) < *value,
        }
    }

    /// How many ranks come before the first of the range whose value is not less than this one. O(log n).
    #[must_use]
    pub fn below(&self, columns: &Columns, range: &Range<usize>, value: &Value) -> usize {
        let (cut, _) = fixed(value);
        let mut left = range.clone();
        while !left.is_empty() {
            let middle = usize::midpoint(left.start, left.end);
            if self.is_below(columns, middle, value, cut) {
                left.start = middle + 1;
            } else {
                left.end = middle;
            }
        }
        left.start
    }

    /// Bytes on the heap.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let order = self.order.as_ref().map_or(0, |(rows, ranks)| (rows.len() + ranks.len()) * 4);
        order + self.fixed.len() * 8 + size_of_val(self.inexact.words()) + self.sums.len() * 16
    }
}
