//! What an employer does with postings: write, change and delete them, and keep them in step with another system.

use sea_orm::sea_query::ExprTrait;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use super::form::{PostingForm, Reading, read, stale};
use super::{search_text, write};
use crate::accounts::viewer::Recruiter;
use crate::clock::Timestamp;
use crate::entities::sets::{ApplyKind, Deed, Lines, PayStatus, PostingStatus, Questions, Subject, Workplace};
use crate::entities::{application, posting};
use crate::error::{Code, Failure, Outcome, Refusal, on_conflict};
use crate::feed;
use crate::form::Change;
use crate::ids;
use crate::reference::Reference;
use crate::reference::resolve::Resolver;
use crate::text;

/// Writes a draft.
///
/// # Errors
/// All that is wrong with the form; `TAKEN` at `externalId`.
pub async fn create(
    txn: &DatabaseTransaction,
    by: Recruiter,
    form: PostingForm,
    reference: &Reference,
    now: Timestamp,
) -> Outcome<posting::Model> {
    let mut missing = Vec::new();
    for (path, change) in [("title", &form.title), ("description", &form.description)] {
        if *change == Change::Keep {
            missing.push(Refusal::new(Code::Required, path, "A posting has this."));
        }
    }
    if !missing.is_empty() {
        return Err(Failure::Refused(missing));
    }
    let reading = read(form, None, reference, &mut Resolver::new(txn), now).await?;
    insert(txn, by.0.employer_id, reading, now).await
}

async fn insert(
    txn: &DatabaseTransaction,
    employer_id: Uuid,
    mut reading: Reading,
    now: Timestamp,
) -> Outcome<posting::Model> {
    let columns = std::mem::take(&mut reading.columns);
    let employer_name = search_text::hold_name(txn, employer_id).await?;
    let row = draft(ids::generate(now), employer_id, &columns, now);
    let inserted = row.insert(txn).await.map_err(external_id_taken)?;
    write::lists(txn, inserted.id, true, &reading).await?;
    feed::record(txn, (Subject::Posting, inserted.id), Deed::Created, now).await?;
    index(txn, &employer_name, inserted).await
}

/// A new row: what the form left open takes its default.
#[must_use]
pub fn draft(id: Uuid, employer_id: Uuid, columns: &posting::ActiveModel, now: Timestamp) -> posting::ActiveModel {
    let blank = posting::ActiveModel {
        id: Set(id),
        employer_id: Set(employer_id),
        external_id: Set(None),
        status: Set(PostingStatus::Draft),
        title: Set(String::new()),
        title_key: Set(String::new()),
        description: Set(String::new()),
        search_text: Set(String::new()),
        search_hash: Set(None),
        language: Set(None),
        role_id: Set(None),
        industry_id: Set(None),
        employment_types: Set(0),
        workplace: Set(Workplace::Onsite),
        is_worldwide: Set(false),
        experience_level: Set(None),
        experience_months: Set(None),
        education: Set(None),
        openings: Set(1),
        hired: Set(0),
        pay_status: Set(PayStatus::Withheld),
        pay_min: Set(None),
        pay_max: Set(None),
        pay_currency: Set(None),
        pay_period: Set(None),
        pay_hours_per_week: Set(None),
        pay_other: Set(None),
        pay_annual: Set(None),
        pay_rank: Set(None),
        benefits: Set(Lines::default()),
        apply_kind: Set(ApplyKind::Internal),
        apply_target: Set(None),
        questions: Set(Questions::default()),
        published_at: Set(None),
        valid_through: Set(None),
        closed_at: Set(None),
        close_reason: Set(None),
        reject_reason: Set(None),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
    };
    over(blank, columns)
}

/// The columns of `changes` over those of `base`.
fn over(mut base: posting::ActiveModel, changes: &posting::ActiveModel) -> posting::ActiveModel {
    use sea_orm::{ActiveValue, Iterable};
    for column in posting::Column::iter() {
        if let ActiveValue::Set(value) = changes.get(column) {
            base.set(column, value);
        }
    }
    base
}

/// Writes the text in which the posting is found, after everything else of it was written.
async fn index(txn: &DatabaseTransaction, employer_name: &str, posting: posting::Model) -> Outcome<posting::Model> {
    let mut changed = search_text::bring_up(txn, employer_name, &[(&posting).into()]).await?;
    Ok(match changed.remove(&posting.id) {
        Some(text) => posting::Model { search_hash: Some(text.hash), search_text: text.words, ..posting },
        None => posting,
    })
}

fn external_id_taken(error: sea_orm::DbErr) -> Failure {
    on_conflict(error, "posting_external_id_key", "posting.employer_id, posting.external_id", || {
        Refusal::new(Code::Taken, "externalId", "Another posting of this employer has this name.")
    })
}

/// A posting of the employer.
///
/// # Errors
/// `NOT_FOUND` at `id`, also for postings of other employers.
pub async fn find(db: &impl ConnectionTrait, by: Recruiter, id: Uuid) -> Outcome<posting::Model> {
    let mine = posting::Entity::find_by_id(id).filter(posting::Column::EmployerId.eq(by.0.employer_id));
    mine.one(db).await?.ok_or_else(|| Failure::not_found("id", "posting"))
}

/// Changes a posting that is not closed; a rejected one becomes a draft again.
///
/// # Errors
/// All that is wrong with the form; `STALE_VERSION` at `version`; `WRONG_STATE` for one that is closed or under review.
pub async fn update(
    txn: &DatabaseTransaction,
    by: Recruiter,
    (id, seen): (Uuid, i32),
    form: PostingForm,
    reference: &Reference,
    now: Timestamp,
) -> Outcome<posting::Model> {
    let present = find(txn, by, id).await?;
    if present.version != seen {
        return Err(stale(&present));
    }
    change(txn, present, form, reference, now).await
}

async fn change(
    txn: &DatabaseTransaction,
    present: posting::Model,
    form: PostingForm,
    reference: &Reference,
    now: Timestamp,
) -> Outcome<posting::Model> {
    if matches!(present.status, PostingStatus::Closed | PostingStatus::PendingReview) {
        return Err(Failure::refused(
            Code::WrongState,
            "id",
            "A posting that is closed or under review stays as it is.",
        ));
    }
    let mut reading = read(form, Some(&present), reference, &mut Resolver::new(txn), now).await?;
    let mut columns = std::mem::take(&mut reading.columns);
    columns.updated_at = Set(now);
    if present.status == PostingStatus::Rejected {
        columns.status = Set(PostingStatus::Draft);
        columns.reject_reason = Set(None);
    }
    let employer_name = search_text::hold_name(txn, present.employer_id).await?;
    let changed = write::conditionally(txn, &present, columns).await.map_err(external_id_taken)?;
    let changed = changed.ok_or_else(|| stale(&present))?;
    write::lists(txn, changed.id, false, &reading).await?;
    if matches!(changed.status, PostingStatus::Published | PostingStatus::Paused) {
        super::life::complete(txn, &changed).await?;
    }
    index(txn, &employer_name, changed).await
}

/// Deletes a posting to which nobody applied.
///
/// # Errors
/// `STALE_VERSION` at `version`; `WRONG_STATE` for one that has applications: close it instead.
pub async fn delete(txn: &DatabaseTransaction, by: Recruiter, id: Uuid, seen: i32, now: Timestamp) -> Outcome<Uuid> {
    let present = find(txn, by, id).await?;
    if present.version != seen {
        return Err(stale(&present));
    }
    let applied = sea_orm::sea_query::Query::select()
        .expr(sea_orm::sea_query::Expr::val(1))
        .from(application::Entity)
        .and_where(application::Column::PostingId.eq(id))
        .to_owned();
    let deleted = posting::Entity::delete_many()
        .filter(posting::Column::Id.eq(id))
        .filter(posting::Column::Version.eq(seen))
        .filter(sea_orm::sea_query::Expr::exists(applied).not());
    if deleted.exec(txn).await?.rows_affected == 0 {
        return Err(Failure::refused(
            Code::WrongState,
            "id",
            "People applied to this posting: close it, and they keep what they applied to.",
        ));
    }
    feed::record(txn, (Subject::Posting, id), Deed::Ended, now).await?;
    Ok(id)
}

/// Writes the posting that the employer's own system calls `external_id`: a new one, or a change of the present one.
///
/// # Errors
/// All that is wrong with the form.
pub async fn sync(
    txn: &DatabaseTransaction,
    by: Recruiter,
    form: PostingForm,
    reference: &Reference,
    now: Timestamp,
) -> Outcome<posting::Model> {
    let Some(name) = form.external_id.as_given() else {
        return Err(Failure::refused(Code::Required, "externalId", "An item is named by the employer's own system."));
    };
    let name = text::line("externalId", name, 1, 200)?;
    let present = posting::Entity::find()
        .filter(posting::Column::EmployerId.eq(by.0.employer_id))
        .filter(posting::Column::ExternalId.eq(name));
    match present.one(txn).await? {
        None => create(txn, by, form, reference, now).await,
        Some(present) => change(txn, present, form, reference, now).await,
    }
}

/// The employer of a posting, for finding out who may act on it.
///
/// # Errors
/// `NOT_FOUND` at `path`.
pub async fn employer_of(db: &impl ConnectionTrait, id: Option<Uuid>, path: &str) -> Outcome<Uuid> {
    use sea_orm::QuerySelect;
    let not_found = || Failure::not_found(path, "posting");
    let id = id.ok_or_else(not_found)?;
    let employer = posting::Entity::find_by_id(id).select_only().column(posting::Column::EmployerId);
    employer.into_tuple().one(db).await?.ok_or_else(not_found)
}
