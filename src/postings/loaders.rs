//! Questions about postings.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::entities::{gather, posting, posting_country, posting_place, skill_requirement};
use crate::graphql::loads::{LoadError, Loads, by_id};

by_id! {
    /// Which posting has this identifier?
    PostingById => posting
}

/// Which places does this posting have, in order?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PlacesOfPosting(pub Uuid);

impl Loader<PlacesOfPosting> for Loads {
    type Value = Vec<posting_place::Model>;
    type Error = LoadError;

    async fn load(&self, keys: &[PlacesOfPosting]) -> Result<HashMap<PlacesOfPosting, Self::Value>, LoadError> {
        let rows = posting_place::Entity::find()
            .filter(posting_place::Column::PostingId.is_in(keys.iter().map(|key| key.0)))
            .order_by_asc(posting_place::Column::Position);
        let rows = rows.all(&self.db).await.map_err(Arc::new)?;
        Ok(gather(rows.into_iter().map(|row| (PlacesOfPosting(row.posting_id), row))))
    }
}

/// From which countries may one apply to this posting, in alphabetical order?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CountriesOfPosting(pub Uuid);

impl Loader<CountriesOfPosting> for Loads {
    type Value = Vec<String>;
    type Error = LoadError;

    async fn load(&self, keys: &[CountriesOfPosting]) -> Result<HashMap<CountriesOfPosting, Self::Value>, LoadError> {
        let rows = posting_country::Entity::find()
            .filter(posting_country::Column::PostingId.is_in(keys.iter().map(|key| key.0)))
            .order_by_asc(posting_country::Column::CountryCode);
        let rows = rows.all(&self.db).await.map_err(Arc::new)?;
        Ok(gather(rows.into_iter().map(|row| (CountriesOfPosting(row.posting_id), row.country_code))))
    }
}

/// Which skills does this posting ask for, in order?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RequirementsOfPosting(pub Uuid);

impl Loader<RequirementsOfPosting> for Loads {
    type Value = Vec<skill_requirement::Model>;
    type Error = LoadError;

    async fn load(
        &self,
        keys: &[RequirementsOfPosting],
    ) -> Result<HashMap<RequirementsOfPosting, Self::Value>, LoadError> {
        let rows = skill_requirement::Entity::find()
            .filter(skill_requirement::Column::PostingId.is_in(keys.iter().map(|key| key.0)))
            .order_by_asc(skill_requirement::Column::Position);
        let rows = rows.all(&self.db).await.map_err(Arc::new)?;
        Ok(gather(rows.into_iter().map(|row| (RequirementsOfPosting(row.posting_id), row))))
    }
}
