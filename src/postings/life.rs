//! The life of a posting (`domain.md` §3): each move is one conditional write on state and version.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, Set};
use uuid::Uuid;

use super::form::stale;
use super::model::{DEFAULT_VALIDITY, lacks};
use super::{service, write};
use crate::accounts::viewer::{Administrator, Recruiter};
use crate::clock::Timestamp;
use crate::entities::sets::{CloseReason, PostingStatus};
use crate::entities::{employer, posting, posting_country, posting_place};
use crate::error::{Code, Failure, Outcome};
use crate::text;

/// A posting and the version of it that its reader saw.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// The posting.
    pub id: Uuid,
    /// The version.
    pub version: i32,
}

/// Asks for a draft to be shown: at once if its employer is verified, after a review if not. Publishing a paused posting
/// resumes it; publishing what is published, or under review, changes nothing.
///
/// # Errors
/// What the posting lacks; `STALE_VERSION`; `WRONG_STATE`.
pub async fn publish(txn: &DatabaseTransaction, by: Recruiter, seen: Seen, now: Timestamp) -> Outcome<posting::Model> {
    let present = service::find(txn, by, seen.id).await?;
    match present.status {
        PostingStatus::Published | PostingStatus::PendingReview => Ok(present),
        PostingStatus::Paused => resume_present(txn, present, seen, now).await,
        PostingStatus::Draft => {
            check_version(&present, seen)?;
            complete(txn, &present).await?;
            let columns = if is_verified(txn, by.0.employer_id).await? {
                published(&present, now)
            } else {
                moved(PostingStatus::PendingReview, now)
            };
            apply(txn, &present, columns).await
        }
        PostingStatus::Rejected | PostingStatus::Closed => Err(wrong_state("Only a draft can be published.")),
    }
}

/// Hides a published posting for a while.
///
/// # Errors
/// `STALE_VERSION`; `WRONG_STATE`.
pub async fn pause(txn: &DatabaseTransaction, by: Recruiter, seen: Seen, now: Timestamp) -> Outcome<posting::Model> {
    let present = service::find(txn, by, seen.id).await?;
    match present.status {
        PostingStatus::Paused => Ok(present),
        PostingStatus::Published => {
            check_version(&present, seen)?;
            apply(txn, &present, moved(PostingStatus::Paused, now)).await
        }
        _ => Err(wrong_state("Only a published posting can be paused.")),
    }
}

/// Shows a paused posting again.
///
/// # Errors
/// `STALE_VERSION`; `WRONG_STATE`, also when its time has passed.
pub async fn resume(txn: &DatabaseTransaction, by: Recruiter, seen: Seen, now: Timestamp) -> Outcome<posting::Model> {
    let present = service::find(txn, by, seen.id).await?;
    match present.status {
        PostingStatus::Published => Ok(present),
        PostingStatus::Paused => resume_present(txn, present, seen, now).await,
        _ => Err(wrong_state("Only a paused posting can be resumed.")),
    }
}

async fn resume_present(
    txn: &DatabaseTransaction,
    present: posting::Model,
    seen: Seen,
    now: Timestamp,
) -> Outcome<posting::Model> {
    check_version(&present, seen)?;
    if present.valid_through.is_some_and(|end| end <= now) {
        return Err(wrong_state("Its time has passed: give it a later `validThrough` first."));
    }
    apply(txn, &present, moved(PostingStatus::Published, now)).await
}

/// Ends a posting for good. MODERATION is for administrators.
///
/// # Errors
/// `STALE_VERSION`; `WRONG_STATE`; `NOT_ALLOWED` at `reason`.
pub async fn close(
    txn: &DatabaseTransaction,
    by: Recruiter,
    seen: Seen,
    reason: CloseReason,
    now: Timestamp,
) -> Outcome<posting::Model> {
    if reason == CloseReason::Moderation {
        return Err(Failure::refused(
            Code::NotAllowed,
            "reason",
            "Only an administrator closes a posting for MODERATION.",
        ));
    }
    let present = service::find(txn, by, seen.id).await?;
    close_present(txn, present, seen, reason, now).await
}

/// Takes a posting down, whoever wrote it.
///
/// # Errors
/// `NOT_FOUND`; `STALE_VERSION`; `WRONG_STATE`.
pub async fn take_down(
    txn: &DatabaseTransaction,
    _by: Administrator,
    seen: Seen,
    now: Timestamp,
) -> Outcome<posting::Model> {
    let present = find_any(txn, seen.id).await?;
    close_present(txn, present, seen, CloseReason::Moderation, now).await
}

async fn close_present(
    txn: &DatabaseTransaction,
    present: posting::Model,
    seen: Seen,
    reason: CloseReason,
    now: Timestamp,
) -> Outcome<posting::Model> {
    match present.status {
        PostingStatus::Closed if present.close_reason == Some(reason) => Ok(present),
        PostingStatus::Published | PostingStatus::Paused => {
            check_version(&present, seen)?;
            apply(txn, &present, closed(reason, now)).await
        }
        _ => Err(wrong_state("Only a published or paused posting can be closed.")),
    }
}

/// Counts a hire; the last of the openings closes the posting as FILLED.
///
/// # Errors
/// The database failed.
pub async fn hire(txn: &impl ConnectionTrait, id: Uuid, now: Timestamp) -> Outcome<()> {
    let count = posting::Entity::update_many()
        .col_expr(posting::Column::Hired, Expr::col(posting::Column::Hired).add(1))
        .filter(posting::Column::Id.eq(id));
    // The count and the decision are one: whoever hires at the same time waits for this row.
    let Some(present) = count.exec_with_returning(txn).await?.into_iter().next() else { return Ok(()) };
    let goes_on = matches!(present.status, PostingStatus::Published | PostingStatus::Paused);
    if present.hired >= present.openings && goes_on {
        apply(txn, &present, closed(CloseReason::Filled, now)).await?;
    }
    Ok(())
}

/// Shows a posting that was reviewed.
///
/// # Errors
/// `NOT_FOUND`; `STALE_VERSION`; `WRONG_STATE`.
pub async fn approve(
    txn: &DatabaseTransaction,
    _by: Administrator,
    seen: Seen,
    now: Timestamp,
) -> Outcome<posting::Model> {
    let present = find_any(txn, seen.id).await?;
    if present.status != PostingStatus::PendingReview {
        return Err(wrong_state("Only a posting under review can be approved."));
    }
    check_version(&present, seen)?;
    let columns = published(&present, now);
    apply(txn, &present, columns).await
}

/// Sends a posting that was reviewed back, with the reason.
///
/// # Errors
/// `NOT_FOUND`; `STALE_VERSION`; `WRONG_STATE`; a refusal at `reason`.
pub async fn reject(
    txn: &DatabaseTransaction,
    _by: Administrator,
    seen: Seen,
    reason: &str,
    now: Timestamp,
) -> Outcome<posting::Model> {
    let reason = text::prose("reason", reason, 1, 2_000)?;
    let present = find_any(txn, seen.id).await?;
    if present.status != PostingStatus::PendingReview {
        return Err(wrong_state("Only a posting under review can be rejected."));
    }
    check_version(&present, seen)?;
    let columns = posting::ActiveModel { reject_reason: Set(Some(reason)), ..moved(PostingStatus::Rejected, now) };
    apply(txn, &present, columns).await
}

/// Fails if the posting lacks what every shown posting has.
///
/// # Errors
/// `REQUIRED` at what is missing.
pub async fn complete(txn: &impl ConnectionTrait, posting: &posting::Model) -> Outcome<()> {
    let places =
        posting_place::Entity::find().filter(posting_place::Column::PostingId.eq(posting.id)).count(txn).await?;
    let countries = posting_country::Entity::find().filter(posting_country::Column::PostingId.eq(posting.id));
    let countries = countries.count(txn).await?;
    let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    match lacks(posting.workplace, count(places), count(countries), posting.is_worldwide) {
        Some(refusal) => Err(refusal.into()),
        None => Ok(()),
    }
}

async fn find_any(txn: &impl ConnectionTrait, id: Uuid) -> Outcome<posting::Model> {
    posting::Entity::find_by_id(id).one(txn).await?.ok_or_else(|| Failure::not_found("id", "posting"))
}

async fn is_verified(txn: &impl ConnectionTrait, employer_id: Uuid) -> Outcome<bool> {
    let employer = employer::Entity::find_by_id(employer_id).one(txn).await?;
    Ok(employer.is_some_and(|employer| employer.verified_at.is_some()))
}

fn check_version(present: &posting::Model, seen: Seen) -> Outcome<()> {
    if present.version == seen.version { Ok(()) } else { Err(stale(present)) }
}

fn moved(status: PostingStatus, now: Timestamp) -> posting::ActiveModel {
    posting::ActiveModel { status: Set(status), updated_at: Set(now), ..Default::default() }
}

fn closed(reason: CloseReason, now: Timestamp) -> posting::ActiveModel {
    posting::ActiveModel {
        closed_at: Set(Some(now)),
        close_reason: Set(Some(reason)),
        ..moved(PostingStatus::Closed, now)
    }
}

/// The first publication never moves; a time that has passed while the posting waited begins anew.
fn published(present: &posting::Model, now: Timestamp) -> posting::ActiveModel {
    let end = present.valid_through.filter(|end| *end > now).unwrap_or(now + DEFAULT_VALIDITY);
    posting::ActiveModel {
        published_at: Set(Some(present.published_at.unwrap_or(now))),
        valid_through: Set(Some(end)),
        ..moved(PostingStatus::Published, now)
    }
}

async fn apply(
    txn: &impl ConnectionTrait,
    present: &posting::Model,
    columns: posting::ActiveModel,
) -> Outcome<posting::Model> {
    write::conditionally(txn, present, columns).await?.ok_or_else(|| stale(present))
}

fn wrong_state(message: &str) -> Failure {
    Failure::refused(Code::WrongState, "id", message)
}
