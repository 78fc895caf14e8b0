//! Questions about postings.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::entities::{application, candidate_skill, posting, posting_country, posting_place, skill_requirement};
use crate::graphql::loads::{LoadError, Loads, by_id, gather};

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

/// Which application did this candidate make to this posting last?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ApplicationOf {
    /// The posting.
    pub posting_id: Uuid,
    /// The candidate.
    pub candidate_id: Uuid,
}

impl Loader<ApplicationOf> for Loads {
    type Value = application::Model;
    type Error = LoadError;

    async fn load(&self, keys: &[ApplicationOf]) -> Result<HashMap<ApplicationOf, Self::Value>, LoadError> {
        let rows = application::Entity::find()
            .filter(application::Column::PostingId.is_in(keys.iter().map(|key| key.posting_id)))
            .filter(application::Column::CandidateId.is_in(keys.iter().map(|key| key.candidate_id)))
            .order_by_asc(application::Column::SubmittedAt);
        let rows = rows.all(&self.db).await.map_err(Arc::new)?;
        let of =
            |row: &application::Model| ApplicationOf { posting_id: row.posting_id, candidate_id: row.candidate_id };
        Ok(rows.into_iter().map(|row| (of(&row), row)).collect())
    }
}

/// Which skills does this candidate have?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SkillsHeldBy(pub Uuid);

impl Loader<SkillsHeldBy> for Loads {
    type Value = Vec<candidate_skill::Model>;
    type Error = LoadError;

    async fn load(&self, keys: &[SkillsHeldBy]) -> Result<HashMap<SkillsHeldBy, Self::Value>, LoadError> {
        let rows = candidate_skill::Entity::find()
            .filter(candidate_skill::Column::CandidateId.is_in(keys.iter().map(|key| key.0)))
            .order_by_asc(candidate_skill::Column::Position);
        let rows = rows.all(&self.db).await.map_err(Arc::new)?;
        Ok(gather(rows.into_iter().map(|row| (SkillsHeldBy(row.candidate_id), row))))
    }
}
