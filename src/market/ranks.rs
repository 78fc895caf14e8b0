//! Which ranks of a sorted sample a figure is read from.

use num_bigint::BigUint;
use std::f64::consts::PI;

/// Where SQL's `percentile_cont` reads a percentile: the 0-based rank below, and hundredths of the way to the next.
///
/// `None` for an empty sample. `percent` is at most 100.
#[must_use]
pub fn percentile_position(len: usize, percent: u8) -> Option<(usize, u8)> {
    let (last, percent) = (len.checked_sub(1)?, usize::from(percent.min(100)));
    // (last × percent) / 100 without the product, which could exceed a word.
    let rest = last % 100 * percent;
    let hundredths = u8::try_from(rest % 100).ok()?;
    Some((last / 100 * percent + rest / 100, hundredths))
}

/// 0-based ranks of the order statistics that enclose the median with at least 95 % confidence.
///
/// With X binomial (n, ½), the 1-based ranks l and n + 1 − l enclose the median with probability
/// 1 − 2 P(X ≤ l − 1). The largest l that keeps it at 95 % or more is taken, so the interval is the shortest symmetric
/// one and needs no assumption on the distribution. Below n = 6 no interval reaches 95 %: `None`.
#[must_use]
pub fn median_interval(len: usize) -> Option<(usize, usize)> {
    let lower = estimated_lower(len).unwrap_or_else(|| exact_lower(len)).checked_sub(1)?;
    Some((lower, len - 1 - lower))
}

/// From here on the series for the central term is as exact as the arithmetic.
const ESTIMATE_FROM: usize = 60;

/// Estimates closer than this to a tail of 2.5 % are decided exactly; their own error is below 10⁻¹².
const MARGIN: f64 = 1e-11;

/// The largest 1-based l with P(X ≤ l − 1) ≤ 2.5 %, by whole numbers; 0 if there is none.
fn exact_lower(len: usize) -> usize {
    let tail_limit = (BigUint::from(1_u8) << len) / 40_u8;
    let mut combinations = BigUint::from(1_u8);
    let mut tail = combinations.clone();
    let mut lower = 0;
    while tail <= tail_limit {
        lower += 1;
        combinations = combinations * (len - lower + 1) / lower;
        tail += &combinations;
    }
    lower
}

/// As [`exact_lower`], walking from the centre in floating point; `None` where that cannot decide.
#[expect(clippy::cast_precision_loss, reason = "samples have fewer than 2⁵³ values")]
fn estimated_lower(len: usize) -> Option<usize> {
    if len < ESTIMATE_FROM {
        return None;
    }
    let (n, half) = (len as f64, len / 2);
    let m = half as f64;
    // C(2m, m) / 4^m by its asymptotic series; the next term is below 10⁻¹⁶.
    let exponent =
        -1.0 / (8.0 * m) + 1.0 / (192.0 * m.powi(3)) - 1.0 / (640.0 * m.powi(5)) + 17.0 / (14_336.0 * m.powi(7));
    let central = exponent.exp() / (PI * m).sqrt();
    // `tail` is P(X ≤ k) and `mass` P(X = k).
    let mut k = half;
    let (mut mass, mut tail) =
        if len.is_multiple_of(2) { (central, f64::midpoint(1.0, central)) } else { (central * n / (n + 1.0), 0.5) };
    loop {
        if (tail - 0.025).abs() < MARGIN {
            return None;
        }
        if tail < 0.025 {
            return Some(k + 1);
        }
        tail -= mass;
        mass *= k as f64 / (n - k as f64 + 1.0);
        k -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_those_of_percentile_cont() {
        assert_eq!(percentile_position(0, 50), None);
        assert_eq!(percentile_position(1, 90), Some((0, 0)));
        assert_eq!(percentile_position(4, 50), Some((1, 50)));
        assert_eq!(percentile_position(10, 25), Some((2, 25)));
        assert_eq!(percentile_position(5, 100), Some((4, 0)));
    }

    #[test]
    fn intervals_of_the_median_are_the_tabulated_ones() {
        // 1-based ranks as printed in tables of the sign test.
        let ranks = |len| median_interval(len).map(|(low, high)| (low + 1, high + 1));
        assert_eq!(ranks(0), None);
        assert_eq!(ranks(5), None);
        assert_eq!(ranks(6), Some((1, 6)));
        assert_eq!(ranks(8), Some((1, 8)));
        assert_eq!(ranks(9), Some((2, 8)));
        assert_eq!(ranks(10), Some((2, 9)));
        assert_eq!(ranks(25), Some((8, 18)));
        assert_eq!(ranks(50), Some((18, 33)));
        assert_eq!(ranks(100), Some((40, 61)));
    }

    #[test]
    fn estimates_agree_with_whole_numbers() {
        for len in (ESTIMATE_FROM..1_500).chain([9_999, 10_000]) {
            assert_eq!(estimated_lower(len), Some(exact_lower(len)), "n = {len}");
        }
    }

    #[test]
    fn a_million_values_have_an_interval_of_1960_ranks() {
        assert_eq!(median_interval(1_000_000), Some((499_019, 500_980)));
    }
}
