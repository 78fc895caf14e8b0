//! An occupation, with its guide.

use super::sets::{EducationLevel, Lines};
use sea_orm::entity::prelude::*;

/// An occupation, with its guide.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "role")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub slug: String,
    pub title: String,
    pub title_key: String,
    pub parent_id: Option<Uuid>,
    pub soc_code: Option<String>,
    pub esco_code: Option<String>,
    pub education_level: Option<EducationLevel>,
    pub experience_min_years: Option<i32>,
    pub experience_max_years: Option<i32>,
    pub summary: Option<String>,
    pub responsibilities: Lines,
    pub how_to_enter: Lines,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
