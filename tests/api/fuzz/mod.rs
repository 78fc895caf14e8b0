//! What comes from outside, made at random: filters, cursors, lines of an import, files. The same cases every time;
//! `PROPTEST_CASES` asks for more of them.

mod cursors;
#[path = "../../common/dice.rs"]
mod dice;
mod files;
mod filters;
mod lines;

use dice::Dice;
use proptest::test_runner::{Config, RngSeed};

/// So many cases, unless the environment says how many.
fn config(cases: u32) -> Config {
    let usual = Config { failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_some() { usual } else { Config { cases, ..usual } }
}
