//! A job that a candidate had.

use sea_orm::entity::prelude::*;

/// A job that a candidate had.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "experience")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub candidate_id: Uuid,
    pub position: i32,
    pub title: String,
    pub employer_name: String,
    pub started_on: Date,
    pub ended_on: Option<Date>,
    pub description: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
