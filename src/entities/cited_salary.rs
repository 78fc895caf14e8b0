//! A salary figure that a third party published about a role.

use super::sets::{ExperienceLevel, PayPeriod};
use sea_orm::entity::prelude::*;

/// A salary figure that a third party published about a role.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "cited_salary")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub role_id: Uuid,
    pub position: i32,
    pub publisher: String,
    pub as_of: Date,
    pub country_code: String,
    pub region_code: Option<String>,
    pub city: Option<String>,
    pub place_name: String,
    pub currency: String,
    pub period: PayPeriod,
    pub experience_level: Option<ExperienceLevel>,
    pub sample_size: Option<i32>,
    pub low: Option<i64>,
    pub average: Option<i64>,
    pub average_low: Option<i64>,
    pub average_high: Option<i64>,
    pub high: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
