//! A mark in the sketch of those who searched for a role in a month.

use sea_orm::entity::prelude::*;

use super::sets::SearcherKind;

/// A mark in the sketch of those who searched for a role in a month: the highest of all that fell into a slot.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "search_mark")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub role_id: Uuid,
    /// The first day of the month.
    #[sea_orm(primary_key, auto_increment = false)]
    pub month: Date,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: SearcherKind,
    #[sea_orm(primary_key, auto_increment = false)]
    pub slot: i32,
    pub height: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
