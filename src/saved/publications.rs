//! Numbers for postings, in the order in which the board sees their first publication.

use std::collections::VecDeque;

use chrono::TimeDelta;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::entities::sets::PostingStatus;
use crate::entities::{posting, publication, saved_search};
use crate::state::State;

/// How much later than it says a change may be seen: longer than any transaction takes and any two clocks differ.
const MARGIN: TimeDelta = TimeDelta::hours(1);
/// Postings of one transaction.
const BATCH: u64 = 5_000;

/// Numbers every posting that is published and has no number yet.
///
/// # Errors
/// The database failed; what was numbered until then stays so.
pub async fn number(state: &State) -> anyhow::Result<()> {
    loop {
        let txn = state.db.begin().await?;
        if txn.get_database_backend() == DbBackend::Postgres {
            // One at a time: who reads the highest number has to see every number below it.
            txn.execute_unprepared("LOCK TABLE publication IN SHARE ROW EXCLUSIVE MODE").await?;
        }
        let Some(since) = numbered_until(&txn).await? else { return Ok(txn.rollback().await?) };
        let insert = Query::insert()
            .into_table(publication::Entity)
            .columns([publication::Column::PostingId, publication::Column::At])
            .select_from(unnumbered(since))?
            .to_owned();
        let numbered = txn.execute(&insert).await?.rows_affected();
        txn.commit().await?;
        if numbered < BATCH {
            return Ok(());
        }
    }
}

/// The numbers of one run up to its highest, each read once.
#[derive(Debug)]
pub struct Numbered {
    /// What is behind this number was read.
    read_after: i64,
    postings: VecDeque<(i64, Uuid)>,
}

impl Numbered {
    /// Nothing but the highest number is known.
    #[must_use]
    pub const fn up_to(head: i64) -> Self {
        Self { read_after: head, postings: VecDeque::new() }
    }

    /// The postings behind a number. One statement if some of them were not read yet.
    ///
    /// # Errors
    /// The database failed.
    pub async fn after(&mut self, db: &impl ConnectionTrait, number: i64) -> Result<Vec<Uuid>, DbErr> {
        if number < self.read_after {
            let earlier = publication::Entity::find()
                .select_only()
                .columns([publication::Column::Number, publication::Column::PostingId])
                .filter(publication::Column::Number.gt(number))
                .filter(publication::Column::Number.lte(self.read_after))
                .order_by_desc(publication::Column::Number);
            for row in earlier.into_tuple().all(db).await? {
                self.postings.push_front(row);
            }
            self.read_after = number;
        }
        let known = self.postings.partition_point(|(read, _)| *read <= number);
        Ok(self.postings.range(known..).map(|(_, posting)| *posting).collect())
    }
}

/// The highest number.
///
/// # Errors
/// The database failed.
pub async fn highest(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let last = publication::Entity::find().select_only().column(publication::Column::Number);
    let last = last.order_by_desc(publication::Column::Number).limit(1);
    Ok(last.into_tuple::<i64>().one(db).await?.unwrap_or(0))
}

/// Changes up to this instant have been seen; `None` while nobody has asked to be told of anything.
async fn numbered_until(txn: &impl ConnectionTrait) -> Result<Option<Timestamp>, DbErr> {
    let last = publication::Entity::find().select_only().column(publication::Column::At);
    let last = last.order_by_desc(publication::Column::Number).limit(1);
    if let Some(at) = last.into_tuple::<Timestamp>().one(txn).await? {
        return Ok(Some(at - MARGIN));
    }
    let first = saved_search::Entity::find().select_only().column(saved_search::Column::ToldSince);
    let first = first.order_by_asc(saved_search::Column::ToldSince).limit(1);
    Ok(first.into_tuple::<Timestamp>().one(txn).await?.map(|at| at - MARGIN))
}

/// Published postings without a number that were changed since, in the order of their changes. Whatever makes a posting
/// public changes it, also where its publication is dated back.
fn unnumbered(since: Timestamp) -> SelectStatement {
    let column = |column: posting::Column| Expr::col((posting::Entity, column));
    let numbered = Query::select()
        .expr(Expr::val(1))
        .from(publication::Entity)
        .and_where(
            Expr::col((publication::Entity, publication::Column::PostingId))
                .equals((posting::Entity, posting::Column::Id)),
        )
        .to_owned();
    Query::select()
        .expr(column(posting::Column::Id))
        .expr(column(posting::Column::UpdatedAt))
        .from(posting::Entity)
        .and_where(posting::Column::Status.eq(PostingStatus::Published))
        .and_where(posting::Column::UpdatedAt.gt(since))
        .and_where(posting::Column::PublishedAt.is_not_null())
        .and_where(Expr::exists(numbered).not())
        .order_by_expr(column(posting::Column::UpdatedAt), Order::Asc)
        .order_by_expr(column(posting::Column::Id), Order::Asc)
        .limit(BATCH)
        .to_owned()
}
