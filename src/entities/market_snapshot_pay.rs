//! What the postings of a scope cell paid on a day, in one currency.

use sea_orm::entity::prelude::*;

/// What the postings of a scope cell paid on a day, in one currency: raw figures, of which not everything may be shown.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "market_snapshot_pay")]
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
    #[sea_orm(primary_key, auto_increment = false)]
    pub currency: String,
    pub sample_size: i64,
    pub employers: i64,
    /// Annual pay in minor units, as digits.
    pub p10: String,
    pub p25: String,
    pub median: String,
    pub p75: String,
    pub p90: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
