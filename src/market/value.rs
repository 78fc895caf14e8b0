//! Exact amounts: a whole number of minor units and a fraction of one.

use num_bigint::BigUint;
use std::{cmp::Ordering, collections::HashMap, ops::AddAssign};

/// Every value lies below this many minor units, so that sums of 10⁸ values fit in 128 bits.
pub const VALUE_LIMIT: u128 = 10_u128.pow(30);

/// A non-negative rational number of minor units, `whole + numerator / denominator`, below [`VALUE_LIMIT`].
#[derive(Clone, Copy, Debug)]
pub struct Value {
    whole: u128,
    /// Below `denominator`.
    numerator: u128,
    /// 1 exactly when the fraction is zero; otherwise not necessarily in lowest terms.
    denominator: u128,
}

/// The greatest common divisor; of zero and x it is x.
#[must_use]
pub(crate) fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl Value {
    /// A whole number of minor units, at most `u64::MAX`.
    #[must_use]
    pub fn whole(minor: u64) -> Self {
        Self { whole: minor.into(), numerator: 0, denominator: 1 }
    }

    /// The quotient; `None` when the denominator is zero or the quotient not below [`VALUE_LIMIT`].
    #[must_use]
    pub fn quotient(numerator: u128, denominator: u128) -> Option<Self> {
        let whole = numerator.checked_div(denominator)?;
        Self::assemble(whole, numerator % denominator, denominator)
    }

    /// The value times `a / b`, exactly; `None` when `b` is zero or the result out of range.
    ///
    /// The factor should be in lowest terms. With `a × b × denominator` below 2¹²⁸ only a result beyond
    /// [`VALUE_LIMIT`] is out of range.
    #[must_use]
    pub fn times(self, a: u128, b: u128) -> Option<Self> {
        let from_whole = self.whole.checked_div(b)?.checked_mul(a)?;
        // What is left is (rest × denominator + numerator) × a / (b × denominator).
        let rest = (self.whole % b).checked_mul(self.denominator)?.checked_add(self.numerator)?.checked_mul(a)?;
        let denominator = self.denominator.checked_mul(b)?;
        Self::assemble(from_whole.checked_add(rest / denominator)?, rest % denominator, denominator)
    }

    fn assemble(whole: u128, numerator: u128, denominator: u128) -> Option<Self> {
        let denominator = if numerator == 0 { 1 } else { denominator };
        (whole < VALUE_LIMIT).then_some(Self { whole, numerator, denominator })
    }

    /// The largest whole number of minor units not above the value.
    #[must_use]
    pub fn floor(&self) -> u128 {
        self.whole
    }

    /// The nearest whole number of minor units; of two equally near ones the even.
    #[must_use]
    pub fn rounded(&self) -> i128 {
        let up = match self.numerator.cmp(&(self.denominator - self.numerator)) {
            Ordering::Less => 0,
            Ordering::Equal => self.whole % 2,
            Ordering::Greater => 1,
        };
        figure(&BigUint::from(self.whole + up))
    }

    /// `self + hundredths / 100 × (other − self)`, rounded half to even.
    #[must_use]
    pub(crate) fn between(&self, other: &Self, hundredths: u8) -> i128 {
        let weigh = |value: &Self, weight: u8| value.over().0 * weight;
        let (mine, theirs) = (weigh(self, 100 - hundredths), weigh(other, hundredths));
        let numerator = mine * other.denominator + theirs * self.denominator;
        figure(&round_half_even(&numerator, &(BigUint::from(self.denominator) * other.denominator * 100_u8)))
    }

    /// The whole minor units, and numerator and denominator of the fraction beside them.
    #[must_use]
    pub(crate) const fn parts(&self) -> (u128, u128, u128) {
        (self.whole, self.numerator, self.denominator)
    }

    /// Numerator and denominator of the value as one fraction.
    pub(crate) fn over(&self) -> (BigUint, BigUint) {
        (BigUint::from(self.whole) * self.denominator + self.numerator, self.denominator.into())
    }

    /// The nearest floating-point number, for estimates that are certified by exact arithmetic afterwards.
    #[expect(clippy::cast_precision_loss, reason = "an estimate, and said to be one")]
    pub(crate) fn estimate(&self) -> f64 {
        self.whole as f64 + self.numerator as f64 / self.denominator as f64
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Value {}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Value {
    fn cmp(&self, other: &Self) -> Ordering {
        self.whole.cmp(&other.whole).then_with(|| {
            if self.denominator == other.denominator {
                return self.numerator.cmp(&other.numerator);
            }
            let mine = self.numerator.checked_mul(other.denominator);
            let theirs = other.numerator.checked_mul(self.denominator);
            match (mine, theirs) {
                (Some(mine), Some(theirs)) => mine.cmp(&theirs),
                _ => (BigUint::from(self.numerator) * other.denominator)
                    .cmp(&(BigUint::from(other.numerator) * self.denominator)),
            }
        })
    }
}

/// A sum of values that loses nothing: fractions are added per denominator.
#[derive(Clone, Debug, Default)]
pub struct ExactSum {
    whole: u128,
    /// Fractions of a half are those of every midpoint, so they are not looked up.
    halves: u128,
    fractions: HashMap<u128, u128>,
}

impl AddAssign<&Value> for ExactSum {
    fn add_assign(&mut self, value: &Value) {
        self.whole += value.whole;
        match value.denominator {
            1 => {}
            2 => self.halves += value.numerator,
            denominator => *self.fractions.entry(denominator).or_default() += value.numerator,
        }
    }
}

impl AddAssign<&ExactSum> for ExactSum {
    fn add_assign(&mut self, other: &ExactSum) {
        self.whole += other.whole;
        self.halves += other.halves;
        for (denominator, numerator) in &other.fractions {
            *self.fractions.entry(*denominator).or_default() += numerator;
        }
    }
}

impl ExactSum {
    /// The sum divided by `count`, rounded half to even; `None` when `count` is zero.
    #[must_use]
    pub fn mean(&self, count: u64) -> Option<i128> {
        if count == 0 {
            return None;
        }
        let mut terms = vec![(BigUint::from(self.whole) * 2_u8 + self.halves, BigUint::from(2_u8))];
        terms.extend(self.fractions.iter().map(|(&denominator, &numerator)| {
            let shared = gcd(numerator, denominator).max(1);
            (BigUint::from(numerator / shared), BigUint::from(denominator / shared))
        }));
        // Pairs of neighbours, then pairs of pairs: the numbers stay short for as long as possible.
        while terms.len() > 1 {
            terms = terms.chunks(2).map(add_fractions).collect();
        }
        let (numerator, denominator) = terms.swap_remove(0);
        Some(figure(&round_half_even(&numerator, &(denominator * count))))
    }
}

fn add_fractions(terms: &[(BigUint, BigUint)]) -> (BigUint, BigUint) {
    match terms {
        [(a, b), (c, d)] if b == d => (a + c, b.clone()),
        [(a, b), (c, d)] => (a * d + c * b, b * d),
        _ => terms[0].clone(),
    }
}

/// The whole number nearest to the quotient; of two equally near ones the even. The denominator must not be zero.
pub(crate) fn round_half_even(numerator: &BigUint, denominator: &BigUint) -> BigUint {
    let whole = numerator / denominator;
    let twice_rest = (numerator - &whole * denominator) * 2_u8;
    match twice_rest.cmp(denominator) {
        Ordering::Greater => whole + 1_u8,
        Ordering::Equal if whole.bit(0) => whole + 1_u8,
        _ => whole,
    }
}

fn figure(minor: &BigUint) -> i128 {
    i128::try_from(minor).expect("figures of values below the limit fit in 128 bits")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(numerator: u128, denominator: u128) -> Value {
        Value::quotient(numerator, denominator).expect("in range")
    }

    #[test]
    fn ties_go_to_the_even_unit() {
        let rounded = |numerator, denominator| value(numerator, denominator).rounded();
        assert_eq!((rounded(1, 2), rounded(3, 2), rounded(5, 2)), (0, 2, 2));
        assert_eq!((rounded(4, 3), rounded(5, 3), rounded(6, 3)), (1, 2, 2));
    }

    #[test]
    fn thirds_add_up_to_a_tie() {
        let mut sum = ExactSum::default();
        for term in [value(1, 3), value(2, 3), value(1, 6), value(5, 6), value(1, 2)] {
            sum += &term;
        }
        assert_eq!(sum.mean(1), Some(2));
        assert_eq!(sum.mean(5), Some(0));
        assert_eq!(sum.mean(0), None);
    }

    #[test]
    fn what_is_too_large_or_undefined_is_no_value() {
        assert!(Value::quotient(1, 0).is_none());
        assert!(Value::quotient(VALUE_LIMIT, 1).is_none());
        assert!(Value::whole(u64::MAX).times(VALUE_LIMIT, 1).is_none());
        assert!(Value::whole(1).times(1, 0).is_none());
    }

    #[test]
    fn fractions_with_long_denominators_compare_exactly() {
        let long = u128::MAX / 2;
        let (less, more) = (value(long - 1, long), value(long - 2, long - 1));
        assert_eq!(less.cmp(&more), Ordering::Greater);
        assert_eq!(value(1, 3).cmp(&value(long / 3, long / 3 * 3)), Ordering::Equal);
    }

    proptest! {
        #[test]
        fn order_and_product_are_those_of_fractions(
            a in 0_u128..1 << 40, b in 1_u128..1 << 20, c in 0_u128..1 << 40, d in 1_u128..1 << 20,
        ) {
            prop_assert_eq!(value(a, b).cmp(&value(c, d)), (a * d).cmp(&(c * b)));
            prop_assert_eq!(value(a, b).times(c, d), Value::quotient(a * c, b * d));
        }
    }
}
