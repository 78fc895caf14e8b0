//! How the audit log is written, and what is taken out of it.

use chrono::TimeDelta;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Set};
use type_safe_id::Type as _;
use uuid::Uuid;

use super::model::{Entry, Origin};
use crate::clock::Timestamp;
use crate::db::Database;
use crate::entities::audit_entry;
use crate::entities::sets::AuditAction;
use crate::ids;

/// How long the address of a sign-in is kept.
const KEEP_ADDRESS: TimeDelta = TimeDelta::days(90);
/// What is done by whoever signs in, or tries to.
const SIGN_INS: [AuditAction; 4] =
    [AuditAction::SignedIn, AuditAction::SignInFailed, AuditAction::SignInThrottled, AuditAction::PasswordResetForced];
/// Entries that one statement scrubs.
const CHUNK: u64 = 1_000;

/// Writes an entry, in the transaction of what it tells of.
///
/// # Errors
/// The database failed.
pub async fn record(txn: &impl ConnectionTrait, origin: &Origin, entry: Entry, now: Timestamp) -> Result<(), DbErr> {
    let (subject, subject_id) = entry.subject.map(|(kind, id)| (kind.to_type_prefix().to_owned(), id)).unzip();
    let row = audit_entry::ActiveModel {
        id: Set(ids::generate(now)),
        actor_id: Set(origin.account_id),
        action: Set(entry.action),
        subject: Set(subject),
        subject_id: Set(subject_id),
        ip_address: Set(origin.ip.map(|ip| ip.to_string())),
        request_id: Set(origin.request_id.clone()),
        at: Set(now),
        details: Set(entry.details.into()),
    };
    audit_entry::Entity::insert(row).exec_without_returning(txn).await.map(drop)
}

/// Takes out the addresses from which an account acted, and from which somebody tried to be it.
///
/// # Errors
/// The database failed.
pub async fn forget_addresses(txn: &impl ConnectionTrait, account_id: Uuid) -> Result<(), DbErr> {
    let of_nobody = audit_entry::Column::SubjectId.eq(account_id).and(audit_entry::Column::ActorId.is_null());
    let which = Condition::any().add(audit_entry::Column::ActorId.eq(account_id)).add(of_nobody);
    let update = audit_entry::Entity::update_many()
        .col_expr(audit_entry::Column::IpAddress, Expr::value(Option::<String>::None))
        .filter(audit_entry::Column::IpAddress.is_not_null())
        .filter(which);
    update.exec(txn).await.map(drop)
}

/// Takes out the addresses of sign-ins that are 90 days old, some at a time. Says how many there were.
///
/// # Errors
/// The database failed; what was taken out before stays so.
pub async fn scrub_addresses(db: &Database, now: Timestamp) -> Result<u64, DbErr> {
    let mut scrubbed = 0;
    loop {
        let old = Query::select()
            .column(audit_entry::Column::Id)
            .from(audit_entry::Entity)
            .and_where(audit_entry::Column::Action.is_in(SIGN_INS))
            .and_where(audit_entry::Column::At.lte(now - KEEP_ADDRESS))
            .and_where(audit_entry::Column::IpAddress.is_not_null())
            .limit(CHUNK)
            .to_owned();
        let update = audit_entry::Entity::update_many()
            .col_expr(audit_entry::Column::IpAddress, Expr::value(Option::<String>::None))
            .filter(audit_entry::Column::Id.in_subquery(old));
        let count = update.exec(db.writes()).await?.rows_affected;
        scrubbed += count;
        if count < CHUNK {
            return Ok(scrubbed);
        }
    }
}
