//! One candidate applying to one posting.

use super::sets::{Answers, ApplicationStatus};
use sea_orm::entity::prelude::*;

/// One candidate applying to one posting.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "application")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub external_id: Option<String>,
    pub posting_id: Uuid,
    pub candidate_id: Uuid,
    pub status: ApplicationStatus,
    pub submitted_at: DateTimeUtc,
    pub version: i32,
    pub updated_at: DateTimeUtc,
    pub posting_copy_id: Option<Uuid>,
    pub cover_letter: Option<String>,
    pub answers: Option<Answers>,
    pub reason: Option<String>,
    pub handled_at: Option<DateTimeUtc>,
    pub resume_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
