//! What was asked of a source and answered already.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::DbErr;
use tokio::sync::OnceCell;

/// Remembers what came of each question; one who asks while the answer is being made waits for it.
#[derive(Debug)]
pub(super) struct Memo<K, V> {
    cells: Mutex<HashMap<K, Arc<OnceCell<Arc<V>>>>>,
}

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self { cells: Mutex::default() }
    }
}

impl<K: Eq + Hash, V> Memo<K, V> {
    pub(super) async fn get(&self, key: K, make: impl Future<Output = Result<V, DbErr>>) -> Result<Arc<V>, DbErr> {
        let cell = self.cells.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default().clone();
        // On the heap: reading a market is a deep future, and resolvers nest it deeper.
        let make = Box::pin(make);
        cell.get_or_try_init(|| async { make.await.map(Arc::new) }).await.cloned()
    }
}
