//! Questions about the market that many objects of an answer ask.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use uuid::Uuid;

use super::seekers::SeekerCounts;
use super::source::competition;
use crate::clock::Timestamp;
use crate::graphql::loads::{LoadError, Loads};

/// Who applies to this posting, and who could?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CompetitionOf {
    /// The posting.
    pub posting_id: Uuid,
    /// The instant of the request.
    pub at: Timestamp,
}

impl Loader<CompetitionOf> for Loads {
    type Value = SeekerCounts;
    type Error = LoadError;

    async fn load(&self, keys: &[CompetitionOf]) -> Result<HashMap<CompetitionOf, Self::Value>, LoadError> {
        let mut postings: HashMap<Timestamp, Vec<Uuid>> = HashMap::new();
        for key in keys {
            postings.entry(key.at).or_default().push(key.posting_id);
        }
        let mut found = HashMap::with_capacity(keys.len());
        // A request has one instant, so this goes round once.
        for (at, postings) in postings {
            let counts = competition(&self.pool, &self.mirror, &postings, at).await.map_err(Arc::new)?;
            found.extend(counts.into_iter().map(|(posting_id, counts)| (CompetitionOf { posting_id, at }, counts)));
        }
        Ok(found)
    }
}
