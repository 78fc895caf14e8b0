//! A mail that waits to be sent, or was.

use sea_orm::entity::prelude::*;

/// A mail that waits to be sent, or was. What it says is erased once it is on its way.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "mail")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub key: String,
    pub account_id: Option<Uuid>,
    pub recipient: String,
    pub recipient_name: Option<String>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub letter: Option<Json>,
    pub created_at: DateTimeUtc,
    pub send_at: DateTimeUtc,
    pub attempts: i32,
    pub claimed_until: Option<DateTimeUtc>,
    pub sent_at: Option<DateTimeUtc>,
    pub failed_at: Option<DateTimeUtc>,
    pub last_error: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
