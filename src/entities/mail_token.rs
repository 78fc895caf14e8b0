//! A single-use token that was sent by mail; only its hash is kept.

use super::sets::MailPurpose;
use sea_orm::entity::prelude::*;

/// A single-use token that was sent by mail; only its hash is kept. `requested_by` is what requests are counted by: the
/// address that was named, in the form in which addresses are compared. `email` is the address that the token proves.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "mail_token")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub purpose: MailPurpose,
    pub account_id: Option<Uuid>,
    pub requested_by: String,
    pub email: String,
    pub token_hash: Vec<u8>,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub used_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
