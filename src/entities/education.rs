//! A course of study that a candidate followed.

use super::sets::EducationLevel;
use sea_orm::entity::prelude::*;

/// A course of study that a candidate followed.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "education")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub candidate_id: Uuid,
    pub position: i32,
    pub institution: String,
    pub subject: Option<String>,
    pub level: Option<EducationLevel>,
    pub started_on: Option<Date>,
    pub ended_on: Option<Date>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
