//! Sending files: a promise to take one, then its bytes, once.

use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect,
    Set,
};
use uuid::Uuid;

use super::judge::Objection;
use super::model::{self, DocumentType, MAX_WAITING, UPLOAD_WITHIN, USE_WITHIN, free_slot};
use super::service::{self, Label};
use crate::accounts::viewer::SignedIn;
use crate::clock::Timestamp;
use crate::entities::sets::FileKind;
use crate::entities::{account, upload};
use crate::error::{Code, Failure, Outcome, Refusals};
use crate::ids;
use crate::state::State;

/// A file as its owner announces it.
#[derive(Clone, Debug)]
pub struct UploadForm {
    /// What it is for.
    pub kind: FileKind,
    /// What its owner calls it.
    pub file_name: String,
    /// Its media type.
    pub content_type: String,
    /// Its bytes.
    pub size: i32,
}

/// Why bytes are not taken. Nothing was kept of them.
#[derive(Debug)]
pub enum NotTaken {
    /// The bytes are there already; they come once.
    Twice,
    /// There are more or fewer bytes than were announced.
    Size {
        /// How many were announced.
        announced: i64,
    },
    /// They are of no type that is taken, or of another than was announced.
    Type,
    /// The reason, for people.
    Content(&'static str),
    /// Only we can mend it.
    Internal(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for NotTaken {
    fn from(error: E) -> Self {
        Self::Internal(error.into())
    }
}

/// Promises to take a file.
///
/// # Errors
/// All that is wrong with the form; `TOO_LONG` at `kind` when too many uploads of the account wait.
pub async fn create(
    txn: &DatabaseTransaction,
    by: &SignedIn,
    form: UploadForm,
    max_bytes: usize,
    now: Timestamp,
) -> Outcome<upload::Model> {
    let mut refusals = Refusals::default();
    let document = refusals.keep(DocumentType::parse(&form.content_type)).unwrap_or(DocumentType::Pdf);
    let file_name = refusals.keep(model::file_name(&form.file_name, document)).unwrap_or_default();
    if form.size < 1 {
        refusals.add(Code::Invalid, "size", "A file has bytes.");
    } else if usize::try_from(form.size).is_ok_and(|size| size > max_bytes) {
        refusals.add(Code::TooLong, "size", format!("At most {max_bytes} bytes."));
    }
    refusals.check()?;
    let row = upload::ActiveModel {
        id: Set(ids::generate(now)),
        account_id: Set(by.account.id),
        slot: Set(slot(txn, by.account.id, now).await?),
        kind: Set(form.kind),
        file_name: Set(file_name),
        content_type: Set(document.content_type().to_owned()),
        size: Set(form.size.into()),
        created_at: Set(now),
        expires_at: Set(now + USE_WITHIN),
        file_id: Set(None),
    };
    Ok(row.insert(txn).await?)
}

/// A free slot. Uploads of one account wait for each other here; the unique slots hold whatever happens.
async fn slot(txn: &DatabaseTransaction, account_id: Uuid, now: Timestamp) -> Outcome<i32> {
    let row = account::Entity::find_by_id(account_id).select_only().column(account::Column::Id);
    row.lock(LockType::NoKeyUpdate).into_tuple::<Uuid>().one(txn).await?;
    let mine = || upload::Column::AccountId.eq(account_id);
    upload::Entity::delete_many().filter(mine()).filter(upload::Column::ExpiresAt.lte(now)).exec(txn).await?;
    let taken = upload::Entity::find().filter(mine()).select_only().column(upload::Column::Slot);
    let taken: Vec<i32> = taken.into_tuple().all(txn).await?;
    free_slot(&taken, MAX_WAITING).ok_or_else(|| {
        let message = format!("{MAX_WAITING} uploads wait already: use them, or let them lapse within an hour.");
        Failure::refused(Code::TooLong, "kind", message)
    })
}

/// Until when the bytes of an upload may be sent.
#[must_use]
pub fn closes_at(upload: &upload::Model) -> Timestamp {
    upload.created_at + UPLOAD_WITHIN
}

/// The promise, while it holds.
///
/// # Errors
/// The database failed.
pub async fn find(db: &impl ConnectionTrait, id: Uuid, now: Timestamp) -> Result<Option<upload::Model>, DbErr> {
    upload::Entity::find_by_id(id).filter(upload::Column::ExpiresAt.gt(now)).one(db).await
}

/// Takes the bytes of an upload, once they are judged. They wait to be used until the promise is over.
///
/// # Errors
/// See [`NotTaken`].
pub async fn receive(state: &State, upload: &upload::Model, bytes: Vec<u8>) -> Result<(), NotTaken> {
    if upload.file_id.is_some() {
        return Err(NotTaken::Twice);
    }
    if i64::try_from(bytes.len()).ok() != Some(upload.size) {
        return Err(NotTaken::Size { announced: upload.size });
    }
    let (bytes, verdict) = state.judge.judge(bytes).await?;
    match verdict {
        Ok(document) if document.content_type() == upload.content_type => {}
        Ok(_) | Err(Objection::Type) => return Err(NotTaken::Type),
        Err(Objection::Content(reason)) => return Err(NotTaken::Content(reason)),
    }
    let written = service::write(state, bytes).await?;
    let now = state.clock.now();
    let label = Label {
        account_id: upload.account_id,
        kind: upload.kind,
        file_name: upload.file_name.clone(),
        content_type: upload.content_type.clone(),
        expires_at: upload.expires_at,
    };
    let txn = state.db.begin().await?;
    let file = service::label(&txn, written, label, now).await?;
    let first = upload::Entity::update_many()
        .col_expr(upload::Column::FileId, Expr::value(file.id))
        .filter(upload::Column::Id.eq(upload.id))
        .filter(upload::Column::FileId.is_null())
        .filter(upload::Column::ExpiresAt.gt(now));
    if first.exec(&txn).await?.rows_affected == 0 {
        // The bytes of a slower or late sender stay without a row, and go.
        txn.rollback().await?;
        return Err(NotTaken::Twice);
    }
    txn.commit().await?;
    Ok(())
}
