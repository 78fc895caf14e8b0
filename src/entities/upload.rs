//! A promise to take one file of an account.

use super::sets::FileKind;
use sea_orm::entity::prelude::*;

/// A promise to take one file of an account.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "upload")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub slot: i32,
    pub kind: FileKind,
    pub file_name: String,
    pub content_type: String,
    pub size: i64,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub file_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
