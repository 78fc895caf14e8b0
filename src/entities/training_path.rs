//! A way of learning a role, with its length.

use super::sets::TrainingKind;
use sea_orm::entity::prelude::*;

/// A way of learning a role, with its length.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "training_path")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub role_id: Uuid,
    pub position: i32,
    pub kind: TrainingKind,
    pub min_weeks: i32,
    pub max_weeks: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
