//! Postings that people keep for later.

use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, JoinType, PaginatorTrait,
    QueryFilter, QuerySelect, RelationDef, Select, Set,
};
use uuid::Uuid;

use super::model::MAX_POSTINGS;
use crate::accounts::viewer::SignedIn;
use crate::candidates::service::{ensure, note_intent, of_account};
use crate::clock::Timestamp;
use crate::entities::sets::{CloseReason, Deed, PostingStatus, Subject};
use crate::entities::{candidate, posting, saved_posting};
use crate::error::{Code, Failure, Outcome};
use crate::feed;
use crate::postings::model::is_open;

/// Keeps an open posting for the viewer. An account without a candidate's profile gets an empty one. That is an intent
/// event; keeping what is kept changes nothing else.
///
/// # Errors
/// `NOT_FOUND` at `postingId`; `WRONG_STATE` there for one that is not open, and that the viewer sees all the same;
/// `TOO_LONG` there for one more than a candidate may keep.
pub async fn save(
    txn: &DatabaseTransaction,
    by: &SignedIn,
    posting_id: Option<Uuid>,
    now: Timestamp,
) -> Outcome<posting::Model> {
    let posting = find(txn, posting_id).await?;
    if !is_open(&posting, now) {
        let is_seen = sees(by, &posting);
        let not_open = Failure::refused(Code::WrongState, "postingId", "This posting is not open.");
        return Err(if is_seen { not_open } else { not_found() });
    }
    let candidate = ensure(txn, by.account.id, now).await?;
    hold(txn, candidate.id).await?;
    if saved_posting::Entity::find_by_id((candidate.id, posting.id)).one(txn).await?.is_some() {
        return Ok(posting);
    }
    let kept = saved_posting::Entity::find().filter(saved_posting::Column::CandidateId.eq(candidate.id));
    if kept.count(txn).await? >= MAX_POSTINGS {
        let message = format!("At most {MAX_POSTINGS} saved postings: let go of one first.");
        return Err(Failure::refused(Code::TooLong, "postingId", message));
    }
    let row =
        saved_posting::ActiveModel { candidate_id: Set(candidate.id), posting_id: Set(posting.id), saved_at: Set(now) };
    row.insert(txn).await?;
    note_intent(txn, candidate.id, now).await?;
    feed::record(txn, (Subject::Candidate, candidate.id), Deed::Updated, now).await?;
    Ok(posting)
}

/// Lets go of a posting; gives its identifier. Letting go of what is not kept changes nothing.
///
/// # Errors
/// `NOT_FOUND` at `postingId` for a posting that the viewer neither kept nor sees.
pub async fn unsave(
    txn: &DatabaseTransaction,
    by: &SignedIn,
    posting_id: Option<Uuid>,
    now: Timestamp,
) -> Outcome<Uuid> {
    let posting = find(txn, posting_id).await?;
    let released = match of_account(txn, by.account.id).await? {
        Some(me) => saved_posting::Entity::delete_by_id((me.id, posting.id)).exec(txn).await?.rows_affected > 0,
        None => false,
    };
    if released || is_open(&posting, now) || sees(by, &posting) { Ok(posting.id) } else { Err(not_found()) }
}

async fn find(txn: &impl ConnectionTrait, id: Option<Uuid>) -> Outcome<posting::Model> {
    posting::Entity::find_by_id(id.ok_or_else(not_found)?).one(txn).await?.ok_or_else(not_found)
}

fn not_found() -> Failure {
    Failure::not_found("postingId", "posting")
}

/// Whether the viewer sees a posting whatever its state.
fn sees(by: &SignedIn, posting: &posting::Model) -> bool {
    by.account.is_admin || by.memberships.iter().any(|mine| mine.employer_id == posting.employer_id)
}

/// Holds the candidate until the transaction ends, so that what is counted stays true. Rows that refer to the candidate can be
/// written meanwhile by others, who would otherwise wait in a circle.
///
/// # Errors
/// The database failed.
pub(super) async fn hold(txn: &DatabaseTransaction, candidate_id: Uuid) -> Result<(), DbErr> {
    let row = candidate::Entity::find_by_id(candidate_id).select_only().column(candidate::Column::Id);
    row.lock(LockType::NoKeyUpdate).into_tuple::<Uuid>().one(txn).await.map(drop)
}

/// The postings that a candidate keeps: those that are open, and those that were and have ended since. What was taken down
/// is gone for everyone.
#[must_use]
pub fn of_candidate(candidate_id: Uuid) -> Select<posting::Entity> {
    let kept: RelationDef = posting::Entity::belongs_to(saved_posting::Entity)
        .from(posting::Column::Id)
        .to(saved_posting::Column::PostingId)
        .into();
    let shown = [PostingStatus::Published, PostingStatus::Paused, PostingStatus::Closed];
    let reason = posting::Column::CloseReason;
    posting::Entity::find()
        .join(JoinType::InnerJoin, kept)
        .filter(saved_posting::Column::CandidateId.eq(candidate_id))
        .filter(posting::Column::Status.is_in(shown))
        .filter(sea_orm::Condition::any().add(reason.is_null()).add(reason.ne(CloseReason::Moderation)))
}
