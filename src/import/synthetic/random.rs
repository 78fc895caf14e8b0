//! A small generator of pseudo-random numbers: `SplitMix64`. For synthetic data only; it keeps no secret.

/// The generator.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The generator of one record.
    #[must_use]
    pub fn for_record(seed: u64, number: u64) -> Self {
        let mut random = Self(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        // Two numbers near each other shall not begin alike.
        Self(random.next() ^ number.rotate_left(32))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below the bound, 0 for a bound of 0. The bias is below one in 2³² for the bounds used here.
    pub fn below(&mut self, bound: u64) -> u64 {
        let product = u128::from(self.next()) * u128::from(bound);
        u64::try_from(product >> 64).unwrap_or(0)
    }

    /// An index of a list of that length, 0 for an empty one.
    pub fn index(&mut self, length: usize) -> usize {
        let bound = u64::try_from(length).unwrap_or(u64::MAX);
        usize::try_from(self.below(bound)).unwrap_or(0)
    }

    /// True in that many of a hundred cases.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// An element of a list.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        list.get(self.index(list.len()))
    }

    /// A whole number near `mean`, spread from none to twice as many, whose average is `mean`.
    pub fn rounded(&mut self, mean: f64) -> u32 {
        let steps = u32::try_from(self.below(1 << 20)).unwrap_or(0);
        let spread = 2.0 * mean * f64::from(steps) / f64::from(1_u32 << 20);
        let whole = spread.floor().clamp(0.0, 1_000.0);
        let steps = u32::try_from(self.below(1 << 20)).unwrap_or(0);
        let one_more = f64::from(steps) / f64::from(1_u32 << 20) < spread - whole;
        (0..1_000).find(|count| f64::from(*count) >= whole).unwrap_or(1_000) + u32::from(one_more)
    }
}

/// Numbers drawn in proportion to weights.
#[derive(Clone, Debug)]
pub struct Weighted {
    /// Sums of the weights up to each.
    sums: Vec<u64>,
}

impl Weighted {
    /// Numbers from 0, as many as there are weights.
    pub fn new(weights: impl Iterator<Item = u32>) -> Self {
        let sums = weights.scan(0, |sum, weight| {
            *sum += u64::from(weight);
            Some(*sum)
        });
        Self { sums: sums.collect() }
    }

    /// A number, none when all weights are zero.
    pub fn draw(&self, random: &mut Random) -> Option<usize> {
        let total = self.sums.last().copied().filter(|total| *total > 0)?;
        let at = random.below(total);
        Some(self.sums.partition_point(|sum| *sum <= at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_kept() {
        let weighted = Weighted::new([1, 0, 3].into_iter());
        let mut random = Random::for_record(7, 7);
        let mut counts = [0_u32; 3];
        for _ in 0..40_000 {
            counts[weighted.draw(&mut random).expect("a number")] += 1;
        }
        assert_eq!(counts[1], 0);
        assert!((9_500..10_500).contains(&counts[0]), "{counts:?}");
        assert_eq!(Weighted::new([0, 0].into_iter()).draw(&mut random), None);
        assert_eq!(Weighted::new(std::iter::empty()).draw(&mut random), None);
    }

    #[test]
    fn rounded_numbers_average_to_their_mean() {
        for (mean, expected) in [(0.0, 0..1), (0.3, 5_700..6_300), (2.5, 49_000..51_000)] {
            let sum: u32 = (0..20_000).map(|number| Random::for_record(1, number).rounded(mean)).sum();
            assert!(expected.contains(&sum), "{mean}: {sum}");
        }
    }

    #[test]
    fn records_are_independent_of_each_other() {
        assert_eq!(Random::for_record(1, 5).next(), Random::for_record(1, 5).next());
        assert_ne!(Random::for_record(1, 5).next(), Random::for_record(1, 6).next());
        assert_ne!(Random::for_record(1, 5).next(), Random::for_record(2, 5).next());
    }
}
