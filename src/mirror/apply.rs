//! From the log to the image: what was changed is read as it is now.

use sea_orm::DbErr;
use uuid::Uuid;

use super::image::{Image, News};
use super::touched::{Touched, read_candidates, read_postings};
use crate::db::Database;
use crate::entities::change;

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
        let mut touched = Touched::default();
        touched.add(changes);
        let horizon = self.people().horizon();
        let ids: Vec<Uuid> = touched.applications.iter().copied().collect();
        let applications = touched.read_applications(db, &ids, horizon).await?;
        let ids: Vec<Uuid> = touched.postings.iter().copied().collect();
        let postings = read_postings(db, &ids).await?;
        let ids: Vec<Uuid> = touched.candidates.iter().copied().collect();
        let candidates = read_candidates(db, &ids, horizon.date_naive()).await?;
        // What was read may be newer than the changes.
        database.hear().await?;
        self.take(News { postings, candidates, applications });
        Ok(())
    }
}
