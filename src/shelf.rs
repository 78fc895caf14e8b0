//! What was read of the database and does not change: kept by the server, so that it is read once.
//!
//! Reference data is written when a board is made and stays as it is; skills and places that postings name are added to
//! it and never changed. The parts of a posting change only together with its version. Both are known by keys that stand
//! for one value for ever, so nothing has to be told to be forgotten: what is asked for least goes when there is no room.
//! What may be some time old is kept for that long.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use moka::sync::Cache;

/// Values of a kind that are kept at the most.
const MOST: u64 = 20_000;

/// Values by their keys, each type of key for itself.
#[derive(Default)]
pub struct Shelf(RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Shelf {
    /// The values of a kind of keys.
    #[must_use]
    pub fn of<K, V>(&self) -> Cache<K, V>
    where
        K: Hash + Eq + Send + Sync + 'static,
        V: Clone + Send + Sync + 'static,
    {
        self.kept(|| Cache::new(MOST))
    }

    /// The same for what may be as old as this, `most` of it.
    #[must_use]
    pub fn lately<K, V>(&self, age: Duration, most: u64) -> Cache<K, V>
    where
        K: Hash + Eq + Send + Sync + 'static,
        V: Clone + Send + Sync + 'static,
    {
        self.kept(|| Cache::builder().max_capacity(most).time_to_live(age).build())
    }

    fn kept<K, V>(&self, new: impl Fn() -> Cache<K, V>) -> Cache<K, V>
    where
        K: Hash + Eq + Send + Sync + 'static,
        V: Clone + Send + Sync + 'static,
    {
        let kind = TypeId::of::<(K, V)>();
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&kind).cloned();
        let cache = known.unwrap_or_else(|| {
            let mut kinds = self.0.write().unwrap_or_else(PoisonError::into_inner);
            kinds.entry(kind).or_insert_with(|| Arc::new(new())).clone()
        });
        // Under a kind there is the cache of this kind and no other.
        cache.downcast::<Cache<K, V>>().map_or_else(|_| new(), |cache| (*cache).clone())
    }
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shelf").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_keys_has_its_own_values() {
        let shelf = Shelf::default();
        shelf.of::<u8, &str>().insert(1, "one");
        shelf.of::<u16, &str>().insert(1, "another");
        assert_eq!((shelf.of::<u8, &str>().get(&1), shelf.of::<u16, &str>().get(&1)), (Some("one"), Some("another")));
        assert_eq!((shelf.of::<u8, u8>().get(&1), shelf.of::<u8, &str>().get(&2)), (None, None));
    }
}
