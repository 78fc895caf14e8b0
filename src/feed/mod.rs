//! The log of changes: whoever changes a thing records it in the same transaction, and whoever follows the database
//! (live subscriptions, alerts, a read model) reads the log instead of asking every table.

pub mod position;
pub mod tail;

use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Set};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::entities::change;
use crate::entities::sets::{Deed, Subject};

/// Records a change, after the change itself and in its transaction: it is told if and only if it was committed.
///
/// # Errors
/// The database failed.
pub async fn record(
    txn: &impl ConnectionTrait,
    (subject, subject_id): (Subject, Uuid),
    deed: Deed,
    now: Timestamp,
) -> Result<(), DbErr> {
    record_all(txn, subject, [subject_id], deed, now).await
}

/// Records the same change of many things, in one statement; none is no statement.
///
/// # Errors
/// The database failed.
pub async fn record_all(
    txn: &impl ConnectionTrait,
    subject: Subject,
    ids: impl IntoIterator<Item = Uuid>,
    deed: Deed,
    now: Timestamp,
) -> Result<(), DbErr> {
    let rows: Vec<_> = rows(subject, ids, deed, now).collect();
    if rows.is_empty() {
        return Ok(());
    }
    change::Entity::insert_many(rows).exec_without_returning(txn).await.map(drop)
}

/// The rows that record the same change of many things, for whoever writes more of them than one statement binds.
pub fn rows(
    subject: Subject,
    ids: impl IntoIterator<Item = Uuid>,
    deed: Deed,
    now: Timestamp,
) -> impl Iterator<Item = change::ActiveModel> {
    ids.into_iter().map(move |id| change::ActiveModel {
        subject: Set(subject),
        subject_id: Set(id),
        deed: Set(deed),
        at: Set(now),
        ..Default::default()
    })
}
