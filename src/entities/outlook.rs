//! A published forecast of employment in an occupation.

use sea_orm::entity::prelude::*;

/// A published forecast of employment in an occupation.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "outlook")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub role_id: Uuid,
    pub position: i32,
    pub publisher: String,
    pub occupation: String,
    pub from_year: i32,
    pub to_year: i32,
    pub growth_percent: f64,
    pub all_occupations_growth_percent: Option<f64>,
    pub openings_per_year: Option<i32>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
