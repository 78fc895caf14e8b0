//! The market of a scope cell as it was on a day.

use sea_orm::entity::prelude::*;

/// The market of a scope cell as it was on a day: raw counts, of which not everything may be shown.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "market_snapshot")]
pub struct Model {
    /// Nil for all roles.
    #[sea_orm(primary_key, auto_increment = false)]
    pub role_id: Uuid,
    /// ISO 3166-1; empty for all countries, `*` for each that no posting of the day named.
    #[sea_orm(primary_key, auto_increment = false)]
    pub country: String,
    /// The day (UTC).
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    pub taken_at: DateTimeUtc,
    pub postings: i64,
    pub openings: i64,
    pub employers: i64,
    pub applications: i64,
    pub applicants: i64,
    pub seekers: i64,
    pub qualified_seekers: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
