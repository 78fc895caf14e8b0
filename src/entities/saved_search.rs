//! A search that a candidate keeps, with its alerts.

use super::sets::SearchAlerts;
use sea_orm::entity::prelude::*;

/// A search that a candidate keeps, with its alerts.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "saved_search")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub candidate_id: Uuid,
    pub name: String,
    pub search: Option<String>,
    /// A filter as it is written, with the version of that form.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub filter: Option<Json>,
    pub alerts: SearchAlerts,
    /// What was published after this counts as new.
    pub seen_at: DateTimeUtc,
    /// Only what was published after this is told.
    pub told_since: DateTimeUtc,
    /// Publications up to this number are told, or not to be told.
    pub told_number: i64,
    /// When it is told next; null for what is told at once, or never.
    pub next_alert_at: Option<DateTimeUtc>,
    pub last_alerted_at: Option<DateTimeUtc>,
    pub version: i32,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
