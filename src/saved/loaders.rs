//! Questions about what people keep.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::entities::{saved_posting, saved_search};
use crate::graphql::loads::{LoadError, Loads, by_id};

by_id! {
    /// Which saved search has this identifier?
    SavedSearchById => saved_search
}

/// When did this candidate save this posting?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SavedAt {
    /// The posting.
    pub posting_id: Uuid,
    /// The candidate.
    pub candidate_id: Uuid,
}

impl Loader<SavedAt> for Loads {
    type Value = Timestamp;
    type Error = LoadError;

    async fn load(&self, keys: &[SavedAt]) -> Result<HashMap<SavedAt, Self::Value>, LoadError> {
        let rows = saved_posting::Entity::find()
            .filter(saved_posting::Column::PostingId.is_in(keys.iter().map(|key| key.posting_id)))
            .filter(saved_posting::Column::CandidateId.is_in(keys.iter().map(|key| key.candidate_id)));
        let rows = rows.all(&self.db).await.map_err(Arc::new)?;
        let key = |row: &saved_posting::Model| SavedAt { posting_id: row.posting_id, candidate_id: row.candidate_id };
        Ok(rows.iter().map(|row| (key(row), row.saved_at)).collect())
    }
}
