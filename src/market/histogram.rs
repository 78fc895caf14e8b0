//! A histogram whose edges people would have chosen.

/// A half-open bin: `from` ≤ value < `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bin {
    /// Lower edge in minor units, part of the bin.
    pub from: i128,
    /// Upper edge in minor units, not part of the bin.
    pub to: i128,
    /// Values in the bin.
    pub count: u64,
}

/// Most bins of a histogram.
pub const MOST_BINS: u128 = 20;

/// Equal steps that start at a multiple of themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    /// Width of a bin in minor units.
    pub step: u128,
    /// Lower edge of the first bin in minor units.
    pub start: u128,
    /// Number of bins.
    pub bins: u128,
}

impl Steps {
    /// The finest steps of 1, 2 or 5 × 10ᵏ that cover both values with at most [`MOST_BINS`] bins.
    ///
    /// Both values are whole minor units, rounded down. A step is at least one minor unit, and because minor units are
    /// powers of ten it is 1, 2 or 5 × 10ᵏ in major units, too. Where all values share a minor unit there is one bin,
    /// as wide as a unit of the second digit: 98,009.60 lies in 98,000–99,000.
    #[must_use]
    pub fn covering(min: u128, max: u128) -> Self {
        let bins = |step: u128| max / step - min / step + 1;
        let mut step = if min == max { 10_u128.pow(min.checked_ilog10().unwrap_or(0).saturating_sub(1)) } else { 1 };
        while bins(step) > MOST_BINS {
            step = coarser(step);
        }
        Self { step, start: min / step * step, bins: bins(step) }
    }

    /// The bins, counting with `below`: how many values lie below an edge given in minor units.
    pub fn count(&self, mut below: impl FnMut(u128) -> usize) -> Vec<Bin> {
        let mut counted = below(self.start);
        (1..=self.bins)
            .map(|bin| {
                let edge = self.start + bin * self.step;
                let before = std::mem::replace(&mut counted, below(edge));
                Bin { from: minor(edge - self.step), to: minor(edge), count: (counted - before) as u64 }
            })
            .collect()
    }
}

/// The next of 1, 2, 5, 10, 20, 50, …
fn coarser(step: u128) -> u128 {
    let power = 10_u128.pow(step.ilog10());
    match step / power {
        1 => 2 * power,
        2 => 5 * power,
        _ => 10 * power,
    }
}

fn minor(edge: u128) -> i128 {
    i128::try_from(edge).expect("edges lie within two steps of values below 10³⁰")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn steps_are_the_finest_that_fit() {
        // 15,000.00 to 725,000.00 in steps of 50,000.00.
        assert_eq!(Steps::covering(1_500_000, 72_500_000), Steps { step: 5_000_000, start: 0, bins: 15 });
        assert_eq!(Steps::covering(0, 19), Steps { step: 1, start: 0, bins: 20 });
        assert_eq!(Steps::covering(0, 20), Steps { step: 2, start: 0, bins: 11 });
    }

    #[test]
    fn equal_values_share_one_readable_bin() {
        assert_eq!(Steps::covering(9_800_960, 9_800_960), Steps { step: 100_000, start: 9_800_000, bins: 1 });
        assert_eq!(Steps::covering(10_000_000, 10_000_000), Steps { step: 1_000_000, start: 10_000_000, bins: 1 });
        assert_eq!(Steps::covering(0, 0), Steps { step: 1, start: 0, bins: 1 });
        assert_eq!(Steps::covering(7, 7), Steps { step: 1, start: 7, bins: 1 });
    }

    proptest! {
        #[test]
        fn bins_cover_the_values_without_gaps(mut values in prop::collection::vec(0_u128..10_u128.pow(24), 1..50)) {
            values.sort_unstable();
            let (min, max) = (values[0], values[values.len() - 1]);
            let steps = Steps::covering(min, max);
            let bins = steps.count(|edge| values.partition_point(|value| *value < edge));
            prop_assert!((1..=20).contains(&bins.len()));
            prop_assert!(bins.windows(2).all(|pair| pair[0].to == pair[1].from));
            prop_assert!(bins[0].count > 0 && bins[bins.len() - 1].count > 0);
            prop_assert_eq!(bins.iter().map(|bin| bin.count).sum::<u64>(), values.len() as u64);
            prop_assert!(min == max || steps.step == 1 || bins.len() >= 5);
        }
    }
}
