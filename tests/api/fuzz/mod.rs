//! What comes from outside, made at random: filters, cursors, lines of an import, files. The same cases every time;
//! `PROPTEST_CASES` asks for more of them.

mod cursors;
mod files;
mod filters;
mod lines;

use proptest::test_runner::{Config, RngSeed};

/// So many cases, unless the environment says how many.
fn config(cases: u32) -> Config {
    let usual = Config { failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_some() { usual } else { Config { cases, ..usual } }
}

/// `SplitMix64`: small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % (end.max(1) as u64)).expect("fits")
    }

    fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    fn pick<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.below(of.len())]
    }
}
