//! A quotient of two counts, kept exact until it is printed.

use super::value::round_half_even;
use num_bigint::BigUint;
use std::num::NonZeroU64;

/// A quotient of two counts; the denominator is never zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    numerator: u64,
    denominator: NonZeroU64,
}

impl Ratio {
    /// `None` when the denominator is zero.
    #[must_use]
    pub fn new(numerator: u64, denominator: u64) -> Option<Self> {
        NonZeroU64::new(denominator).map(|denominator| Self { numerator, denominator })
    }

    /// The counted things.
    #[must_use]
    pub fn numerator(self) -> u64 {
        self.numerator
    }

    /// What they are counted per.
    #[must_use]
    pub fn denominator(self) -> u64 {
        self.denominator.get()
    }

    /// The quotient as a decimal string with exactly `digits` decimals, rounded half to even.
    #[must_use]
    pub fn decimal(self, digits: u8) -> String {
        let scaled = BigUint::from(self.numerator) * BigUint::from(10_u8).pow(digits.into());
        let digits = usize::from(digits);
        let rounded = round_half_even(&scaled, &self.denominator.get().into());
        let mut text = format!("{:0>width$}", rounded.to_string(), width = digits + 1);
        if digits > 0 {
            text.insert(text.len() - digits, '.');
        }
        text
    }

    /// The floating-point number nearest to the quotient; exact counts up to 2⁵³ give the one IEEE 754 defines.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of postings and people stay far below 2⁵³")]
    pub fn to_f64(self) -> f64 {
        self.numerator as f64 / self.denominator.get() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(numerator: u64, denominator: u64, digits: u8) -> String {
        Ratio::new(numerator, denominator).expect("not by zero").decimal(digits)
    }

    #[test]
    fn the_published_report_comes_out() {
        assert_eq!(decimal(86_504, 2_924, 2), "29.58");
        assert_eq!(decimal(86_504, 2_924, 0), "30");
    }

    #[test]
    fn ties_go_to_the_even_digit() {
        assert_eq!((decimal(1, 8, 2), decimal(3, 8, 2)), ("0.12".into(), "0.38".into()));
        assert_eq!((decimal(1, 2, 0), decimal(3, 2, 0)), ("0".into(), "2".into()));
        assert_eq!(decimal(0, 7, 3), "0.000");
        assert_eq!(decimal(u64::MAX, 1, 1), "18446744073709551615.0");
    }

    #[test]
    fn nothing_is_divided_by_zero() {
        assert_eq!(Ratio::new(1, 0), None);
        assert_eq!(Ratio::new(0, 4).map(Ratio::to_f64), Some(0.0));
    }
}
