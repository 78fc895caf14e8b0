//! The definitions of salary statistics, written down as plainly as possible over fractions of any length.

use chrono::NaiveDate;
use num_bigint::BigUint;
use rolecall::market::annual::{Factors, Measure};
use rolecall::money::{Currency, PayPeriod, PayRange};
use std::cmp::Ordering;

/// A non-negative fraction, never reduced.
#[derive(Clone, Debug)]
pub struct Fraction {
    pub numerator: BigUint,
    pub denominator: BigUint,
}

impl Fraction {
    pub fn new(numerator: u128, denominator: u128) -> Self {
        Self { numerator: numerator.into(), denominator: denominator.into() }
    }

    pub fn plus(&self, other: &Self) -> Self {
        Self {
            numerator: &self.numerator * &other.denominator + &other.numerator * &self.denominator,
            denominator: &self.denominator * &other.denominator,
        }
    }

    pub fn times(&self, other: &Self) -> Self {
        Self { numerator: &self.numerator * &other.numerator, denominator: &self.denominator * &other.denominator }
    }

    pub fn compare(&self, other: &Self) -> Ordering {
        (&self.numerator * &other.denominator).cmp(&(&other.numerator * &self.denominator))
    }

    /// The nearest whole number; of two the even one.
    pub fn rounded(&self) -> i128 {
        let half = Self::new(1, 2);
        let floor = &self.numerator / &self.denominator;
        let rest = Self { numerator: &self.numerator % &self.denominator, denominator: self.denominator.clone() };
        let up = match rest.compare(&half) {
            Ordering::Less => false,
            Ordering::Equal => floor.bit(0),
            Ordering::Greater => true,
        };
        i128::try_from(floor + u8::from(up)).expect("a figure")
    }

    /// An approximation good enough to tell what is far apart.
    pub fn ln(&self) -> f64 {
        let bits = |number: &BigUint| {
            let shift = number.bits().saturating_sub(32);
            let top = u32::try_from(number >> shift).expect("32 bits");
            let shift = u32::try_from(shift).expect("a short number");
            f64::from(top).ln() + f64::from(shift) * std::f64::consts::LN_2
        };
        bits(&self.numerator) - bits(&self.denominator)
    }
}

/// Units of a currency for one euro, by day of publication.
pub type Quotes = Vec<(Currency, NaiveDate, String)>;

/// The annual value of a range in its own currency.
pub fn annual(pay: &PayRange, measure: Measure, factors: &Factors) -> Option<Fraction> {
    let bound = |bound: Option<i64>| bound.map(|minor| Fraction::new(minor.unsigned_abs().into(), 1));
    let (min, max) = (bound(pay.min()), bound(pay.max()));
    let chosen = match measure {
        Measure::Floor => min?,
        Measure::Ceiling => max?,
        Measure::Midpoint => match (min, max) {
            (Some(min), Some(max)) => min.plus(&max).times(&Fraction::new(1, 2)),
            (min, max) => min.or(max)?,
        },
    };
    let periods = match pay.period() {
        PayPeriod::Hour => factors.hours_per_year,
        PayPeriod::Day => factors.days_per_year,
        PayPeriod::Week => factors.weeks_per_year,
        PayPeriod::Month => factors.months_per_year,
        PayPeriod::Year => 1,
    };
    let longer_than_a_day = !matches!(pay.period(), PayPeriod::Hour | PayPeriod::Day);
    let yearly = chosen.times(&Fraction::new(periods.into(), 1));
    Some(match pay.hours_per_week() {
        Some(hours) if longer_than_a_day && hours < factors.full_time_hours * 100 => {
            yearly.times(&Fraction::new(u128::from(factors.full_time_hours) * 100, hours.into()))
        }
        _ => yearly,
    })
}

/// The value in minor units of another currency.
pub fn convert(value: &Fraction, from: Currency, to: Currency, day: NaiveDate, quotes: &Quotes) -> Option<Fraction> {
    let per_euro = |currency| {
        if currency == Currency::EUR {
            return Some(Fraction::new(1, 1));
        }
        let known = quotes.iter().filter(|quote| quote.0 == currency && quote.1 <= day);
        known.max_by_key(|quote| quote.1).map(|quote| decimal(&quote.2))
    };
    let invert = |rate: Fraction| Fraction { numerator: rate.denominator, denominator: rate.numerator };
    let major = value.times(&Fraction::new(1, from.minor_per_major().into()));
    let converted = major.times(&invert(per_euro(from)?)).times(&per_euro(to)?);
    Some(converted.times(&Fraction::new(to.minor_per_major().into(), 1)))
}

fn decimal(text: &str) -> Fraction {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = u32::try_from(decimals.len()).expect("a short decimal");
    Fraction::new(format!("{whole}{decimals}").parse().expect("digits"), 10_u128.pow(digits))
}

/// `percentile_cont` of sorted values.
pub fn percentile(sorted: &[Fraction], percent: u128) -> i128 {
    let position = (sorted.len() as u128 - 1) * percent;
    let below = (position / 100) as usize;
    let above = (below + 1).min(sorted.len() - 1);
    let (near, far) = (Fraction::new(100 - position % 100, 100), Fraction::new(position % 100, 100));
    sorted[below].times(&near).plus(&sorted[above].times(&far)).rounded()
}

pub fn mean(values: &[Fraction]) -> i128 {
    let sum = values.iter().fold(Fraction::new(0, 1), |sum, value| sum.plus(value));
    sum.times(&Fraction::new(1, values.len() as u128)).rounded()
}

/// 1-based ranks of the median's interval: the last symmetric pair that still covers 95 %.
pub fn median_ranks(n: usize) -> Option<(usize, usize)> {
    let total = BigUint::from(1_u8) << n;
    let covered = |lower: usize| (lower..=n - lower).map(|k| combinations(n, k)).sum::<BigUint>();
    let enough = |lower: &usize| covered(*lower) * 20_u8 >= &total * 19_u8;
    (1..=n / 2).filter(enough).max().map(|lower| (lower, n + 1 - lower))
}

fn combinations(n: usize, k: usize) -> BigUint {
    (0..k).fold(BigUint::from(1_u8), |product, at| product * (n - at) / (at + 1))
}

/// Tukey's fences on the logarithm; `None` if a value lies too close to a fence for floating point.
pub fn trim(sorted: &[Fraction]) -> Option<Vec<Fraction>> {
    if sorted.len() < 20 {
        return Some(sorted.to_vec());
    }
    let logarithms: Vec<f64> = sorted.iter().map(Fraction::ln).collect();
    let last = logarithms.len() - 1;
    let quartile = |quarters: usize| {
        let (below, rest) = (last * quarters / 4, u8::try_from(last * quarters % 4).expect("a quarter"));
        logarithms[below] + f64::from(rest) / 4.0 * (logarithms[(below + 1).min(last)] - logarithms[below])
    };
    let (first, third) = (quartile(1), quartile(3));
    let (low, high) = (first - 3.0 * (third - first), third + 3.0 * (third - first));
    if third > first && logarithms.iter().any(|x| (x - low).abs() < 1e-6 || (x - high).abs() < 1e-6) {
        return None;
    }
    let inside = |x: f64| x >= low - 1e-9 && x <= high + 1e-9;
    Some(sorted.iter().zip(&logarithms).filter(|(_, x)| inside(**x)).map(|(value, _)| value.clone()).collect())
}
