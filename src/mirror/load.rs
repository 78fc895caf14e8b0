//! Loads an image: everything in one snapshot, some rows at a time.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use sea_orm::{
    AccessMode, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, IsolationLevel,
    PaginatorTrait, QueryFilter, QuerySelect, TransactionTrait,
};
use tokio::time::timeout;
use uuid::Uuid;

use super::HORIZON;
use super::facts::{self, Which};
use super::image::{Draft, Image};
use super::texts::Texts;
use crate::clock::Timestamp;
use crate::db::Database;
use crate::engine::Terms;
use crate::engine::text::index::Index;
use crate::entities::active_day;
use crate::feed::position::Position;
use crate::feed::tail::Tail;
use crate::market::annual::Factors;
use crate::market::figures::midnight;
use crate::market::rates::SharedRates;

/// How long one step of loading may take. Over a connection that died without a word it would take for ever.
const STEP: Duration = Duration::from_mins(2);

/// Things that are read at a time.
const CHUNK: u64 = if cfg!(test) { 70 } else { 10_000 };

/// The image of a database as it is, and from where the log tells how it goes on.
///
/// # Errors
/// The database failed, or the index of words cannot be written.
pub async fn load(
    db: &Database,
    index: Arc<Index>,
    factors: Factors,
    rates: SharedRates,
    now: Timestamp,
) -> anyhow::Result<(Image, Position)> {
    let txn = step(begin(db)).await?;
    let texts = Texts::begin(index).await?;
    let (draft, index, position) = read(&txn, texts, now).await?;
    step(txn.rollback()).await?;
    step(db.hear()).await?;
    let terms = Terms { factors, rates, now: now.timestamp_micros() };
    let image = tokio::task::spawn_blocking(move || draft.finish(terms, index)).await??;
    Ok((image, position))
}

/// A transaction whose every statement sees what the first does.
async fn begin(db: &Database) -> Result<DatabaseTransaction, DbErr> {
    if db.backend() != DbBackend::Postgres {
        // A reader beside the one that writes sees the file as it was at the first statement.
        return db.reads().begin().await;
    }
    let txn = db.reads().begin_with_config(Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly)).await?;
    // The limit is for requests, and somebody waits for those.
    txn.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
    Ok(txn)
}

async fn step<T, E: Into<anyhow::Error>>(step: impl Future<Output = Result<T, E>>) -> anyhow::Result<T> {
    timeout(STEP, step).await.context("the database does not answer in time")?.map_err(Into::into)
}

async fn read(
    txn: &DatabaseTransaction,
    mut texts: Texts,
    now: Timestamp,
) -> anyhow::Result<(Draft, Arc<Index>, Position)> {
    let position = step(Tail::present_in(txn)).await?;
    let horizon = midnight((now - HORIZON).date_naive());
    let people = active_day::Entity::find()
        .select_only()
        .column(active_day::Column::CandidateId)
        .distinct()
        .filter(active_day::Column::Day.gte(horizon.date_naive()));
    let people = usize::try_from(step(people.count(txn)).await?).unwrap_or(usize::MAX);
    let mut draft = Draft::new(people, horizon);
    let mut count = 0_u64;
    let mut last = Some(Uuid::nil());
    while let Some(after) = last {
        let some = step(facts::postings(txn, Which::Next(after, CHUNK))).await?;
        for posting in &some {
            draft.add_posting(posting);
        }
        step(texts.take(txn, &some)).await?;
        last = some.last().map(|posting| posting.row.id);
        tell("postings", &mut count, some.len());
    }
    let index = texts.finish().await?;
    count = 0;
    last = Some(Uuid::nil());
    while let Some(after) = last {
        let some = step(facts::candidates(txn, Which::Next(after, CHUNK), horizon.date_naive())).await?;
        for candidate in &some {
            draft.add_candidate(candidate);
        }
        last = some.last().map(|candidate| candidate.id);
        tell("candidates", &mut count, some.len());
    }
    count = 0;
    last = Some(Uuid::nil());
    while let Some(after) = last {
        let some = step(facts::applications(txn, Which::Next(after, CHUNK), horizon)).await?;
        for application in &some {
            draft.add_application(*application);
        }
        last = some.last().map(|application| application.id);
        tell("applications", &mut count, some.len());
    }
    Ok((draft, index, position))
}

/// Tells how far it is, every so often.
fn tell(what: &str, count: &mut u64, more: usize) {
    const STEP: u64 = 100_000;
    let before = *count;
    *count += more as u64;
    if before / STEP != *count / STEP {
        tracing::info!(read = *count, "loading {what}");
    }
}
