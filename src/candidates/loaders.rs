//! Questions about candidates.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::entities::{
    candidate, candidate_skill, education, experience, gather, place, role, target_place, target_role,
};
use crate::graphql::loads::{LoadError, Loads, by_id, rows_by_id};

by_id! {
    /// Which candidate has this identifier?
    CandidateById => candidate
}

/// Which profile does this account have?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CandidateOfAccount(pub Uuid);

impl Loader<CandidateOfAccount> for Loads {
    type Value = candidate::Model;
    type Error = LoadError;

    async fn load(&self, keys: &[CandidateOfAccount]) -> Result<HashMap<CandidateOfAccount, Self::Value>, LoadError> {
        let rows = candidate::Entity::find()
            .filter(candidate::Column::AccountId.is_in(keys.iter().map(|key| key.0)))
            .all(&self.db);
        let rows = rows.await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (CandidateOfAccount(row.account_id), row)).collect())
    }
}

/// Declares the question "which rows of this table belong to this candidate?", answered in the order of the profile.
macro_rules! rows_of_candidate {
    ($(#[$doc:meta])* $key:ident => $table:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $key(pub Uuid);

        impl Loader<$key> for Loads {
            type Value = Vec<$table::Model>;
            type Error = LoadError;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, Self::Value>, LoadError> {
                let rows = $table::Entity::find()
                    .filter($table::Column::CandidateId.is_in(keys.iter().map(|key| key.0)))
                    .order_by_asc($table::Column::Position)
                    .all(&self.db);
                let rows = rows.await.map_err(Arc::new)?;
                Ok(gather(rows.into_iter().map(|row| ($key(row.candidate_id), row))))
            }
        }
    };
}

rows_of_candidate! {
    /// Which skills does this candidate have?
    SkillsOfCandidate => candidate_skill
}
rows_of_candidate! {
    /// Which jobs did this candidate have?
    ExperienceOfCandidate => experience
}
rows_of_candidate! {
    /// Which courses of study did this candidate follow?
    EducationOfCandidate => education
}

/// Which roles does this candidate look for? In the order of the profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TargetRolesOfCandidate(pub Uuid);

impl Loader<TargetRolesOfCandidate> for Loads {
    type Value = Vec<role::Model>;
    type Error = LoadError;

    async fn load(
        &self,
        keys: &[TargetRolesOfCandidate],
    ) -> Result<HashMap<TargetRolesOfCandidate, Self::Value>, LoadError> {
        let links = target_role::Entity::find()
            .filter(target_role::Column::CandidateId.is_in(keys.iter().map(|key| key.0)))
            .order_by_asc(target_role::Column::Position);
        let links = links.all(&self.db).await.map_err(Arc::new)?;
        let ids: Vec<_> = links.iter().map(|link| link.role_id).collect();
        let roles = rows_by_id::<role::Entity, _>(&self.db, role::Column::Id, &ids, |id| *id, |row| row.id).await?;
        Ok(gather(
            links.into_iter().filter_map(|link| {
                Some((TargetRolesOfCandidate(link.candidate_id), roles.get(&link.role_id)?.clone()))
            }),
        ))
    }
}

/// Where does this candidate look for work? In the order of the profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TargetPlacesOfCandidate(pub Uuid);

impl Loader<TargetPlacesOfCandidate> for Loads {
    type Value = Vec<place::Model>;
    type Error = LoadError;

    async fn load(
        &self,
        keys: &[TargetPlacesOfCandidate],
    ) -> Result<HashMap<TargetPlacesOfCandidate, Self::Value>, LoadError> {
        let links = target_place::Entity::find()
            .filter(target_place::Column::CandidateId.is_in(keys.iter().map(|key| key.0)))
            .order_by_asc(target_place::Column::Position);
        let links = links.all(&self.db).await.map_err(Arc::new)?;
        let ids: Vec<_> = links.iter().map(|link| link.place_id).collect();
        let places = rows_by_id::<place::Entity, _>(&self.db, place::Column::Id, &ids, |id| *id, |row| row.id).await?;
        Ok(gather(links.into_iter().filter_map(|link| {
            Some((TargetPlacesOfCandidate(link.candidate_id), places.get(&link.place_id)?.clone()))
        })))
    }
}
