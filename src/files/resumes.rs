//! Résumés: files that a candidate keeps and shows.

use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter,
    QuerySelect, Set,
};
use uuid::Uuid;

use super::model::{self, MAX_RESUMES, free_slot};
use super::service::{self, keep};
use super::uploads;
use crate::accounts::viewer::SignedIn;
use crate::candidates::service::{ensure, note_intent, of_account};
use crate::clock::Timestamp;
use crate::entities::sets::{Deed, FileKind, Subject};
use crate::entities::{candidate, file, resume, upload};
use crate::error::{Code, Failure, Outcome, Refusal, on_conflict};
use crate::feed;
use crate::ids;

/// A résumé with its file.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The résumé.
    pub resume: resume::Model,
    /// Its file.
    pub file: file::Model,
}

/// Makes an upload that arrived a résumé of the viewer. An account without a candidate's profile gets an empty one. That
/// is an intent event.
///
/// # Errors
/// `NOT_FOUND` at `uploadId`, `WRONG_STATE` there while its bytes are missing, `TOO_LONG` there for an eleventh résumé;
/// what is wrong with the title.
pub async fn add(
    txn: &DatabaseTransaction,
    by: &SignedIn,
    upload_id: Option<Uuid>,
    title: Option<&str>,
    now: Timestamp,
) -> Outcome<Kept> {
    let title = title.map(model::title).transpose()?;
    let not_found = || Failure::not_found("uploadId", "upload");
    let upload = uploads::find(txn, upload_id.ok_or_else(not_found)?, now).await?;
    let upload = upload.filter(|row| row.account_id == by.account.id && row.kind == FileKind::Resume);
    let upload = upload.ok_or_else(not_found)?;
    let file_id = upload
        .file_id
        .ok_or_else(|| Failure::refused(Code::WrongState, "uploadId", "The bytes of this upload have not arrived."))?;
    let candidate = ensure(txn, by.account.id, now).await?;
    let slot = slot(txn, candidate.id).await?;
    upload::Entity::delete_by_id(upload.id).exec(txn).await?;
    if !keep(txn, file_id, now).await? {
        return Err(not_found());
    }
    let file = file::Entity::find_by_id(file_id).one(txn).await?.ok_or_else(not_found)?;
    let row = resume::ActiveModel {
        id: Set(ids::generate(now)),
        candidate_id: Set(candidate.id),
        slot: Set(slot),
        file_id: Set(file_id),
        title: Set(title.unwrap_or_else(|| model::title_of(&file.file_name))),
        created_at: Set(now),
    };
    let resume = row.insert(txn).await;
    let resume =
        resume.map_err(|error| on_conflict(error, "resume_slot_key", "resume.candidate_id, resume.slot", full))?;
    changed(txn, candidate.id, now).await?;
    Ok(Kept { resume, file })
}

/// A free slot. Résumés of one candidate wait for each other here; the unique slots hold whatever happens.
async fn slot(txn: &DatabaseTransaction, candidate_id: Uuid) -> Outcome<i32> {
    let row = candidate::Entity::find_by_id(candidate_id).select_only().column(candidate::Column::Id);
    row.lock(LockType::NoKeyUpdate).into_tuple::<Uuid>().one(txn).await?;
    let taken = resume::Entity::find()
        .filter(resume::Column::CandidateId.eq(candidate_id))
        .select_only()
        .column(resume::Column::Slot);
    let taken: Vec<i32> = taken.into_tuple().all(txn).await?;
    Ok(free_slot(&taken, MAX_RESUMES).ok_or_else(full)?)
}

fn full() -> Refusal {
    Refusal::new(Code::TooLong, "uploadId", format!("At most {MAX_RESUMES} résumés: remove one first."))
}

/// Calls a résumé of the viewer something else.
///
/// # Errors
/// `NOT_FOUND` at `id`; what is wrong with the title.
pub async fn rename(
    txn: &DatabaseTransaction,
    by: &SignedIn,
    id: Option<Uuid>,
    title: &str,
    now: Timestamp,
) -> Outcome<Kept> {
    let title = model::title(title)?;
    let resume = mine(txn, by, id).await?;
    let file = file::Entity::find_by_id(resume.file_id).one(txn).await?;
    let file = file.ok_or_else(|| Failure::not_found("id", "résumé"))?;
    let row = resume::ActiveModel { id: Set(resume.id), title: Set(title), ..Default::default() };
    let resume = row.update(txn).await?;
    changed(txn, resume.candidate_id, now).await?;
    Ok(Kept { resume, file })
}

/// Removes a résumé of the viewer, from the applications made with it too; gives its identifier. The bytes go after the
/// commit.
///
/// # Errors
/// `NOT_FOUND` at `id`.
pub async fn remove(txn: &DatabaseTransaction, by: &SignedIn, id: Option<Uuid>, now: Timestamp) -> Outcome<Uuid> {
    let resume = mine(txn, by, id).await?;
    if resume::Entity::delete_by_id(resume.id).exec(txn).await?.rows_affected == 0 {
        return Err(Failure::not_found("id", "résumé"));
    }
    service::remove(txn, Condition::all().add(file::Column::Id.eq(resume.file_id)), now).await?;
    changed(txn, resume.candidate_id, now).await?;
    Ok(resume.id)
}

async fn mine(txn: &DatabaseTransaction, by: &SignedIn, id: Option<Uuid>) -> Outcome<resume::Model> {
    let not_found = || Failure::not_found("id", "résumé");
    let candidate = of_account(txn, by.account.id).await?.ok_or_else(not_found)?;
    let row = resume::Entity::find_by_id(id.ok_or_else(not_found)?)
        .filter(resume::Column::CandidateId.eq(candidate.id))
        .lock_exclusive();
    row.one(txn).await?.ok_or_else(not_found)
}

/// A résumé of the candidate, to be named by an application. It cannot go before the transaction ends.
///
/// # Errors
/// `NOT_FOUND` at `resumeId`, also for those of others.
pub async fn resume_of(txn: &impl ConnectionTrait, candidate_id: Uuid, id: Option<Uuid>) -> Outcome<resume::Model> {
    let not_found = || Failure::not_found("resumeId", "résumé");
    let row = resume::Entity::find_by_id(id.ok_or_else(not_found)?)
        .filter(resume::Column::CandidateId.eq(candidate_id))
        .lock_shared();
    row.one(txn).await?.ok_or_else(not_found)
}

async fn changed(txn: &DatabaseTransaction, candidate_id: Uuid, now: Timestamp) -> Outcome<()> {
    feed::record(txn, (Subject::Candidate, candidate_id), Deed::Updated, now).await?;
    Ok(note_intent(txn, candidate_id, now).await?)
}
