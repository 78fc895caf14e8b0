//! Questions about moderation.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::entities::sets::{CaseKind, CaseStatus};
use crate::entities::{moderation_case, posting_report};
use crate::graphql::loads::{LoadError, Loads, by_id};

by_id! {
    /// Which case has this identifier?
    CaseById => moderation_case
}
by_id! {
    /// Which report has this identifier?
    ReportById => posting_report
}

/// Which request of this employer to be verified waits?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OpenVerificationOf(pub Uuid);

impl Loader<OpenVerificationOf> for Loads {
    type Value = moderation_case::Model;
    type Error = LoadError;

    async fn load(&self, keys: &[OpenVerificationOf]) -> Result<HashMap<OpenVerificationOf, Self::Value>, LoadError> {
        let rows = moderation_case::Entity::find()
            .filter(moderation_case::Column::EmployerId.is_in(keys.iter().map(|key| key.0)))
            .filter(moderation_case::Column::Kind.eq(CaseKind::EmployerVerification))
            .filter(moderation_case::Column::Status.eq(CaseStatus::Open));
        let rows = rows.all(&self.db).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (OpenVerificationOf(row.employer_id), row)).collect())
    }
}
