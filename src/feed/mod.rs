//! The log of changes: whoever changes a thing records it in the same transaction, and whoever follows the database
//! (live subscriptions, alerts, a read model) reads the log instead of asking every table.

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
    let row = change::ActiveModel {
        subject: Set(subject),
        subject_id: Set(subject_id),
        deed: Set(deed),
        at: Set(now),
        ..Default::default()
    };
    change::Entity::insert(row).exec_without_returning(txn).await.map(drop)
}
