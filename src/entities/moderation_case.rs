//! Something that administrators decide, or have decided.

use super::sets::{CaseKind, CaseStatus, ModerationDecision};
use sea_orm::entity::prelude::*;

/// Something that administrators decide, or have decided.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "moderation_case")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: CaseKind,
    pub status: CaseStatus,
    pub employer_id: Uuid,
    pub posting_id: Option<Uuid>,
    pub note: Option<String>,
    pub opened_at: DateTimeUtc,
    pub decision: Option<ModerationDecision>,
    pub reason: Option<String>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
