//! Tukey's fences on the logarithm, decided exactly.
//!
//! With Q1 and Q3 the quartiles of ln x and k = 3, a value is an outlier outside Q1 − 3 (Q3 − Q1) … Q3 + 3 (Q3 − Q1).
//! Quartiles interpolate in quarters, so four times a quartile is the logarithm of a product of four values, and a
//! comparison with a fence is one between products of powers. A floating-point estimate decides nearly always; close
//! ones are decided by whole numbers, so the same values are trimmed on every machine.

use super::{ranks::percentile_position, sample::OrderedSample, value::Value};
use num_bigint::BigUint;
use std::{cmp::Ordering, ops::Range};

/// From this many values on fences mean something.
pub const TRIM_FROM: usize = 20;

/// Estimates this close to a fence are decided exactly; their own error is below 10⁻¹¹.
const MARGIN: f64 = 1e-9;

/// Four times a quartile of the logarithms: the logarithm of `low^(4 − quarters) × high^quarters`.
struct Quartile {
    low: Value,
    high: Value,
    quarters: u8,
}

/// The ranks between the fences; all of them below [`TRIM_FROM`] values.
pub fn between_fences(sample: &impl OrderedSample) -> Range<usize> {
    let len = sample.len();
    let quartiles = if len < TRIM_FROM { None } else { Quartile::of(sample, 25).zip(Quartile::of(sample, 75)) };
    let Some((first, third)) = quartiles else { return 0..len };
    let is_low = |value: &Value| compare(value, &third, &first) == Ordering::Less;
    let is_high = |value: &Value| compare(value, &first, &third) == Ordering::Greater;
    let start = partition_point(0..len, |rank| is_low(&sample.value(rank)));
    let end = partition_point(start..len, |rank| !is_high(&sample.value(rank)));
    start..end
}

impl Quartile {
    fn of(sample: &impl OrderedSample, percent: u8) -> Option<Self> {
        let (rank, hundredths) = percentile_position(sample.len(), percent)?;
        let low = sample.value(rank);
        let high = if hundredths == 0 { low } else { sample.value(rank + 1) };
        Some(Self { low, high, quarters: hundredths / 25 })
    }

    fn logarithm(&self) -> f64 {
        let part =
            |value: &Value, quarters: u8| if quarters == 0 { 0.0 } else { f64::from(quarters) * value.estimate().ln() };
        part(&self.low, 4 - self.quarters) + part(&self.high, self.quarters)
    }

    fn power(&self, exponent: u32) -> (BigUint, BigUint) {
        let (low, high) = (self.low.over(), self.high.over());
        let (of_low, of_high) = (exponent * u32::from(4 - self.quarters), exponent * u32::from(self.quarters));
        (low.0.pow(of_low) * high.0.pow(of_high), low.1.pow(of_low) * high.1.pow(of_high))
    }
}

/// `4 ln value + 3 near` against `4 far`, the quartiles as four times themselves: on which side of the fence that lies
/// beyond `far` as seen from `near` a value is.
fn compare(value: &Value, near: &Quartile, far: &Quartile) -> Ordering {
    let difference = 4.0 * value.estimate().ln() + 3.0 * near.logarithm() - 4.0 * far.logarithm();
    // A value of zero has no logarithm; the products below know what it means.
    if difference.abs() > MARGIN {
        return difference.total_cmp(&0.0);
    }
    let (numerator, denominator) = value.over();
    let (near, far) = (near.power(3), far.power(4));
    (numerator.pow(4) * near.0 * far.1).cmp(&(far.0 * denominator.pow(4) * near.1))
}

/// The first rank of the range for which `before` no longer holds.
fn partition_point(mut ranks: Range<usize>, before: impl Fn(usize) -> bool) -> usize {
    while !ranks.is_empty() {
        let middle = usize::midpoint(ranks.start, ranks.end);
        if before(middle) {
            ranks.start = middle + 1;
        } else {
            ranks.end = middle;
        }
    }
    ranks.start
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::sample::SortedSample;

    fn kept(values: &[u64]) -> Range<usize> {
        let sample: SortedSample = values.iter().map(|minor| (Value::whole(*minor), 0)).collect();
        between_fences(&sample)
    }

    #[test]
    fn small_samples_are_left_alone() {
        let mut values = vec![100; 18];
        values.push(1_000_000);
        assert_eq!(kept(&values), 0..19);
        values.push(1_000_000_000);
        assert_eq!(kept(&values), 0..18);
    }

    #[test]
    fn a_value_on_the_fence_is_kept() {
        // Q1 = ln 10 and Q3 = ln 100, so the fences are exactly ln 10⁻² and ln 10⁵.
        let mut values = vec![10; 10];
        values.extend([100; 10]);
        values.push(100_000);
        assert_eq!(kept(&values), 0..21);
        values[20] = 100_001;
        assert_eq!(kept(&values), 0..20);
    }

    #[test]
    fn zero_lies_below_every_fence_but_its_own() {
        let mut values = vec![100; 30];
        values[0] = 0;
        assert_eq!(kept(&values), 1..30);
        values[..10].fill(0);
        assert_eq!(kept(&values), 0..30);
        assert_eq!(kept(&[0; 25]), 0..25);
    }
}
