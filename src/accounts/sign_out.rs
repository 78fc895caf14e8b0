//! Ending sessions, by whom they belong to.

use sea_orm::{ColumnTrait, Condition, DatabaseTransaction};
use uuid::Uuid;

use super::sessions;
use super::viewer::SignedIn;
use crate::audit::{self, Entry, Origin};
use crate::clock::Timestamp;
use crate::entities::session;
use crate::entities::sets::AuditAction;
use crate::error::{Failure, Outcome};
use crate::ids::Kind;

/// Ends one session of the viewer.
///
/// # Errors
/// `NOT_FOUND` at `id`, also for sessions of others and those that have ended.
pub async fn one(
    txn: &DatabaseTransaction,
    by: &SignedIn,
    id: Option<Uuid>,
    origin: &Origin,
    now: Timestamp,
) -> Outcome<u64> {
    let not_found = || Failure::not_found("id", "session");
    let which = Condition::all().add(session::Column::Id.eq(id.ok_or_else(not_found)?));
    match end(txn, by, which, origin, now).await? {
        0 => Err(not_found()),
        count => Ok(count),
    }
}

/// Ends every session of the viewer, the present one too.
///
/// # Errors
/// The database failed.
pub async fn all(txn: &DatabaseTransaction, by: &SignedIn, origin: &Origin, now: Timestamp) -> Outcome<u64> {
    end(txn, by, Condition::all(), origin, now).await
}

async fn end(
    txn: &DatabaseTransaction,
    by: &SignedIn,
    which: Condition,
    origin: &Origin,
    now: Timestamp,
) -> Outcome<u64> {
    let mine = Condition::all().add(session::Column::AccountId.eq(by.account.id)).add(which);
    let count = sessions::end(txn, mine, now).await?;
    if count > 0 {
        let entry = Entry::new(AuditAction::SessionsEnded, Kind::Account, by.account.id);
        audit::record(txn, origin, entry.with("count", count).with("cause", "SIGNED_OUT"), now).await?;
    }
    Ok(count)
}
