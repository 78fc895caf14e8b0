//! Clean-up: files and uploads whose time is over, and bytes whose removal was noted.

use anyhow::ensure;
use chrono::TimeDelta;
use futures_util::{StreamExt as _, stream};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use super::service;
use crate::clock::Timestamp;
use crate::entities::{file, file_removal, upload};
use crate::state::State;

/// Rows that one transaction takes.
const BATCH: usize = 200;
/// Files removed from the storage at the same time.
const AT_ONCE: usize = 8;
/// How long bytes rest that could not be removed.
const REST: TimeDelta = TimeDelta::minutes(10);

/// Removes what is over. It may be cut off anywhere and run again, or beside itself.
///
/// # Errors
/// The database failed, or bytes could not be removed; those are tried again in ten minutes.
pub async fn sweep(state: &State) -> anyhow::Result<()> {
    let now = state.clock.now();
    while expire(state, now).await? == BATCH {}
    let mut failed = 0;
    loop {
        let keys = due(state, now).await?;
        let is_last = keys.len() < BATCH;
        let removals = stream::iter(keys).map(|key| remove_bytes(state, key, now)).buffer_unordered(AT_ONCE);
        let outcomes: Vec<_> = removals.collect().await;
        for error in outcomes.into_iter().filter_map(Result::err) {
            tracing::warn!(error = format!("{error:#}"), "a removal is tried again later");
            failed += 1;
        }
        if is_last {
            break;
        }
    }
    ensure!(failed == 0, "{failed} files could not be removed from the storage");
    Ok(())
}

/// Ends files and uploads that nobody used in time.
async fn expire(state: &State, now: Timestamp) -> anyhow::Result<usize> {
    let over = Query::select()
        .column(file::Column::Id)
        .from(file::Entity)
        .and_where(file::Column::ExpiresAt.lte(now))
        .limit(BATCH as u64)
        .to_owned();
    let over = Condition::all().add(file::Column::Id.in_subquery(over)).add(file::Column::ExpiresAt.lte(now));
    let txn = state.db.begin().await?;
    upload::Entity::delete_many().filter(upload::Column::ExpiresAt.lte(now)).exec(&txn).await?;
    let count = service::remove(&txn, over, now).await?;
    txn.commit().await?;
    Ok(count)
}

/// Names of bytes that are to go now. From here on no row can be made for them.
async fn due(state: &State, now: Timestamp) -> anyhow::Result<Vec<String>> {
    let due = Query::select()
        .column(file_removal::Column::StorageKey)
        .from(file_removal::Entity)
        .and_where(file_removal::Column::DueAt.lte(now))
        .limit(BATCH as u64)
        .to_owned();
    let update = file_removal::Entity::update_many()
        .col_expr(file_removal::Column::IsFinal, Expr::value(true))
        .filter(file_removal::Column::StorageKey.in_subquery(due));
    let rows = update.exec_with_returning(state.db.writes()).await?;
    Ok(rows.into_iter().map(|row| row.storage_key).collect())
}

async fn remove_bytes(state: &State, key: String, now: Timestamp) -> anyhow::Result<()> {
    let removed = state.files.delete(&key).await;
    if removed.is_ok() {
        file_removal::Entity::delete_by_id(key).exec(state.db.writes()).await?;
    } else {
        let later = file_removal::Entity::update_many()
            .col_expr(file_removal::Column::DueAt, Expr::value(now + REST))
            .filter(file_removal::Column::StorageKey.eq(key));
        later.exec(state.db.writes()).await?;
    }
    removed
}
