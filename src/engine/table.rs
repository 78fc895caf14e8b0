//! Things that many rows share.

use std::hash::Hash;

use super::bits::number;
use super::spread::ByKey;

/// The things that many rows share, each kept once.
#[derive(Clone, Debug)]
pub struct Table<T> {
    codes: ByKey<T, u32>,
    things: Vec<T>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { codes: ByKey::default(), things: Vec::new() }
    }
}

impl<T: Hash + Eq + Clone + Ord> Table<T> {
    /// Puts the things in order and tells the new code of each.
    pub fn sort(&mut self) -> Vec<u32> {
        self.codes = ByKey::default();
        let mut sorted: Vec<(T, usize)> = std::mem::take(&mut self.things).into_iter().zip(0..).collect();
        sorted.sort_unstable();
        let mut places = vec![0; sorted.len()];
        for (at, (_, code)) in sorted.iter().enumerate() {
            places[*code] = number(at);
        }
        self.things = sorted.into_iter().map(|(thing, _)| thing).collect();
        places
    }

    /// The code of a thing, a new one at its first appearance.
    pub fn code(&mut self, thing: &T) -> u32 {
        if let Some(code) = self.codes.get(thing) {
            return *code;
        }
        let code = number(self.things.len());
        self.codes.insert(thing.clone(), code);
        self.things.push(thing.clone());
        code
    }

    /// Forgets what only helps to give codes.
    pub fn close(&mut self) {
        self.codes = ByKey::default();
    }

    /// The things by code.
    #[must_use]
    pub fn things(&self) -> &[T] {
        &self.things
    }

    /// The thing of a code, if one has it.
    #[must_use]
    pub fn get(&self, code: u32) -> Option<&T> {
        self.things.get(code as usize)
    }

    /// The thing of a code that was given.
    ///
    /// # Panics
    /// When no thing has the code.
    #[must_use]
    pub fn at(&self, code: u32) -> &T {
        &self.things[code as usize]
    }
}
