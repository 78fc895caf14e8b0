//! From the log to the image: what was changed is read as it is now.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use sea_orm::{DatabaseConnection, DbErr};
use uuid::Uuid;

use super::facts::{self, Which};
use super::image::{Image, News};
use crate::clock::Timestamp;
use crate::db::Database;
use crate::entities::change;
use crate::entities::sets::{Deed, Subject};

impl Image {
    /// Takes some changes: eleven statements at the most.
    ///
    /// # Errors
    /// The database failed; nothing was taken.
    pub async fn follow(&self, database: &Database, changes: &[change::Model]) -> Result<(), DbErr> {
        if changes.is_empty() {
            return Ok(());
        }
        let db = database.reads();
        let (mut postings, mut candidates) = (BTreeSet::new(), BTreeSet::new());
        let (mut applications, mut made) = (BTreeSet::new(), BTreeSet::new());
        for change in changes {
            match change.subject {
                Subject::Posting => drop(postings.insert(change.subject_id)),
                Subject::Candidate => drop(candidates.insert(change.subject_id)),
                Subject::Application => {
                    applications.insert(change.subject_id);
                    if change.deed == Deed::Created {
                        made.insert(change.subject_id);
                    }
                }
                // A posting keeps its employer, whatever that is called; the others are no part of the market.
                Subject::Employer | Subject::Session | Subject::SavedSearch => {}
            }
        }
        let horizon = self.people().horizon();
        let applications = applications_of(db, &applications, horizon).await?;
        let mut news = News { applications, ..News::default() };
        for application in news.applications.iter().filter_map(|(_, facts)| facts.as_ref()) {
            // Whoever is hired fills an opening of the posting, and whoever applies looks for work on that day.
            postings.insert(application.posting_id);
            if made.contains(&application.id) {
                candidates.insert(application.candidate_id);
            }
        }
        let ids: Vec<Uuid> = postings.into_iter().collect();
        if !ids.is_empty() {
            news.postings = postings_of(db, ids).await?;
        }
        news.candidates = candidates_of(db, candidates, horizon.date_naive()).await?;
        // What was read may be newer than the changes.
        database.hear().await?;
        self.take(news);
        Ok(())
    }
}

/// Postings with their words.
async fn postings_of(
    db: &DatabaseConnection,
    ids: Vec<Uuid>,
) -> Result<Vec<(Uuid, Option<facts::PostingFacts>)>, DbErr> {
    let found = facts::postings(db, Which::These(&ids)).await?;
    let mut texts = facts::texts(db, &ids).await?;
    let with_text = |facts: facts::PostingFacts| {
        let text = texts.remove(&facts.row.id).map(Arc::new);
        (facts.row.id, facts::PostingFacts { text, ..facts })
    };
    Ok(pair(ids, found.into_iter().map(with_text)))
}

async fn applications_of(
    db: &DatabaseConnection,
    ids: &BTreeSet<Uuid>,
    since: Timestamp,
) -> Result<Vec<(Uuid, Option<facts::ApplicationFacts>)>, DbErr> {
    let ids: Vec<Uuid> = ids.iter().copied().collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found = facts::applications(db, Which::These(&ids), since).await?;
    Ok(pair(ids, found.into_iter().map(|facts| (facts.id, facts))))
}

async fn candidates_of(
    db: &DatabaseConnection,
    ids: BTreeSet<Uuid>,
    since: NaiveDate,
) -> Result<Vec<(Uuid, Option<facts::CandidateFacts>)>, DbErr> {
    let ids: Vec<Uuid> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found = facts::candidates(db, Which::These(&ids), since).await?;
    Ok(pair(ids, found.into_iter().map(|facts| (facts.id, facts))))
}

/// Everything that was asked for, with what was found of it.
fn pair<T>(ids: Vec<Uuid>, found: impl Iterator<Item = (Uuid, T)>) -> Vec<(Uuid, Option<T>)> {
    let mut found: HashMap<Uuid, T> = found.collect();
    ids.into_iter().map(|id| (id, found.remove(&id))).collect()
}
