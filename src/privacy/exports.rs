//! Copies of everything held about a person: asked for, made in the background, kept for a week and fetched by an address
//! that dies within minutes.

use anyhow::Context;
use chrono::TimeDelta;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use serde_json::json;
use uuid::Uuid;

use super::export::document::Document;
pub use super::export::document::piece;
use super::export::sections::Scribe;
use crate::accounts::viewer::SignedIn;
use crate::audit::{self, Entry, Origin};
use crate::candidates::service::of_account;
use crate::clock::Timestamp;
use crate::entities::sets::{AuditAction, ExportStatus};
use crate::entities::{account, account_export};
use crate::error::Outcome;
use crate::ids::{self, Kind};
use crate::mail::letter::Letter;
use crate::mail::outbox::{Recipient, enqueue};
use crate::signing::{Purpose, Signer};
use crate::state::State;

/// How long a copy is kept.
const KEEP: TimeDelta = TimeDelta::days(7);
/// How long an address holds.
const ADDRESS_HOLDS: TimeDelta = TimeDelta::minutes(5);
/// Within this time of a request another one gives the same copy.
const PAUSE: TimeDelta = TimeDelta::hours(1);
/// After how many failures a copy is given up.
const MAX_ATTEMPTS: i32 = 3;
/// Copies that one run makes.
const BATCH: u64 = 20;

/// Asks for a copy. While one is being made, and for an hour after it was asked for, it is that one.
///
/// # Errors
/// The database failed.
pub async fn request(
    txn: &DatabaseTransaction,
    by: &SignedIn,
    origin: &Origin,
    now: Timestamp,
) -> Outcome<account_export::Model> {
    // Two requests at the same time wait for each other here, and the second finds the copy of the first.
    account::Entity::find_by_id(by.account.id).lock_exclusive().one(txn).await?;
    let is_running = account_export::Column::Status.eq(ExportStatus::Pending);
    let is_fresh =
        account_export::Column::Status.eq(ExportStatus::Ready).and(account_export::Column::RequestedAt.gt(now - PAUSE));
    let present = account_export::Entity::find()
        .filter(account_export::Column::AccountId.eq(by.account.id))
        .filter(is_running.or(is_fresh))
        .order_by_desc(account_export::Column::RequestedAt);
    if let Some(present) = present.one(txn).await? {
        return Ok(present);
    }
    let row = account_export::ActiveModel {
        id: Set(ids::generate(now)),
        account_id: Set(by.account.id),
        status: Set(ExportStatus::Pending),
        attempts: Set(0),
        size: Set(None),
        requested_at: Set(now),
        ready_at: Set(None),
        expires_at: Set(None),
    };
    let made = row.insert(txn).await?;
    audit::record(txn, origin, Entry::new(AuditAction::ExportRequested, Kind::Account, by.account.id), now).await?;
    Ok(made)
}

/// The copies of an account that are kept, newest first, 10 at the most.
///
/// # Errors
/// The database failed.
pub async fn of(db: &impl ConnectionTrait, by: &SignedIn, now: Timestamp) -> Result<Vec<account_export::Model>, DbErr> {
    let kept = Condition::any()
        .add(account_export::Column::ExpiresAt.is_null())
        .add(account_export::Column::ExpiresAt.gt(now));
    let mine = account_export::Entity::find()
        .filter(account_export::Column::AccountId.eq(by.account.id))
        .filter(kept)
        .order_by_desc(account_export::Column::RequestedAt)
        .limit(10);
    mine.all(db).await
}

/// The address at which a copy can be fetched, for five minutes; `None` for one that is not ready.
#[must_use]
pub fn address(state: &State, export: &account_export::Model, now: Timestamp) -> Option<String> {
    let end = export.expires_at.filter(|end| export.status == ExportStatus::Ready && *end > now)?;
    let until = std::cmp::min(end, now + ADDRESS_HOLDS).timestamp();
    let payload = [&export.id.as_bytes()[..], &until.to_be_bytes()].concat();
    let token = state.signer.sign(Purpose::Export, &payload);
    Some(format!("{}/exports/{token}", state.config.public_url.trim_end_matches('/')))
}

/// The copy that an address gives now, if this server signed it and its owner may still have it. That it is fetched is
/// recorded.
///
/// # Errors
/// The database failed.
pub async fn fetch(
    state: &State,
    token: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<Option<account_export::Model>, DbErr> {
    let Some(id) = named(&state.signer, token, now) else { return Ok(None) };
    let ready = account_export::Entity::find_by_id(id)
        .filter(account_export::Column::Status.eq(ExportStatus::Ready))
        .filter(account_export::Column::ExpiresAt.gt(now));
    let Some(export) = ready.one(state.db.reads()).await? else { return Ok(None) };
    let owner = account::Entity::find_by_id(export.account_id).one(state.db.reads()).await?;
    if owner.is_none_or(|owner| owner.suspended_at.is_some()) {
        return Ok(None);
    }
    let entry = Entry::new(AuditAction::ExportFetched, Kind::Account, export.account_id);
    audit::record(state.db.writes(), origin, entry, now).await?;
    Ok(Some(export))
}

/// What an address names, while it holds.
fn named(signer: &Signer, token: &str, now: Timestamp) -> Option<Uuid> {
    let payload = signer.open(Purpose::Export, token)?;
    let (id, until) = payload.split_at_checked(16)?;
    let until = i64::from_be_bytes(until.try_into().ok()?);
    (now.timestamp() < until).then(|| Uuid::from_slice(id).ok())?
}

/// Makes the copies that were asked for, and throws those away whose week is over. One that fails keeps none of the others
/// from being made, and is given up after three attempts.
///
/// # Errors
/// The database failed, or a copy could not be made.
pub async fn work(state: &State) -> anyhow::Result<()> {
    throw_away(state).await?;
    let pending = account_export::Entity::find()
        .filter(account_export::Column::Status.eq(ExportStatus::Pending))
        .order_by_asc(account_export::Column::RequestedAt)
        .limit(BATCH);
    let mut failure = None;
    for export in pending.all(state.db.reads()).await? {
        if let Err(error) = make(state, &export).await {
            give_up_in_time(state, &export).await?;
            failure = Some(error.context(format!("the export {} could not be made", export.id)));
        }
    }
    failure.map_or(Ok(()), Err)
}

async fn make(state: &State, export: &account_export::Model) -> anyhow::Result<()> {
    let (reads, now) = (state.db.reads(), state.clock.now());
    let account = account::Entity::find_by_id(export.account_id).one(reads).await?;
    // Erased in the meantime, and the request with it.
    let Some(account) = account.filter(|account| account.erased_at.is_none()) else { return Ok(()) };
    let candidate = of_account(reads, account.id).await?;
    let mut document = Document::begin(state.db.writes(), export.id).await?;
    document.field("format", &json!("rolecall-export/1")).await?;
    document.field("board", &json!(state.config.public_url)).await?;
    document.field("createdAt", &now).await?;
    let mut scribe = Scribe { db: reads, account: &account, candidate: candidate.as_ref(), document: &mut document };
    scribe.everything().await?;
    let size = document.finish().await?;
    let txn = state.db.begin().await?;
    finish(&txn, export, &account, size, now).await?;
    txn.commit().await.context("the export was not finished")
}

/// Makes the copy fetchable, replaces an earlier one by it, and tells its owner.
async fn finish(
    txn: &DatabaseTransaction,
    export: &account_export::Model,
    account: &account::Model,
    size: i64,
    now: Timestamp,
) -> anyhow::Result<()> {
    let until = now + KEEP;
    let columns = account_export::ActiveModel {
        status: Set(ExportStatus::Ready),
        size: Set(Some(size)),
        ready_at: Set(Some(now)),
        expires_at: Set(Some(until)),
        ..Default::default()
    };
    let update = account_export::Entity::update_many()
        .set(columns)
        .filter(account_export::Column::Id.eq(export.id))
        .filter(account_export::Column::Status.eq(ExportStatus::Pending));
    if update.exec(txn).await?.rows_affected == 0 {
        return Ok(());
    }
    let earlier = account_export::Entity::delete_many()
        .filter(account_export::Column::AccountId.eq(export.account_id))
        .filter(account_export::Column::Id.ne(export.id))
        .filter(account_export::Column::Status.eq(ExportStatus::Ready));
    earlier.exec(txn).await?;
    let key = format!("export-ready/{}", export.id);
    enqueue(txn, &Recipient::of(account), &Letter::ExportReady { until }, &key, now).await
}

async fn give_up_in_time(state: &State, export: &account_export::Model) -> Result<(), DbErr> {
    let attempts = export.attempts + 1;
    let status = if attempts < MAX_ATTEMPTS { ExportStatus::Pending } else { ExportStatus::Failed };
    let update = account_export::Entity::update_many()
        .col_expr(account_export::Column::Attempts, Expr::value(attempts))
        .col_expr(account_export::Column::Status, Expr::value(status))
        .filter(account_export::Column::Id.eq(export.id));
    update.exec(state.db.writes()).await.map(drop)
}

async fn throw_away(state: &State) -> Result<(), DbErr> {
    let now = state.clock.now();
    let failed = account_export::Column::Status
        .eq(ExportStatus::Failed)
        .and(account_export::Column::RequestedAt.lte(now - KEEP));
    let over = account_export::Column::ExpiresAt.lte(now).or(failed);
    account_export::Entity::delete_many().filter(over).exec(state.db.writes()).await.map(drop)
}
