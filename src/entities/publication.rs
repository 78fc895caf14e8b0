//! The first publication of a posting, in the order in which the board learnt of it.

use sea_orm::entity::prelude::*;

/// The first publication of a posting, in the order in which the board learnt of it.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "publication")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub number: i64,
    pub posting_id: Uuid,
    pub at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
