//! How long is kept what is about a person: applications that came to nothing lose it after a setting's time, the log of
//! who signed in from where after 90 days.

use anyhow::Context;
use chrono::TimeDelta;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::anonymity::{anonymise, nobody};
use crate::audit;
use crate::clock::Timestamp;
use crate::db::Database;
use crate::entities::application;
use crate::entities::sets::{ApplicationStatus, Deed, Subject};
use crate::feed;
use crate::state::State;

/// Applications of one transaction.
const BATCH: u64 = 500;

/// States in which an application came to nothing. The index on what is to be forgotten names the same.
const TO_NOTHING: [ApplicationStatus; 5] = [
    ApplicationStatus::Rejected,
    ApplicationStatus::Withdrawn,
    ApplicationStatus::OfferDeclined,
    ApplicationStatus::Rescinded,
    ApplicationStatus::Lapsed,
];

/// Forgets what has been kept long enough, some rows at a time.
///
/// # Errors
/// The database failed; what was forgotten before stays so.
pub async fn retain(state: &State) -> anyhow::Result<()> {
    let now = state.clock.now();
    let kept =
        TimeDelta::from_std(state.config.application_retention).context("`application-retention` is too long")?;
    let forgotten = forget_applications(&state.db, now - kept, now).await?;
    let scrubbed = audit::scrub_addresses(&state.db, now).await?;
    if forgotten + scrubbed > 0 {
        tracing::info!(applications = forgotten, addresses = scrubbed, "forgot what was kept long enough");
    }
    Ok(())
}

/// Takes the person out of every application that came to nothing before `until`. Says how many there were.
async fn forget_applications(db: &Database, until: Timestamp, now: Timestamp) -> Result<u64, DbErr> {
    let mut forgotten = 0;
    loop {
        let txn = db.begin().await?;
        let due = due(&txn, until).await?;
        if due.is_empty() {
            txn.rollback().await?;
            return Ok(forgotten);
        }
        let nobody = nobody(&txn, now).await?;
        anonymise(&txn, &due, Some(nobody), now).await?;
        feed::record_all(&txn, Subject::Application, due.iter().copied(), Deed::Updated, now).await?;
        txn.commit().await?;
        forgotten += due.len() as u64;
    }
}

async fn due(txn: &sea_orm::DatabaseTransaction, until: Timestamp) -> Result<Vec<Uuid>, DbErr> {
    let rows = application::Entity::find()
        .select_only()
        .column(application::Column::Id)
        .filter(application::Column::AnonymisedAt.is_null())
        .filter(application::Column::Status.is_in(TO_NOTHING))
        .filter(application::Column::UpdatedAt.lte(until))
        .order_by_asc(application::Column::UpdatedAt)
        .limit(BATCH)
        .lock_exclusive();
    rows.into_tuple().all(txn).await
}
