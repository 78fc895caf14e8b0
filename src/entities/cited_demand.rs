//! A demand figure that a third party published about a role.

use sea_orm::entity::prelude::*;

/// A demand figure that a third party published about a role.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "cited_demand")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub role_id: Uuid,
    pub position: i32,
    pub publisher: String,
    pub month: Date,
    pub country_code: Option<String>,
    pub open_postings: Option<i32>,
    pub employers_hiring: Option<i32>,
    pub job_seekers: Option<i32>,
    pub seekers_per_posting: Option<String>,
    pub searches: Option<i32>,
    pub candidates_searching: Option<i32>,
    pub employers_searching: Option<i32>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
