//! Small numbers that stand for roles, skills, places and employers.

use std::{collections::HashMap, hash::Hash};

/// Stands for a thing within one computation; only equality means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(u32);

impl Code {
    /// One of 64 classes, for signatures.
    pub(super) fn residue(self) -> u32 {
        self.0 % 64
    }
}

/// Gives equal things equal codes: one table per computation, or one per kind of thing.
#[derive(Clone, Debug)]
pub struct Codes<T> {
    numbers: HashMap<T, Code>,
}

impl<T> Default for Codes<T> {
    fn default() -> Self {
        Self { numbers: HashMap::new() }
    }
}

impl<T: Hash + Eq> Codes<T> {
    /// The code of a thing, a new one at its first appearance.
    ///
    /// # Panics
    /// At the 2³²th different thing.
    pub fn code(&mut self, thing: T) -> Code {
        let next = Code(u32::try_from(self.numbers.len()).expect("fewer than 2³² different things"));
        *self.numbers.entry(thing).or_insert(next)
    }

    /// The code of a thing that has appeared.
    #[must_use]
    pub fn get(&self, thing: &T) -> Option<Code> {
        self.numbers.get(thing).copied()
    }
}
