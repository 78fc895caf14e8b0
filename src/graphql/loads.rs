//! Loaders: every relation is read for all objects of an answer at once. They live for one request; what never changes
//! is kept by the server, and read by the first who asks.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::dataloader::{DataLoader, Loader, NoCache};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, PrimaryKeyTrait, QueryFilter};
use uuid::Uuid;

use super::errors::internal;
use super::gather::Gather;
use crate::db::Reads;
use crate::mirror::{Mirror, Ticket};
use crate::shelf::Shelf;
use crate::state::State;

/// Reads for loaders. Each feature's `loaders.rs` says how its questions are answered.
#[derive(Debug)]
pub struct Loads {
    /// Where the request reads.
    pub db: Reads,
    /// The same, for figures over everything that was committed.
    pub pool: Reads,
    /// The image in memory, for the same figures.
    pub mirror: Arc<Mirror>,
    /// What was committed before the request began.
    pub began: Ticket,
    /// What does not change.
    pub shelf: Arc<Shelf>,
}

/// What a loader fails with: shared by all who asked.
pub type LoadError = Arc<DbErr>;

impl Loads {
    /// Loaders for one request, and what reads for them while its answer is made.
    #[must_use]
    pub fn loader(db: Reads, state: &State) -> (DataLoader<Self, NoCache>, Gather) {
        let (pool, mirror, shelf) = (db.committed(&state.db), state.mirror.clone(), state.shelf.clone());
        let (began, gather) = (mirror.ticket(), Gather::default());
        let begun = gather.clone();
        let loads = DataLoader::new(Self { db, pool, mirror, began, shelf }, move |reading| begun.add(reading));
        (loads.delay(Duration::ZERO), gather)
    }
}

/// A question whose answer never changes once there is one.
pub trait Constant: Clone + Hash + Eq + Send + Sync + 'static {
    /// The answer.
    type Value: Clone + Send + Sync + 'static;

    /// The answer to a question of which nothing is found, if that does not change either.
    #[must_use]
    fn nothing() -> Option<Self::Value> {
        None
    }

    /// Reads the answers, in one statement or a few.
    fn read(db: &Reads, keys: &[Self]) -> impl Future<Output = Result<HashMap<Self, Self::Value>, LoadError>> + Send;
}

impl<K: Constant> Loader<K> for Loads {
    type Value = K::Value;
    type Error = LoadError;

    async fn load(&self, keys: &[K]) -> Result<HashMap<K, K::Value>, LoadError> {
        // What is written and not committed yet may never have been.
        if self.db.sees_more() {
            return K::read(&self.db, keys).await;
        }
        let kept = self.shelf.of::<K, K::Value>();
        let mut found: HashMap<K, K::Value> =
            keys.iter().filter_map(|key| Some((key.clone(), kept.get(key)?))).collect();
        let missing: Vec<K> = keys.iter().filter(|key| !found.contains_key(*key)).cloned().collect();
        if missing.is_empty() {
            return Ok(found);
        }
        let mut read = K::read(&self.db, &missing).await?;
        for key in missing {
            if let Some(value) = read.remove(&key).or_else(K::nothing) {
                kept.insert(key.clone(), value.clone());
                found.insert(key, value);
            }
        }
        Ok(found)
    }
}

/// Asks a loader for one key.
///
/// # Errors
/// The database failed.
pub async fn one<K>(loads: &DataLoader<Loads>, key: K) -> async_graphql::Result<Option<<Loads as Loader<K>>::Value>>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    Loads: Loader<K, Error = LoadError>,
{
    loads.load_one(key).await.map_err(internal)
}

/// Asks a loader of lists for one key; a key without rows has the empty list.
///
/// # Errors
/// The database failed.
pub async fn list<K, T>(loads: &DataLoader<Loads>, key: K) -> async_graphql::Result<Vec<T>>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    T: Send + Sync + Clone + 'static,
    Loads: Loader<K, Error = LoadError, Value = Vec<T>>,
{
    Ok(one(loads, key).await?.unwrap_or_default())
}

/// Rows of an entity by their identifiers.
///
/// # Errors
/// The database failed.
pub async fn rows_by_id<E, K>(
    db: &Reads,
    column: E::Column,
    keys: &[K],
    id_of: impl Fn(&K) -> Uuid,
    id_of_row: impl Fn(&E::Model) -> Uuid,
) -> Result<HashMap<Uuid, E::Model>, LoadError>
where
    E: EntityTrait,
    E::PrimaryKey: PrimaryKeyTrait<ValueType = Uuid>,
{
    let found = E::find().filter(column.is_in(keys.iter().map(id_of))).all(db).await.map_err(Arc::new)?;
    Ok(found.into_iter().map(|row| (id_of_row(&row), row)).collect())
}

/// Declares the question "which row has this identifier?" for an entity.
macro_rules! by_id {
    ($(#[$doc:meta])* $key:ident => $entity:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $key(pub uuid::Uuid);

        impl async_graphql::dataloader::Loader<$key> for $crate::graphql::loads::Loads {
            type Value = $entity::Model;
            type Error = $crate::graphql::loads::LoadError;

            async fn load(
                &self,
                keys: &[$key],
            ) -> Result<std::collections::HashMap<$key, Self::Value>, Self::Error> {
                let rows = $crate::graphql::loads::rows_by_id::<$entity::Entity, _>(
                    &self.db, $entity::Column::Id, keys, |key| key.0, |row| row.id,
                );
                Ok(rows.await?.into_iter().map(|(id, row)| ($key(id), row)).collect())
            }
        }
    };
}
pub(crate) use by_id;

/// The same for an entity whose rows never change.
macro_rules! constant_by_id {
    ($(#[$doc:meta])* $key:ident => $entity:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $key(pub uuid::Uuid);

        impl $crate::graphql::loads::Constant for $key {
            type Value = $entity::Model;

            async fn read(
                db: &$crate::db::Reads,
                keys: &[Self],
            ) -> Result<std::collections::HashMap<Self, Self::Value>, $crate::graphql::loads::LoadError> {
                let rows = $crate::graphql::loads::rows_by_id::<$entity::Entity, _>(
                    db, $entity::Column::Id, keys, |key| key.0, |row| row.id,
                );
                Ok(rows.await?.into_iter().map(|(id, row)| ($key(id), row)).collect())
            }
        }
    };
}
pub(crate) use constant_by_id;
