//! One person: an e-mail address, a password, perhaps the right to administer.

use sea_orm::entity::prelude::*;

/// One person: an e-mail address, a password, perhaps the right to administer. One that was erased is an empty husk.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub email: String,
    pub email_key: String,
    pub email_verified_at: Option<DateTimeUtc>,
    pub name: String,
    pub password_hash: Option<String>,
    pub is_admin: bool,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub suspended_at: Option<DateTimeUtc>,
    pub suspension_reason: Option<String>,
    pub erased_at: Option<DateTimeUtc>,
    /// Wrong passwords in a row.
    pub failed_sign_ins: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
