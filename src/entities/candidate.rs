//! The profile of an account that looks for work.

use super::sets::{PayPeriod, SearchStatus, Visibility};
use sea_orm::entity::prelude::*;

/// The profile of an account that looks for work.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "candidate")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub external_id: Option<String>,
    pub headline: Option<String>,
    pub about: Option<String>,
    pub home_place_id: Option<Uuid>,
    pub search_status: SearchStatus,
    pub visibility: Visibility,
    pub wants_remote: bool,
    pub expected_pay: Option<i64>,
    pub expected_currency: Option<String>,
    pub expected_period: Option<PayPeriod>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
