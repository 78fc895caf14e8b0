//! Salary statistics of plain rows, for a whole set and for its groups in the same pass.

use super::{
    annual::{Factors, Measure, annual_value},
    rates::{ExchangeFactor, Rates},
    release::SalaryThresholds,
    sample::{ExclusionReason, Picked, SalaryStatistics, SortedSample, Tally, summarise},
    value::Value,
};
use crate::money::{Currency, PayRange};
use chrono::NaiveDate;
use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
};
use uuid::Uuid;

/// What a posting says about its pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostedPay {
    /// Stated; with or without an amount.
    Stated(PayRange),
    /// Stated in words alone.
    StatedWithoutAmount,
    /// Stated to be unpaid.
    Unpaid,
    /// Not stated.
    Withheld,
}

/// One posting of a set. The set must hold each posting once.
#[derive(Clone, Copy, Debug)]
pub struct PayRow {
    /// The employer, whose postings may be many.
    pub employer: Uuid,
    /// What the posting says about its pay.
    pub pay: PostedPay,
    /// Day of first publication (UTC): the day of its exchange rate.
    pub published: NaiveDate,
}

/// How salary statistics are made. All of it is echoed beside the figures.
#[derive(Clone, Copy, Debug)]
pub struct SalarySpec {
    /// Currency of the figures.
    pub currency: Currency,
    /// Whether postings in other currencies are converted or left out.
    pub convert: bool,
    /// Which number stands for a range.
    pub measure: Measure,
    /// Whether values outside Tukey's fences are left out.
    pub trim: bool,
    /// How pay becomes annual.
    pub factors: Factors,
    /// From how many postings figures are released.
    pub thresholds: SalaryThresholds,
}

impl SalarySpec {
    /// Midpoints in one currency with the usual factors and thresholds, nothing converted and nothing trimmed.
    #[must_use]
    pub fn new(currency: Currency) -> Self {
        Self {
            currency,
            convert: false,
            measure: Measure::default(),
            trim: false,
            factors: Factors::default(),
            thresholds: SalaryThresholds::default(),
        }
    }
}

/// Statistics of a set and of its groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SalaryByGroup<K> {
    /// The whole set.
    pub all: SalaryStatistics,
    /// Every group that has a posting, by key.
    pub groups: BTreeMap<K, SalaryStatistics>,
}

/// Statistics of a set of postings.
#[must_use]
pub fn salary_statistics(rows: impl IntoIterator<Item = PayRow>, spec: &SalarySpec, rates: &Rates) -> SalaryStatistics {
    salary_by_group(rows.into_iter().map(|row| (row, None::<()>)), spec, rates).all
}

/// Statistics of a set and of its groups, in one pass over the rows and one sort.
///
/// A row belongs to the group of each of its keys: none, one (role, month) or several (skills, places); a key given
/// twice counts once. Fences and thresholds apply to each group by itself.
#[must_use]
pub fn salary_by_group<K, I>(
    rows: impl IntoIterator<Item = (PayRow, I)>,
    spec: &SalarySpec,
    rates: &Rates,
) -> SalaryByGroup<K>
where
    K: Ord + Hash + Clone,
    I: IntoIterator<Item = K>,
{
    let mut valuation = Valuation::new(spec, rates);
    let mut numbering = Numbering::default();
    let mut employers: HashMap<Uuid, u32> = HashMap::new();
    let mut tallies = vec![Tally::default()];
    let mut values = Vec::new();
    // The groups of valued row n are `memberships[ends[n - 1]..ends[n]]`.
    let (mut memberships, mut ends): (Vec<u32>, Vec<usize>) = (Vec::new(), Vec::new());
    let mut own = Vec::new();
    for (row, keys) in rows {
        numbering.numbers(keys, &mut own);
        tallies.resize(numbering.len() + 1, Tally::default());
        let outcome = valuation.value(&row);
        for tally in std::iter::once(0).chain(own.iter().map(|group| *group as usize + 1)) {
            tallies[tally].add(&row.pay, outcome.err());
        }
        if let Ok(value) = outcome {
            let next = number(employers.len());
            let employer = *employers.entry(row.employer).or_insert(next);
            values.push(Valued { value, employer, row: number(ends.len()) });
            memberships.extend_from_slice(&own);
            ends.push(memberships.len());
        }
    }
    values.sort_unstable_by_key(|valued| valued.value);
    let mut ranks = vec![Vec::new(); numbering.len()];
    for (rank, valued) in values.iter().enumerate() {
        let row = valued.row as usize;
        for group in &memberships[row.checked_sub(1).map_or(0, |before| ends[before])..ends[row]] {
            ranks[*group as usize].push(number(rank));
        }
    }
    let sample = SortedSample::from_sorted(values.into_iter().map(|valued| (valued.value, valued.employer)).collect());
    let mut tallies = tallies.into_iter();
    let all = summarise(&sample, tallies.next().unwrap_or_default(), spec.trim, &spec.thresholds);
    let groups = numbering.keys().zip(tallies.zip(ranks)).map(|(key, (tally, ranks))| {
        (key, summarise(&Picked::new(&sample, ranks), tally, spec.trim, &spec.thresholds))
    });
    SalaryByGroup { all, groups: groups.collect() }
}

/// A row that has a value.
struct Valued {
    value: Value,
    employer: u32,
    row: u32,
}

/// Dense numbers for group keys in the order of their first appearance.
struct Numbering<K> {
    numbers: HashMap<K, u32>,
}

impl<K> Default for Numbering<K> {
    fn default() -> Self {
        Self { numbers: HashMap::new() }
    }
}

impl<K: Hash + Eq> Numbering<K> {
    fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Replaces the content of `own` by the numbers of these keys, each once.
    fn numbers(&mut self, keys: impl IntoIterator<Item = K>, own: &mut Vec<u32>) {
        own.clear();
        for key in keys {
            let next = number(self.numbers.len());
            own.push(*self.numbers.entry(key).or_insert(next));
        }
        own.sort_unstable();
        own.dedup();
    }

    /// The keys in the order of their numbers.
    fn keys(self) -> impl Iterator<Item = K> {
        let mut keys: Vec<_> = self.numbers.into_iter().collect();
        keys.sort_unstable_by_key(|entry| entry.1);
        keys.into_iter().map(|(key, _)| key)
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).expect("a set has fewer than 2³² postings")
}

/// Gives rows their value, remembering the exchange factor of each currency and day.
struct Valuation<'a> {
    spec: &'a SalarySpec,
    rates: &'a Rates,
    factors: HashMap<(Currency, NaiveDate), Option<ExchangeFactor>>,
}

impl<'a> Valuation<'a> {
    fn new(spec: &'a SalarySpec, rates: &'a Rates) -> Self {
        Self { spec, rates, factors: HashMap::new() }
    }

    fn value(&mut self, row: &PayRow) -> Result<Value, ExclusionReason> {
        let pay = match row.pay {
            PostedPay::Stated(pay) => pay,
            PostedPay::StatedWithoutAmount => return Err(ExclusionReason::NoAmount),
            PostedPay::Unpaid => return Err(ExclusionReason::Unpaid),
            PostedPay::Withheld => return Err(ExclusionReason::Withheld),
        };
        let spec = self.spec;
        let value = annual_value(&pay, spec.measure, &spec.factors).ok_or(ExclusionReason::NoAmount)?;
        if pay.currency() == spec.currency {
            return Ok(value);
        }
        if !spec.convert {
            return Err(ExclusionReason::OtherCurrency);
        }
        let factor = *self
            .factors
            .entry((pay.currency(), row.published))
            .or_insert_with(|| self.rates.minor_factor(pay.currency(), spec.currency, row.published));
        factor.ok_or(ExclusionReason::NoRate)?.apply(value).ok_or(ExclusionReason::OutOfRange)
    }
}

impl Tally {
    fn add(&mut self, pay: &PostedPay, excluded: Option<ExclusionReason>) {
        self.postings += 1;
        if let PostedPay::Stated(pay) = pay {
            self.disclosed += u64::from(pay.min().is_some() || pay.max().is_some());
        }
        if let Some(reason) = excluded {
            self.exclude(reason, 1);
        }
    }
}
