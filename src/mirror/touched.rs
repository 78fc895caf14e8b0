//! What changes touch: postings, candidates and applications, each of which is read anew.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::facts::{self, ApplicationFacts, CandidateFacts, PostingFacts, Which};
use crate::clock::Timestamp;
use crate::entities::change;
use crate::entities::sets::{Deed, Subject};

/// A thing with what was found of it, if it is there.
pub type Read<T> = (Uuid, Option<T>);

/// What some changes touch.
#[derive(Debug, Default)]
pub struct Touched {
    /// Postings.
    pub postings: BTreeSet<Uuid>,
    /// Candidates.
    pub candidates: BTreeSet<Uuid>,
    /// Applications.
    pub applications: BTreeSet<Uuid>,
    /// Those applications that were made.
    made: BTreeSet<Uuid>,
}

impl Touched {
    /// Adds what changes tell of.
    pub fn add(&mut self, changes: &[change::Model]) {
        for change in changes {
            match change.subject {
                Subject::Posting => drop(self.postings.insert(change.subject_id)),
                Subject::Candidate => drop(self.candidates.insert(change.subject_id)),
                Subject::Application => {
                    self.applications.insert(change.subject_id);
                    if change.deed == Deed::Created {
                        self.made.insert(change.subject_id);
                    }
                }
                // A posting keeps its employer, whatever that is called; the others are no part of the market.
                Subject::Employer | Subject::Session | Subject::SavedSearch => {}
            }
        }
    }

    /// Reads some of the applications. They touch others in their turn, so this comes first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn read_applications(
        &mut self,
        db: &impl ConnectionTrait,
        ids: &[Uuid],
        since: Timestamp,
    ) -> Result<Vec<Read<ApplicationFacts>>, DbErr> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let found = facts::applications(db, Which::These(ids), since).await?;
        for application in &found {
            // Whoever is hired fills an opening of the posting, and whoever applies looks for work on that day.
            self.postings.insert(application.posting_id);
            if self.made.contains(&application.id) {
                self.candidates.insert(application.candidate_id);
            }
        }
        Ok(pair(ids, found.into_iter().map(|facts| (facts.id, facts))))
    }
}

/// Reads postings with their words.
///
/// # Errors
/// The database failed.
pub async fn read_postings(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Read<PostingFacts>>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found = facts::postings(db, Which::These(ids)).await?;
    let mut texts = facts::texts(db, ids).await?;
    let with_text = |facts: PostingFacts| {
        let text = texts.remove(&facts.row.id).map(Arc::new);
        (facts.row.id, PostingFacts { text, ..facts })
    };
    Ok(pair(ids, found.into_iter().map(with_text)))
}

/// Reads candidates with their days from one on.
///
/// # Errors
/// The database failed.
pub async fn read_candidates(
    db: &impl ConnectionTrait,
    ids: &[Uuid],
    since: NaiveDate,
) -> Result<Vec<Read<CandidateFacts>>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found = facts::candidates(db, Which::These(ids), since).await?;
    Ok(pair(ids, found.into_iter().map(|facts| (facts.id, facts))))
}

/// Everything that was asked for, with what was found of it.
fn pair<T>(ids: &[Uuid], found: impl Iterator<Item = (Uuid, T)>) -> Vec<Read<T>> {
    let mut found: HashMap<Uuid, T> = found.collect();
    ids.iter().map(|id| (*id, found.remove(id))).collect()
}
