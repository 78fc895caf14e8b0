//! How often a role was searched for in a month.

use sea_orm::entity::prelude::*;

/// How often a role was searched for in a month.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "search_demand")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub role_id: Uuid,
    /// The first day of the month.
    #[sea_orm(primary_key, auto_increment = false)]
    pub month: Date,
    pub searches: i64,
    pub candidates_searching: i64,
    pub employers_searching: i64,
    /// When the marks of the month became the two numbers of who searched; null while it is under way.
    pub closed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
