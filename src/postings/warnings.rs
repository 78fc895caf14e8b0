//! The job that warns employers of postings that are about to end.

use std::collections::HashMap;

use chrono::TimeDelta;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::employers::members;
use crate::entities::sets::{MemberRole, PostingStatus};
use crate::entities::{employer, posting, posting_warning};
use crate::mail::letter::{Expiring, Letter, MAX_MATCHES};
use crate::mail::outbox::{Recipient, enqueue};
use crate::state::State;

/// How long before its end a posting's employer is warned.
const AHEAD: TimeDelta = TimeDelta::days(7);
/// Postings of one transaction.
const BATCH: u64 = 200;

/// What a warning tells of a posting.
#[derive(Clone, Debug, FromQueryResult)]
struct Ending {
    id: Uuid,
    employer_id: Uuid,
    title: String,
    published_at: Option<Timestamp>,
    valid_through: Timestamp,
}

impl Ending {
    /// Whether the posting was to be seen for so short a time that its author need not be told of its end.
    fn is_short(&self) -> bool {
        self.published_at.is_none_or(|published_at| published_at > self.valid_through - AHEAD)
    }
}

/// Warns the recruiters and owners of every posting that ends within seven days, once for each end that it has. All that
/// one employer is warned of at a time is one mail.
///
/// # Errors
/// The database failed; who was warned until then is not warned again.
pub async fn warn(state: &State) -> anyhow::Result<()> {
    loop {
        let now = state.clock.now();
        let txn = state.db.begin().await?;
        let endings = unwarned(&txn, now).await?;
        tell(&txn, &endings, now).await?;
        note(&txn, &endings).await?;
        txn.commit().await?;
        if (endings.len() as u64) < BATCH {
            return Ok(());
        }
    }
}

async fn unwarned(txn: &impl ConnectionTrait, now: Timestamp) -> Result<Vec<Ending>, DbErr> {
    let warned = Query::select()
        .expr(Expr::val(1))
        .from(posting_warning::Entity)
        .and_where(
            Expr::col((posting_warning::Entity, posting_warning::Column::PostingId))
                .equals((posting::Entity, posting::Column::Id)),
        )
        .and_where(
            Expr::col((posting_warning::Entity, posting_warning::Column::ValidThrough))
                .equals((posting::Entity, posting::Column::ValidThrough)),
        )
        .to_owned();
    let columns = [
        posting::Column::Id,
        posting::Column::EmployerId,
        posting::Column::Title,
        posting::Column::PublishedAt,
        posting::Column::ValidThrough,
    ];
    let endings = posting::Entity::find()
        .select_only()
        .columns(columns)
        .filter(posting::Column::Status.eq(PostingStatus::Published))
        .filter(posting::Column::ValidThrough.gt(now))
        .filter(posting::Column::ValidThrough.lte(now + AHEAD))
        .filter(Expr::exists(warned).not())
        .order_by_asc(posting::Column::EmployerId)
        .order_by_asc(posting::Column::ValidThrough)
        .order_by_asc(posting::Column::Id)
        .limit(BATCH);
    endings.into_model().all(txn).await
}

async fn tell(txn: &impl ConnectionTrait, endings: &[Ending], now: Timestamp) -> anyhow::Result<()> {
    let mut of_employer: HashMap<Uuid, Vec<&Ending>> = HashMap::new();
    for ending in endings.iter().filter(|ending| !ending.is_short()) {
        of_employer.entry(ending.employer_id).or_default().push(ending);
    }
    let employers = employer::Entity::find().filter(employer::Column::Id.is_in(of_employer.keys().copied()));
    for employer in employers.all(txn).await? {
        let Some(endings) = of_employer.get(&employer.id) else { continue };
        let Some(first) = endings.first() else { continue };
        let expiring = |ending: &&Ending| Expiring {
            posting: ending.id,
            title: ending.title.clone(),
            valid_through: ending.valid_through,
        };
        let letter = Letter::PostingExpiring {
            employer: employer.name,
            postings: endings.iter().take(MAX_MATCHES).map(expiring).collect(),
            total: endings.len() as u64,
        };
        for account in members::accounts_of(txn, employer.id, MemberRole::Recruiter).await? {
            let key =
                format!("posting-expiring/{}/{}/{}", account.id, first.id, first.valid_through.timestamp_micros());
            enqueue(txn, &Recipient::of(&account), &letter, &key, now).await?;
        }
    }
    Ok(())
}

async fn note(txn: &impl ConnectionTrait, endings: &[Ending]) -> Result<(), DbErr> {
    if endings.is_empty() {
        return Ok(());
    }
    let rows = endings.iter().map(|ending| posting_warning::ActiveModel {
        posting_id: Set(ending.id),
        valid_through: Set(ending.valid_through),
    });
    let latest = OnConflict::column(posting_warning::Column::PostingId)
        .update_column(posting_warning::Column::ValidThrough)
        .to_owned();
    posting_warning::Entity::insert_many(rows).on_conflict(latest).exec_without_returning(txn).await.map(drop)
}
