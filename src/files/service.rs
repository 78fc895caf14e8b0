//! What holds for every file: how bytes get their row and lose it, and who may fetch them.

use aws_lc_rs::digest::{SHA256, digest};
use chrono::TimeDelta;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, JoinType,
    QueryFilter, QuerySelect, Set,
};
use uuid::Uuid;

use super::address::Grant;
use super::model::DOWNLOAD_WITHIN;
use super::storage::Storage;
use crate::clock::Timestamp;
use crate::entities::sets::{ApplicationStatus, FileKind};
use crate::entities::{application, candidate, file, file_removal, membership, posting, resume, upload};
use crate::ids;
use crate::state::State;

/// How long bytes may be written before a row names them. Longer than any request lasts.
const NAME_WITHIN: TimeDelta = TimeDelta::minutes(15);

/// Bytes in the storage that no row names yet. If none ever does, they are removed.
#[derive(Debug)]
pub struct Written {
    key: String,
    size: i64,
    sha256: Vec<u8>,
}

/// What is said of bytes when they get their row.
#[derive(Debug)]
pub struct Label {
    /// Whose they are.
    pub account_id: Uuid,
    /// What they are.
    pub kind: FileKind,
    /// What people call the file.
    pub file_name: String,
    /// Their media type.
    pub content_type: String,
    /// When they are removed, unless somebody says otherwise.
    pub expires_at: Timestamp,
}

/// Writes bytes to the storage. Their removal is noted first, so that no crash leaves them behind.
///
/// # Errors
/// The database or the storage does not answer.
pub async fn write(state: &State, bytes: Vec<u8>) -> anyhow::Result<Written> {
    let now = state.clock.now();
    let sha256 = digest(&SHA256, &bytes).as_ref().to_vec();
    let written = Written { key: Storage::new_key(now), size: i64::try_from(bytes.len())?, sha256 };
    let note = file_removal::ActiveModel {
        storage_key: Set(written.key.clone()),
        is_final: Set(false),
        due_at: Set(now + NAME_WITHIN),
    };
    file_removal::Entity::insert(note).exec_without_returning(state.db.writes()).await?;
    state.files.put(&written.key, bytes).await?;
    Ok(written)
}

/// Gives written bytes their row, and takes back the note of their removal.
///
/// # Errors
/// The note is being carried out, or the database failed.
pub async fn label(
    txn: &DatabaseTransaction,
    written: Written,
    label: Label,
    now: Timestamp,
) -> anyhow::Result<file::Model> {
    let note = file_removal::Entity::delete_many()
        .filter(file_removal::Column::StorageKey.eq(&written.key))
        .filter(file_removal::Column::IsFinal.eq(false));
    anyhow::ensure!(note.exec(txn).await?.rows_affected == 1, "the bytes of a file were removed before it got its row");
    let row = file::ActiveModel {
        id: Set(ids::generate(now)),
        account_id: Set(label.account_id),
        kind: Set(label.kind),
        storage_key: Set(written.key),
        file_name: Set(label.file_name),
        content_type: Set(label.content_type),
        size: Set(written.size),
        sha256: Set(written.sha256),
        created_at: Set(now),
        expires_at: Set(Some(label.expires_at)),
    };
    Ok(row.insert(txn).await?)
}

/// The address at which an account fetches a file, for five minutes.
#[must_use]
pub fn address_of(state: &State, file_id: Uuid, account_id: Uuid, now: Timestamp) -> String {
    Grant::Fetch { file_id, account_id }.address(&state.config.public_url, &state.signer, now + DOWNLOAD_WITHIN)
}

/// The file that an account may fetch now, whatever held when its address was made.
///
/// # Errors
/// The database failed.
pub async fn fetchable(
    db: &impl ConnectionTrait,
    file_id: Uuid,
    account_id: Uuid,
    now: Timestamp,
) -> Result<Option<file::Model>, DbErr> {
    let held = Condition::any().add(file::Column::ExpiresAt.is_null()).add(file::Column::ExpiresAt.gt(now));
    let Some(row) = file::Entity::find_by_id(file_id).filter(held).one(db).await? else { return Ok(None) };
    if row.account_id == account_id {
        return Ok(Some(row));
    }
    let resume = resume::Entity::find().filter(resume::Column::FileId.eq(file_id)).one(db).await?;
    let Some(resume) = resume else { return Ok(None) };
    let memberships = membership::Entity::find().filter(membership::Column::AccountId.eq(account_id)).all(db).await?;
    let shown_to: Vec<_> = shown_to(db, &[resume.id]).await?.into_iter().map(|(_, employer)| employer).collect();
    let is_member = |employer| memberships.iter().any(|membership| membership.employer_id == employer);
    Ok(is_visible_to(&row, &shown_to, account_id, is_member).then_some(row))
}

/// Whether an account may see a résumé: its owner, and the members of the employers to which it was shown.
pub fn is_visible_to(
    file: &file::Model,
    shown_to: &[Uuid],
    account_id: Uuid,
    is_member: impl Fn(Uuid) -> bool,
) -> bool {
    file.account_id == account_id || shown_to.iter().any(|id| is_member(*id))
}

/// To which employers résumés were shown, as pairs of résumé and employer: by an application that was not withdrawn.
///
/// # Errors
/// The database failed.
pub async fn shown_to(db: &impl ConnectionTrait, resume_ids: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>, DbErr> {
    let to_posting =
        application::Entity::belongs_to(posting::Entity).from(application::Column::PostingId).to(posting::Column::Id);
    let pairs = application::Entity::find()
        .select_only()
        .column(application::Column::ResumeId)
        .column(posting::Column::EmployerId)
        .join(JoinType::InnerJoin, to_posting.into())
        .filter(application::Column::ResumeId.is_in(resume_ids.iter().copied()))
        .filter(application::Column::Status.ne(ApplicationStatus::Withdrawn))
        .distinct();
    pairs.into_tuple().all(db).await
}

/// Removes all files of an account with everything that names them, and what it was about to send. The bytes go after
/// the commit. The account can be deleted then; before, the database does not allow it.
///
/// # Errors
/// The database failed.
pub async fn remove_all_of(txn: &DatabaseTransaction, account_id: Uuid, now: Timestamp) -> Result<(), DbErr> {
    let candidates = Query::select()
        .column(candidate::Column::Id)
        .from(candidate::Entity)
        .and_where(candidate::Column::AccountId.eq(account_id))
        .to_owned();
    resume::Entity::delete_many().filter(resume::Column::CandidateId.in_subquery(candidates)).exec(txn).await?;
    upload::Entity::delete_many().filter(upload::Column::AccountId.eq(account_id)).exec(txn).await?;
    remove(txn, Condition::all().add(file::Column::AccountId.eq(account_id)), now).await.map(drop)
}

/// Removes files that nothing names any more, and notes that their bytes are to go. Says how many there were.
///
/// # Errors
/// Something names one of them still, or the database failed.
pub async fn remove(txn: &DatabaseTransaction, which: Condition, now: Timestamp) -> Result<usize, DbErr> {
    let removed = file::Entity::delete_many().filter(which).exec_with_returning(txn).await?;
    let count = removed.len();
    let notes = removed.into_iter().map(|row| file_removal::ActiveModel {
        storage_key: Set(row.storage_key),
        is_final: Set(true),
        due_at: Set(now),
    });
    if count > 0 {
        file_removal::Entity::insert_many(notes).exec_without_returning(txn).await?;
    }
    Ok(count)
}

/// Keeps a file that waited to be used. False if it is used or gone already.
///
/// # Errors
/// The database failed.
pub async fn keep(txn: &DatabaseTransaction, file_id: Uuid, now: Timestamp) -> Result<bool, DbErr> {
    let update = file::Entity::update_many()
        .col_expr(file::Column::ExpiresAt, Expr::value(Option::<Timestamp>::None))
        .filter(file::Column::Id.eq(file_id))
        .filter(file::Column::ExpiresAt.gt(now));
    Ok(update.exec(txn).await?.rows_affected == 1)
}
