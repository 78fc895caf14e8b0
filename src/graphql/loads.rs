//! Loaders: every relation is read for all objects of an answer at once. They live for one request.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use async_graphql::dataloader::{DataLoader, Loader, NoCache};
use sea_orm::{ColumnTrait, DatabaseConnection, DbErr, EntityTrait, PrimaryKeyTrait, QueryFilter};
use uuid::Uuid;

use super::errors::internal;
use crate::db::Reads;
use crate::mirror::Mirror;

/// Reads for loaders. Each feature's `loaders.rs` says how its questions are answered.
#[derive(Debug)]
pub struct Loads {
    /// Where the request reads.
    pub db: Reads,
    /// The pool, for figures over everything that was committed.
    pub pool: DatabaseConnection,
    /// The image in memory, for the same figures.
    pub mirror: Arc<Mirror>,
}

/// What a loader fails with: shared by all who asked.
pub type LoadError = Arc<DbErr>;

impl Loads {
    /// Loaders for one request.
    #[must_use]
    pub fn loader(db: Reads, pool: DatabaseConnection, mirror: Arc<Mirror>) -> DataLoader<Self, NoCache> {
        DataLoader::new(Self { db, pool, mirror }, tokio::spawn)
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
