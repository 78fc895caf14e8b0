//! Sets of small numbers as one bit each, and the same with counts beside them, so that ranks are found at once.

use super::cores;

/// Bits in a word.
const WIDTH: usize = u64::BITS as usize;

/// A row, a code or a rank of that many as a number of 32 bits.
///
/// # Panics
/// At 2³², which no store of one machine reaches.
#[must_use]
pub fn number(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than 2³² of a kind")
}

/// A set of numbers below a bound, one bit each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bits {
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    /// The empty set of numbers below `len`.
    #[must_use]
    pub fn none(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(WIDTH)], len }
    }

    /// The set of all numbers below `len`.
    #[must_use]
    pub fn all(len: usize) -> Self {
        let mut bits = Self { words: vec![u64::MAX; len.div_ceil(WIDTH)], len };
        bits.trim();
        bits
    }

    /// The set of these numbers, each below `len`.
    #[must_use]
    pub fn of(len: usize, numbers: &[u32]) -> Self {
        let mut bits = Self::none(len);
        bits.extend(numbers);
        bits
    }

    /// Adds numbers, each of which must be below the bound.
    pub fn extend(&mut self, numbers: &[u32]) {
        for number in numbers {
            self.insert(*number);
        }
    }

    /// The bound of the numbers.
    #[must_use]
    pub const fn bound(&self) -> usize {
        self.len
    }

    /// Raises the bound; the new numbers are not in the set.
    pub fn grow(&mut self, len: usize) {
        if len > self.len {
            self.words.resize(len.div_ceil(WIDTH), 0);
            self.len = len;
        }
    }

    /// The words, lowest numbers first.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// Whether the number is in the set.
    #[must_use]
    pub fn contains(&self, number: u32) -> bool {
        self.words.get(number as usize / WIDTH).is_some_and(|word| word >> (number as usize % WIDTH) & 1 == 1)
    }

    /// Adds a number, which must be below the bound.
    pub fn insert(&mut self, number: u32) {
        self.words[number as usize / WIDTH] |= 1 << (number as usize % WIDTH);
    }

    /// Takes a number out.
    pub fn remove(&mut self, number: u32) {
        if let Some(word) = self.words.get_mut(number as usize / WIDTH) {
            *word &= !(1 << (number as usize % WIDTH));
        }
    }

    /// How many numbers are in the set. O(words).
    #[must_use]
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// How many numbers of the set are less than this one. O(words).
    #[must_use]
    pub fn count_below(&self, number: usize) -> usize {
        let number = number.min(self.len);
        let full: usize = self.words[..number / WIDTH].iter().map(|word| word.count_ones() as usize).sum();
        match number % WIDTH {
            0 => full,
            bits => full + (self.words[number / WIDTH] & ((1 << bits) - 1)).count_ones() as usize,
        }
    }

    /// How many numbers are in both sets. O(words).
    #[must_use]
    pub fn count_common(&self, other: &Self) -> usize {
        self.words.iter().zip(&other.words).map(|(one, other)| (one & other).count_ones() as usize).sum()
    }

    /// How many numbers are in one of the sets alone. O(words).
    #[must_use]
    pub fn count_different(&self, other: &Self) -> usize {
        let common = self.words.iter().zip(&other.words).map(|(one, other)| (one ^ other).count_ones() as usize);
        let rest = |bits: &Self, from: &Self| {
            bits.words.iter().skip(from.words.len()).map(|word| word.count_ones() as usize).sum::<usize>()
        };
        common.sum::<usize>() + rest(self, other) + rest(other, self)
    }

    /// The numbers that are not in the other set, in ascending order.
    pub fn iter_without(&self, other: &Self) -> impl Iterator<Item = u32> {
        let others = other.words.iter().copied().chain(std::iter::repeat(0));
        let words = self.words.iter().zip(others).enumerate();
        words.flat_map(|(at, (word, other))| Ones { base: number(at * WIDTH), rest: word & !other })
    }

    /// Keeps what is in the other set, too.
    pub fn keep(&mut self, other: &Self) {
        let known = other.words.len().min(self.words.len());
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
        self.words[known..].fill(0);
    }

    /// Adds what is in the other set, whose bound is not larger.
    pub fn add(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
    }

    /// Takes out what is in the other set.
    pub fn subtract(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= !other;
        }
    }

    /// The numbers that are not in the set.
    #[must_use]
    pub fn complement(&self) -> Self {
        let mut bits = Self { words: self.words.iter().map(|word| !word).collect(), len: self.len };
        bits.trim();
        bits
    }

    /// Keeps the numbers for which the test holds, asking only about those in the set.
    pub fn retain(&mut self, test: impl FnMut(u32) -> bool) {
        retain(&mut self.words, 0, test);
    }

    /// The same on as many cores as there are, for large sets and tests that take their time.
    pub fn retain_at_once(&mut self, test: impl Fn(u32) -> bool + Sync) {
        let part = self.words.len().div_ceil(cores::number()).max(1);
        let parts = (0..).step_by(part).zip(self.words.chunks_mut(part)).collect();
        cores::map(parts, |(first, words)| retain(words, first, &test));
    }

    /// The numbers in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.words.iter().enumerate().flat_map(|(at, word)| Ones { base: number(at * WIDTH), rest: *word })
    }

    fn trim(&mut self) {
        let used = self.len % WIDTH;
        if let Some(last) = self.words.last_mut().filter(|_| used != 0) {
            *last &= (1 << used) - 1;
        }
    }
}

/// Keeps the numbers of words for which the test holds; `first` is how many words lie before them.
fn retain(words: &mut [u64], first: usize, mut test: impl FnMut(u32) -> bool) {
    for (at, word) in (first..).zip(words) {
        let mut rest = *word;
        while rest != 0 {
            let bit = rest & rest.wrapping_neg();
            if !test(number(at * WIDTH) + rest.trailing_zeros()) {
                *word ^= bit;
            }
            rest ^= bit;
        }
    }
}

/// The numbers of one word.
struct Ones {
    base: u32,
    rest: u64,
}

impl Iterator for Ones {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        if self.rest == 0 {
            return None;
        }
        let bit = self.rest.trailing_zeros();
        self.rest &= self.rest - 1;
        Some(self.base + bit)
    }
}

/// Words of which one count is kept.
const BLOCK: usize = 8;

/// Bits that know how many lie below each: selection is a binary search over one count for 512 bits.
#[derive(Clone, Debug)]
pub struct Counted {
    bits: Bits,
    /// Bits set before each block, and all of them at the end.
    before: Vec<u32>,
}

impl From<Bits> for Counted {
    fn from(bits: Bits) -> Self {
        let mut before = Vec::with_capacity(bits.words.len() / BLOCK + 2);
        let mut count = 0;
        for block in bits.words.chunks(BLOCK) {
            before.push(count);
            count += block.iter().map(|word| word.count_ones()).sum::<u32>();
        }
        before.push(count);
        Self { bits, before }
    }
}

impl Counted {
    /// The bits.
    #[must_use]
    pub const fn bits(&self) -> &Bits {
        &self.bits
    }

    /// How many numbers of the set are less than this one. O(1).
    #[must_use]
    pub fn rank(&self, number: usize) -> usize {
        let number = number.min(self.bits.len);
        let (word, bit) = (number / WIDTH, number % WIDTH);
        let block = word / BLOCK;
        let full = self.bits.words[block * BLOCK..word].iter().map(|word| word.count_ones()).sum::<u32>();
        let part = match self.bits.words.get(word) {
            Some(word) if bit > 0 => (word & ((1 << bit) - 1)).count_ones(),
            _ => 0,
        };
        (self.before[block.min(self.before.len() - 1)] + full + part) as usize
    }

    /// The number before which `rank` others are in the set; the bound if there are not so many. O(log blocks).
    #[must_use]
    pub fn select(&self, rank: usize) -> usize {
        let block = self.before.partition_point(|before| *before as usize <= rank) - 1;
        let mut left = rank - self.before[block] as usize;
        for (at, word) in self.bits.words.iter().enumerate().skip(block * BLOCK) {
            let ones = word.count_ones() as usize;
            if left < ones {
                return at * WIDTH + nth_one(*word, left);
            }
            left -= ones;
        }
        self.bits.len
    }
}

/// The position of the set bit before which `rank` others are set.
fn nth_one(mut word: u64, rank: usize) -> usize {
    for _ in 0..rank {
        word &= word - 1;
    }
    word.trailing_zeros() as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bits_are_a_set(len in 1_usize..3_000, picks in prop::collection::btree_set(0_u32..3_000, 0..300)) {
            let picks: Vec<u32> = picks.into_iter().filter(|pick| (*pick as usize) < len).collect();
            let bits = Bits::of(len, &picks);
            prop_assert_eq!(bits.iter().collect::<Vec<_>>(), picks.clone());
            prop_assert_eq!(bits.complement().count(), len - picks.len());
            let counted = Counted::from(bits.clone());
            for (rank, pick) in picks.iter().enumerate() {
                prop_assert_eq!(counted.select(rank), *pick as usize);
                prop_assert_eq!(counted.rank(*pick as usize), rank);
                prop_assert_eq!(counted.rank(*pick as usize + 1), rank + 1);
            }
            prop_assert_eq!(counted.select(picks.len()), len);
            prop_assert_eq!(counted.rank(len), picks.len());
            let mut even = bits;
            even.retain(|number| number % 2 == 0);
            prop_assert_eq!(even.iter().collect::<Vec<_>>(), picks.into_iter().filter(|n| n % 2 == 0).collect::<Vec<_>>());
        }
    }
}
