//! Questions about postings.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::similar::similar;
use crate::clock::Timestamp;
use crate::db::Reads;
use crate::entities::{gather, posting, posting_country, posting_place, skill_requirement};
use crate::graphql::loads::{Constant, LoadError, Loads, by_id};

by_id! {
    /// Which posting has this identifier?
    PostingById => posting
}

/// A posting as it was written: what it is made of changes together with its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Written {
    /// The posting.
    pub id: Uuid,
    /// Its version.
    pub version: i32,
}

impl From<&posting::Model> for Written {
    fn from(posting: &posting::Model) -> Self {
        Self { id: posting.id, version: posting.version }
    }
}

/// What was read of each posting, under the keys that ask for it.
fn of_written<K: Copy + std::hash::Hash + Eq, T: Clone>(
    keys: &[K],
    written: impl Fn(K) -> Written,
    read: &HashMap<Uuid, Vec<T>>,
) -> HashMap<K, Vec<T>> {
    keys.iter().filter_map(|key| Some((*key, read.get(&written(*key).id)?.clone()))).collect()
}

/// Which places does this posting have, in order?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PlacesOfPosting(pub Written);

impl Constant for PlacesOfPosting {
    type Value = Vec<posting_place::Model>;

    fn nothing() -> Option<Self::Value> {
        Some(Vec::new())
    }

    async fn read(db: &Reads, keys: &[Self]) -> Result<HashMap<Self, Self::Value>, LoadError> {
        let rows = posting_place::Entity::find()
            .filter(posting_place::Column::PostingId.is_in(keys.iter().map(|key| key.0.id)))
            .order_by_asc(posting_place::Column::Position);
        let rows = rows.all(db).await.map_err(Arc::new)?;
        Ok(of_written(keys, |key| key.0, &gather(rows.into_iter().map(|row| (row.posting_id, row)))))
    }
}

/// From which countries may one apply to this posting, in alphabetical order?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CountriesOfPosting(pub Written);

impl Constant for CountriesOfPosting {
    type Value = Vec<String>;

    fn nothing() -> Option<Self::Value> {
        Some(Vec::new())
    }

    async fn read(db: &Reads, keys: &[Self]) -> Result<HashMap<Self, Self::Value>, LoadError> {
        let rows = posting_country::Entity::find()
            .filter(posting_country::Column::PostingId.is_in(keys.iter().map(|key| key.0.id)))
            .order_by_asc(posting_country::Column::CountryCode);
        let rows = rows.all(db).await.map_err(Arc::new)?;
        Ok(of_written(keys, |key| key.0, &gather(rows.into_iter().map(|row| (row.posting_id, row.country_code)))))
    }
}

/// Which skills does this posting ask for, in order?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RequirementsOfPosting(pub Written);

impl Constant for RequirementsOfPosting {
    type Value = Vec<skill_requirement::Model>;

    fn nothing() -> Option<Self::Value> {
        Some(Vec::new())
    }

    async fn read(db: &Reads, keys: &[Self]) -> Result<HashMap<Self, Self::Value>, LoadError> {
        let rows = requirements(db, keys.iter().map(|key| key.0.id)).await?;
        Ok(of_written(keys, |key| key.0, &rows))
    }
}

/// Which skills does this posting ask for now, in order?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RequirementsNow(pub Uuid);

impl Loader<RequirementsNow> for Loads {
    type Value = Vec<skill_requirement::Model>;
    type Error = LoadError;

    async fn load(&self, keys: &[RequirementsNow]) -> Result<HashMap<RequirementsNow, Self::Value>, LoadError> {
        let rows = requirements(&self.db, keys.iter().map(|key| key.0)).await?;
        Ok(rows.into_iter().map(|(posting_id, rows)| (RequirementsNow(posting_id), rows)).collect())
    }
}

/// The skills that postings ask for, in order.
async fn requirements(
    db: &Reads,
    postings: impl Iterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Vec<skill_requirement::Model>>, LoadError> {
    let rows = skill_requirement::Entity::find()
        .filter(skill_requirement::Column::PostingId.is_in(postings))
        .order_by_asc(skill_requirement::Column::Position);
    let rows = rows.all(db).await.map_err(Arc::new)?;
    Ok(gather(rows.into_iter().map(|row| (row.posting_id, row))))
}

/// Which open postings resemble this one?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SimilarTo {
    /// The posting.
    pub posting_id: Uuid,
    /// How many at the most.
    pub limit: usize,
    /// The instant of the request.
    pub at: Timestamp,
}

impl Loader<SimilarTo> for Loads {
    type Value = Vec<posting::Model>;
    type Error = LoadError;

    async fn load(&self, keys: &[SimilarTo]) -> Result<HashMap<SimilarTo, Self::Value>, LoadError> {
        let asked = gather(keys.iter().map(|key| ((key.limit, key.at), key.posting_id)));
        let mut found = HashMap::with_capacity(keys.len());
        // A field has one limit, and a request one instant.
        for ((limit, at), postings) in asked {
            let postings = similar(&self.db, &self.mirror, &postings, limit, at).await.map_err(Arc::new)?;
            let keyed = |(posting_id, rows)| (SimilarTo { posting_id, limit, at }, rows);
            found.extend(postings.into_iter().map(keyed));
        }
        Ok(found)
    }
}
