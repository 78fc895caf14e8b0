//! An organisation that hires.

use super::sets::Headcount;
use sea_orm::entity::prelude::*;

/// An organisation that hires.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "employer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub external_id: Option<String>,
    pub slug: String,
    pub name: String,
    pub name_key: String,
    pub about: Option<String>,
    pub website: Option<String>,
    pub industry_id: Option<Uuid>,
    pub headcount: Option<Headcount>,
    pub verified_at: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
