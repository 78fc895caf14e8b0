//! Suspending accounts: administrators shut somebody out, and let them in again.
//!
//! What a suspended person published stays: applicants wait for answers there, and colleagues can give them. Postings are
//! taken down by themselves, also those of employers that have no other owner.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use uuid::Uuid;

use super::mail_tokens;
use super::sessions;
use super::viewer::Administrator;
use crate::audit::{self, Entry, Origin};
use crate::clock::Timestamp;
use crate::entities::sets::AuditAction;
use crate::entities::{account, session};
use crate::error::{Code, Failure, Outcome};
use crate::ids::Kind;
use crate::mail::letter::Letter;
use crate::mail::outbox::{Recipient, enqueue};
use crate::text;

/// Shuts a person out: sessions end, tokens are refused, the profile is not found. Suspending twice changes nothing.
///
/// # Errors
/// `NOT_FOUND` at `accountId`; `NOT_ALLOWED` there for oneself; a refusal at `reason`.
pub async fn suspend(
    txn: &DatabaseTransaction,
    by: Administrator,
    id: Option<Uuid>,
    reason: &str,
    origin: &Origin,
    now: Timestamp,
) -> Outcome<account::Model> {
    let reason = text::prose("reason", reason, 1, 2_000)?;
    if !administrators(txn).await?.contains(&by.account_id) {
        return Err(not_allowed("You are no longer an administrator."));
    }
    let present = find(txn, id).await?;
    if present.id == by.account_id {
        return Err(not_allowed("This is your own account: another administrator decides about it."));
    }
    if present.suspended_at.is_some() {
        return Ok(present);
    }
    let columns = account::ActiveModel {
        suspended_at: Set(Some(now)),
        suspension_reason: Set(Some(reason.clone())),
        updated_at: Set(now),
        ..Default::default()
    };
    let suspended = change(txn, present.id, account::Column::SuspendedAt.is_null(), columns).await?;
    let sessions = Condition::all().add(session::Column::AccountId.eq(present.id));
    let count = sessions::end(txn, sessions, now).await?;
    mail_tokens::end_all(txn, present.id, now).await?;
    // The reason stands in the account, and goes with it.
    let entry = Entry::new(AuditAction::AccountSuspended, Kind::Account, present.id);
    audit::record(txn, origin, entry.with("sessions", count), now).await?;
    let key = format!("account-suspended/{}/{}", present.id, now.timestamp_micros());
    enqueue(txn, &Recipient::of(&present), &Letter::AccountSuspended { reason }, &key, now).await?;
    Ok(suspended.unwrap_or(present))
}

/// Lets a suspended person in again. Whoever is not suspended stays so.
///
/// # Errors
/// `NOT_FOUND` at `accountId`.
pub async fn reinstate(
    txn: &DatabaseTransaction,
    _by: Administrator,
    id: Option<Uuid>,
    origin: &Origin,
    now: Timestamp,
) -> Outcome<account::Model> {
    let present = find(txn, id).await?;
    let columns = account::ActiveModel {
        suspended_at: Set(None),
        suspension_reason: Set(None),
        updated_at: Set(now),
        ..Default::default()
    };
    match change(txn, present.id, account::Column::SuspendedAt.is_not_null(), columns).await? {
        Some(reinstated) => {
            let entry = Entry::new(AuditAction::AccountReinstated, Kind::Account, present.id);
            audit::record(txn, origin, entry, now).await?;
            Ok(reinstated)
        }
        None => Ok(present),
    }
}

fn not_allowed(message: &str) -> Failure {
    Failure::refused(Code::NotAllowed, "accountId", message)
}

async fn find(txn: &impl ConnectionTrait, id: Option<Uuid>) -> Outcome<account::Model> {
    let not_found = || Failure::not_found("accountId", "account");
    let living = account::Entity::find_by_id(id.ok_or_else(not_found)?).filter(account::Column::ErasedAt.is_null());
    living.one(txn).await?.ok_or_else(not_found)
}

async fn change(
    txn: &impl ConnectionTrait,
    id: Uuid,
    only_if: SimpleExpr,
    columns: account::ActiveModel,
) -> Result<Option<account::Model>, DbErr> {
    let update = account::Entity::update_many().set(columns).filter(account::Column::Id.eq(id)).filter(only_if);
    Ok(update.exec_with_returning(txn).await?.into_iter().next())
}

/// The administrators that are not suspended. Until the transaction ends nobody else changes them: of two who suspend or
/// erase each other at the same time one stays, so that the board never loses its last.
///
/// # Errors
/// The database failed.
pub async fn administrators(txn: &impl ConnectionTrait) -> Result<Vec<Uuid>, DbErr> {
    let rows = account::Entity::find()
        .select_only()
        .column(account::Column::Id)
        .filter(Expr::col((account::Entity, account::Column::IsAdmin)))
        .filter(account::Column::SuspendedAt.is_null())
        .order_by_asc(account::Column::Id)
        .lock_exclusive();
    rows.into_tuple().all(txn).await
}

/// Holds for rows whose account, named by this column, is not suspended.
#[must_use]
pub fn is_at_large(account_id: SimpleExpr) -> SimpleExpr {
    let suspended = Query::select()
        .expr(Expr::val(1))
        .from(account::Entity)
        .and_where(Expr::col((account::Entity, account::Column::Id)).eq(account_id))
        .and_where(account::Column::SuspendedAt.is_not_null())
        .to_owned();
    Expr::exists(suspended).not()
}
