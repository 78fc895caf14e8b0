//! Small numbers for the things that rows are made of, for as long as the process lives.

use std::borrow::Borrow;
use std::hash::Hash;

use super::bits::number;
use super::spread::ByKey;

/// Numbers things in the order of their first appearance. Numbers are never given up, so whoever holds one may keep it.
#[derive(Clone, Debug)]
pub struct Names<T> {
    /// Nobody chooses what things are called.
    codes: ByKey<T, u32>,
    things: Vec<T>,
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self { codes: ByKey::default(), things: Vec::new() }
    }
}

impl<T: Hash + Eq + Clone> Names<T> {
    /// No thing yet, but room for so many.
    #[must_use]
    pub fn with_room_for(things: usize) -> Self {
        Self { codes: ByKey::with_capacity_and_hasher(things, <_>::default()), things: Vec::with_capacity(things) }
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

    /// The code of a thing that has appeared; what has not appeared is in no row.
    #[must_use]
    pub fn get<Q: Hash + Eq + ?Sized>(&self, thing: &Q) -> Option<u32>
    where
        T: Borrow<Q>,
    {
        self.codes.get(thing).copied()
    }

    /// The thing behind a code.
    #[must_use]
    pub fn thing(&self, code: u32) -> Option<&T> {
        self.things.get(code as usize)
    }

    /// How many things have appeared.
    #[must_use]
    pub fn len(&self) -> usize {
        self.things.len()
    }

    /// Whether nothing has appeared.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.things.is_empty()
    }
}
