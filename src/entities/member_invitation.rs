//! An invitation to become a member of an employer; only the hash of its token is kept.

use super::sets::MemberRole;
use sea_orm::entity::prelude::*;

/// An invitation to become a member of an employer; only the hash of its token is kept.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "member_invitation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub employer_id: Uuid,
    pub invited_by: Option<Uuid>,
    pub email: String,
    pub email_key: String,
    pub role: MemberRole,
    pub token_hash: Vec<u8>,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
