//! Applications that nobody answered: they lapse 45 days after their posting ended, so that their candidates know.

use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, Condition, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, Select};

use super::life::{self, Seen, Step};
use super::model::{LAPSE_AFTER, is_before_offer};
use crate::clock::Timestamp;
use crate::db::Database;
use crate::entities::sets::{ApplicationStatus, Party};
use crate::entities::{application, posting};
use crate::error::Failure;
use sea_orm::Iterable;

/// Applications looked at in one go.
const BATCH: u64 = 500;

/// Lets every application lapse that is due, each in a transaction of its own. Returns how many did. One that somebody
/// moves at the same time stays.
///
/// # Errors
/// The database failed; those that lapsed before stay so.
pub async fn lapse(db: &Database, now: Timestamp) -> anyhow::Result<u64> {
    let mut lapsed = 0;
    loop {
        let rows = due(now).limit(BATCH).all(db.reads()).await?;
        let found = rows.len() as u64;
        let mut moved = 0;
        for row in rows {
            let txn = db.begin().await?;
            let step = Step { party: Party::System, account_id: None, to: ApplicationStatus::Lapsed, reason: None };
            match life::apply(&txn, &row, Seen { id: row.id, version: row.version }, step, now).await {
                Ok(_) => {
                    txn.commit().await?;
                    moved += 1;
                }
                Err(Failure::Refused(_)) => txn.rollback().await?,
                Err(Failure::Internal(fault)) => return Err(fault.0),
            }
        }
        lapsed += moved;
        if found < BATCH || moved == 0 {
            return Ok(lapsed);
        }
    }
}

/// Applications before any offer whose posting ended, and whose employer did nothing, for 45 days.
fn due(now: Timestamp) -> Select<application::Entity> {
    let cutoff = now - LAPSE_AFTER;
    let waiting = ApplicationStatus::iter().filter(|status| is_before_offer(*status));
    let ended = Condition::any()
        .add(posting::Column::ClosedAt.lte(cutoff))
        .add(Condition::all().add(posting::Column::ClosedAt.is_null()).add(posting::Column::ValidThrough.lte(cutoff)));
    let posting =
        application::Entity::belongs_to(posting::Entity).from(application::Column::PostingId).to(posting::Column::Id);
    application::Entity::find()
        .join(JoinType::InnerJoin, posting.into())
        .filter(application::Column::Status.is_in(waiting))
        .filter(ended)
        .filter(application::Column::HandledAt.is_null().or(application::Column::HandledAt.lte(cutoff)))
        .order_by_asc(application::Column::Id)
}
