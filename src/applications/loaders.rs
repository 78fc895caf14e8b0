//! Questions about applications.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::entities::application;
use crate::graphql::loads::{LoadError, Loads, by_id};

by_id! {
    /// Which application has this identifier?
    ApplicationById => application
}

/// Which application did this candidate make to this posting last?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LastApplication {
    /// The posting.
    pub posting_id: Uuid,
    /// The candidate.
    pub candidate_id: Uuid,
}

impl Loader<LastApplication> for Loads {
    type Value = application::Model;
    type Error = LoadError;

    async fn load(&self, keys: &[LastApplication]) -> Result<HashMap<LastApplication, Self::Value>, LoadError> {
        let rows = application::Entity::find()
            .filter(application::Column::PostingId.is_in(keys.iter().map(|key| key.posting_id)))
            .filter(application::Column::CandidateId.is_in(keys.iter().map(|key| key.candidate_id)))
            .order_by_asc(application::Column::SubmittedAt)
            .order_by_asc(application::Column::Id);
        let rows = rows.all(&self.db).await.map_err(Arc::new)?;
        // Later rows replace earlier ones.
        let of =
            |row: &application::Model| LastApplication { posting_id: row.posting_id, candidate_id: row.candidate_id };
        Ok(rows.into_iter().map(|row| (of(&row), row)).collect())
    }
}
