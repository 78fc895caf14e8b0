//! One row of the log of changes.

use super::sets::{Deed, Subject};
use sea_orm::entity::prelude::*;

/// One row of the log of changes. On PostgreSQL the table also tells the transaction that wrote the row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "change")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub subject: Subject,
    pub subject_id: Uuid,
    pub deed: Deed,
    pub at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
