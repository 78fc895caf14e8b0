//! A course that leads to a role.

use sea_orm::entity::prelude::*;

/// A course that leads to a role.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "course")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub role_id: Uuid,
    pub position: i32,
    pub title: String,
    pub provider: String,
    pub enrolled: Option<i32>,
    pub ratings: Option<i32>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
