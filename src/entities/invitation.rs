//! An employer asking a candidate to apply.

use sea_orm::entity::prelude::*;

/// An employer asking a candidate to apply.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "invitation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub posting_id: Uuid,
    pub candidate_id: Uuid,
    pub account_id: Option<Uuid>,
    pub message: Option<String>,
    pub created_at: DateTimeUtc,
    pub declined_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
