//! One line of the audit log.

use super::sets::AuditAction;
use sea_orm::entity::prelude::*;

/// One line of the audit log. It stays as it is, but for the address, which is erased in time.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub actor_id: Option<Uuid>,
    pub action: AuditAction,
    pub subject: Option<String>,
    pub subject_id: Option<Uuid>,
    pub ip_address: Option<String>,
    pub request_id: Option<String>,
    pub at: DateTimeUtc,
    #[sea_orm(column_type = "JsonBinary")]
    pub details: Json,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
