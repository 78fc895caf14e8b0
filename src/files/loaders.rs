//! Questions about résumés.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::resumes::Kept;
use super::service::shown_to;
use crate::db::Reads;
use crate::entities::{file, gather, resume};
use crate::graphql::loads::{LoadError, Loads, rows_by_id};

/// Which résumé has this identifier?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ResumeById(pub Uuid);

impl Loader<ResumeById> for Loads {
    type Value = Kept;
    type Error = LoadError;

    async fn load(&self, keys: &[ResumeById]) -> Result<HashMap<ResumeById, Self::Value>, LoadError> {
        let rows = resume::Entity::find().filter(resume::Column::Id.is_in(keys.iter().map(|key| key.0)));
        let rows = with_files(&self.db, rows.all(&self.db).await.map_err(Arc::new)?).await?;
        Ok(rows.into_iter().map(|kept| (ResumeById(kept.resume.id), kept)).collect())
    }
}

/// Which résumés does this candidate have? Newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ResumesOfCandidate(pub Uuid);

impl Loader<ResumesOfCandidate> for Loads {
    type Value = Vec<Kept>;
    type Error = LoadError;

    async fn load(&self, keys: &[ResumesOfCandidate]) -> Result<HashMap<ResumesOfCandidate, Self::Value>, LoadError> {
        let rows = resume::Entity::find()
            .filter(resume::Column::CandidateId.is_in(keys.iter().map(|key| key.0)))
            .order_by_desc(resume::Column::CreatedAt)
            .order_by_desc(resume::Column::Id);
        let rows = with_files(&self.db, rows.all(&self.db).await.map_err(Arc::new)?).await?;
        Ok(gather(rows.into_iter().map(|kept| (ResumesOfCandidate(kept.resume.candidate_id), kept))))
    }
}

async fn with_files(db: &Reads, rows: Vec<resume::Model>) -> Result<Vec<Kept>, LoadError> {
    let ids: Vec<_> = rows.iter().map(|row| row.file_id).collect();
    let files = rows_by_id::<file::Entity, _>(db, file::Column::Id, &ids, |id| *id, |row| row.id).await?;
    let kept = rows.into_iter().filter_map(|resume| {
        let file = files.get(&resume.file_id)?.clone();
        Some(Kept { resume, file })
    });
    Ok(kept.collect())
}

/// To which employers was this résumé shown?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EmployersShown(pub Uuid);

impl Loader<EmployersShown> for Loads {
    type Value = Vec<Uuid>;
    type Error = LoadError;

    async fn load(&self, keys: &[EmployersShown]) -> Result<HashMap<EmployersShown, Self::Value>, LoadError> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let pairs = shown_to(&self.db, &ids).await.map_err(Arc::new)?;
        Ok(gather(pairs.into_iter().map(|(resume, employer)| (EmployersShown(resume), employer))))
    }
}
