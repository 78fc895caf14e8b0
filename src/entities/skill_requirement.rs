//! A skill that a posting asks for.

use super::sets::Importance;
use sea_orm::entity::prelude::*;

/// A skill that a posting asks for.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "skill_requirement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub posting_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub skill_id: Uuid,
    pub position: i32,
    pub importance: Importance,
    pub min_level: Option<i32>,
    pub min_months: Option<i32>,
    pub weight: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
