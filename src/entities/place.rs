//! A country, a region or a city.

use super::sets::PlaceKind;
use sea_orm::entity::prelude::*;

/// A country, a region or a city.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "place")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: PlaceKind,
    pub country_code: String,
    pub region_code: Option<String>,
    pub city: Option<String>,
    pub name: String,
    pub name_key: String,
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    pub population: Option<i64>,
    pub is_reviewed: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
