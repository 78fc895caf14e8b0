//! Loads an image: everything in one snapshot, some rows at a time.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use sea_orm::{
    AccessMode, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, IsolationLevel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, TransactionTrait,
};
use tokio::time::timeout;
use uuid::Uuid;

use super::HORIZON;
use super::facts::{self, Which};
use super::image::{Draft, Image};
use super::spool::{Header, Mark, Part, Writer};
use super::texts::Texts;
use crate::clock::Timestamp;
use crate::db::Database;
use crate::engine::Terms;
use crate::engine::text::index::Index;
use crate::entities::{active_day, change};
use crate::feed::position::Position;
use crate::feed::tail::Tail;
use crate::market::figures::midnight;

/// How long one step of loading may take. Over a connection that died without a word it would take for ever.
const STEP: Duration = Duration::from_mins(2);

/// Things that are read at a time.
const CHUNK: u64 = if cfg!(test) { 70 } else { 10_000 };

/// The image of a database as it is, and from where the log tells how it goes on. What was read is kept for the next start,
/// if there is a place for it.
///
/// # Errors
/// The database failed, or the index of words cannot be written.
pub async fn load(
    db: &Database,
    index: Arc<Index>,
    terms: Terms,
    now: Timestamp,
    spool: Option<&Path>,
) -> anyhow::Result<(Image, Position)> {
    let txn = step(begin(db)).await?;
    let position = step(Tail::present_in(&txn)).await?;
    let horizon = horizon(now);
    let people = step(people(&txn, horizon)).await?;
    let mark = step(change::Entity::find().order_by_desc(change::Column::Id).one(&txn)).await?;
    let header = Header::new(position.clone(), mark.as_ref().map(Mark::from), now, people);
    let writer = spool.map_or_else(Writer::nowhere, |path| Writer::begin(path.to_owned(), header));
    let mut loading = Loading { txn: &txn, draft: Draft::new(people, horizon), writer, horizon };
    let index = match loading.everything(Texts::begin(index).await?).await {
        Ok(index) => index,
        Err(error) => {
            loading.writer.give_up().await;
            return Err(error);
        }
    };
    let Loading { draft, writer, .. } = loading;
    step(txn.rollback()).await?;
    step(db.hear()).await?;
    writer.finish().await;
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

pub(super) async fn step<T, E: Into<anyhow::Error>>(step: impl Future<Output = Result<T, E>>) -> anyhow::Result<T> {
    timeout(STEP, step).await.context("the database does not answer in time")?.map_err(Into::into)
}

struct Loading<'a> {
    txn: &'a DatabaseTransaction,
    draft: Draft,
    writer: Writer,
    horizon: Timestamp,
}

impl Loading<'_> {
    async fn everything(&mut self, mut texts: Texts) -> anyhow::Result<Arc<Index>> {
        self.postings(&mut texts).await?;
        let index = texts.finish().await?;
        self.candidates().await?;
        self.applications().await?;
        Ok(index)
    }

    async fn take(&mut self, part: Part) {
        self.draft.add(&part);
        self.writer.put(part).await;
    }

    async fn postings(&mut self, texts: &mut Texts) -> anyhow::Result<()> {
        let mut told = Told::new("postings");
        let mut last = Some(Uuid::nil());
        while let Some(after) = last {
            let mut some = step(facts::postings(self.txn, Which::Next(after, CHUNK))).await?;
            step(texts.take(self.txn, &mut some)).await?;
            last = some.last().map(|posting| posting.row.id);
            told.more(some.len());
            self.take(Part::Postings(some)).await;
        }
        Ok(())
    }

    async fn candidates(&mut self) -> anyhow::Result<()> {
        let since = self.horizon.date_naive();
        let mut told = Told::new("candidates");
        let mut last = Some(Uuid::nil());
        while let Some(after) = last {
            let some = step(facts::candidates(self.txn, Which::Next(after, CHUNK), since)).await?;
            last = some.last().map(|candidate| candidate.id);
            told.more(some.len());
            self.take(Part::Candidates(some)).await;
        }
        Ok(())
    }

    async fn applications(&mut self) -> anyhow::Result<()> {
        let mut told = Told::new("applications");
        let mut last = Some(Uuid::nil());
        while let Some(after) = last {
            let some = step(facts::applications(self.txn, Which::Next(after, CHUNK), self.horizon)).await?;
            last = some.last().map(|application| application.id);
            told.more(some.len());
            self.take(Part::Applications(some)).await;
        }
        Ok(())
    }
}

/// From when on days and applications are read.
pub(super) fn horizon(now: Timestamp) -> Timestamp {
    midnight((now - HORIZON).date_naive())
}

/// How many people looked for work since.
async fn people(txn: &DatabaseTransaction, horizon: Timestamp) -> Result<usize, DbErr> {
    let people = active_day::Entity::find()
        .select_only()
        .column(active_day::Column::CandidateId)
        .distinct()
        .filter(active_day::Column::Day.gte(horizon.date_naive()));
    Ok(usize::try_from(people.count(txn).await?).unwrap_or(usize::MAX))
}

/// Tells how far loading is, every so often.
pub(super) struct Told {
    what: &'static str,
    count: usize,
}

impl Told {
    pub(super) const fn new(what: &'static str) -> Self {
        Self { what, count: 0 }
    }

    pub(super) fn more(&mut self, more: usize) {
        const STEP: usize = 100_000;
        let before = self.count;
        self.count += more;
        if before / STEP != self.count / STEP {
            tracing::info!(read = self.count, "loading {}", self.what);
        }
    }
}
