//! Applying: from a candidate's form to an application, with its first event and its copy of the posting.

use sea_orm::sea_query::LockType;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use sea_orm::{DbErr, QuerySelect};
use uuid::Uuid;

use super::answers::{self, AnswerForm};
use super::life::{self, Step};
use super::{copy, model};
use crate::accounts::viewer::SignedIn;
use crate::candidates::service::{ensure, note_intent};
use crate::clock::Timestamp;
use crate::entities::sets::{Answers, ApplicationStatus, ApplyKind, Deed, Party};
use crate::entities::{application, candidate, posting};
use crate::error::{Code, Failure, Outcome, Refusal, Refusals, on_conflict};
use crate::files::resumes::resume_of;
use crate::ids::{self, Kind};
use crate::postings::form::stale;
use crate::postings::model::is_open;

/// An application as a candidate writes it.
#[derive(Clone, Debug, Default)]
pub struct SubmissionForm {
    /// What is applied to; none if the identifier names no posting.
    pub posting_id: Option<Uuid>,
    /// The version of the posting that the candidate read, if it matters to them.
    pub posting_version: Option<i32>,
    /// The résumé that the employer is to see, if one was named; none inside if the identifier names none.
    pub resume: Option<Option<Uuid>>,
    /// Markdown.
    pub cover_letter: Option<String>,
    /// Answers to the posting's questions.
    pub answers: Vec<AnswerForm>,
}

/// Applies to an open posting. An account without a candidate's profile gets an empty one. That is an intent event.
///
/// # Errors
/// `NOT_FOUND` at `postingId` for a posting that is not open; `WRONG_STATE` there for one that takes no applications
/// here; `TAKEN` there, with the application, for one that the candidate has applied to already; `STALE_VERSION` at
/// `postingVersion`; `NOT_FOUND` at `resumeId`; all that is wrong with letter and answers.
pub async fn submit(
    txn: &DatabaseTransaction,
    by: &SignedIn,
    form: SubmissionForm,
    now: Timestamp,
) -> Outcome<application::Model> {
    let posting = open_posting(txn, form.posting_id, now).await?;
    if form.posting_version.is_some_and(|seen| seen != posting.version) {
        return Err(stale_posting(&posting));
    }
    let candidate_id = ensure(txn, by.account.id, now).await?.id;
    refuse_second(txn, posting.id, candidate_id).await?;
    let resume_id = match form.resume {
        Some(id) => Some(resume_of(txn, candidate_id, id).await?.id),
        None => None,
    };
    let (cover_letter, answers) = read(&posting, &form)?;
    let row = application::ActiveModel {
        id: Set(ids::generate(now)),
        external_id: Set(None),
        posting_id: Set(posting.id),
        candidate_id: Set(candidate_id),
        status: Set(ApplicationStatus::Submitted),
        submitted_at: Set(now),
        version: Set(1),
        updated_at: Set(now),
        posting_copy_id: Set(Some(copy::of(txn, &posting, now).await?)),
        cover_letter: Set(cover_letter),
        answers: Set(Some(answers)),
        reason: Set(None),
        handled_at: Set(None),
        anonymised_at: Set(None),
        resume_id: Set(resume_id),
    };
    let submitted = row.insert(txn).await.map_err(|error| {
        let columns = "application.posting_id, application.candidate_id";
        on_conflict(error, "application_active_pair_key", columns, already_applied)
    })?;
    let step = Step { party: Party::Candidate, account_id: Some(by.account.id), to: submitted.status, reason: None };
    life::tell(txn, &submitted, None, &step, Deed::Created, now).await?;
    note_intent(txn, candidate_id, now).await?;
    Ok(submitted)
}

/// The posting, if one can apply to it now. It cannot be closed by another transaction before this one ends: PostgreSQL
/// holds the row, SQLite has one writer.
async fn open_posting(txn: &DatabaseTransaction, id: Option<Uuid>, now: Timestamp) -> Outcome<posting::Model> {
    let not_found = || Failure::not_found("postingId", "posting");
    let found = posting::Entity::find_by_id(id.ok_or_else(not_found)?).lock_shared().one(txn).await?;
    let open = found.filter(|posting| is_open(posting, now)).ok_or_else(not_found)?;
    if open.apply_kind == ApplyKind::Internal {
        return Ok(open);
    }
    let message = "This posting takes applications elsewhere: see its `applyTarget`.";
    Err(Failure::refused(Code::WrongState, "postingId", message))
}

fn stale_posting(posting: &posting::Model) -> Failure {
    match stale(posting) {
        Failure::Refused(refusals) => Failure::Refused(
            refusals
                .into_iter()
                .map(|refusal| Refusal { path: vec!["postingVersion".to_owned()], ..refusal })
                .collect(),
        ),
        internal @ Failure::Internal(_) => internal,
    }
}

/// Names the application that the candidate has under way. Applications of one candidate wait for each other here, so
/// that the second can be told of the first; the unique index holds whatever happens.
async fn refuse_second(txn: &DatabaseTransaction, posting_id: Uuid, candidate_id: Uuid) -> Outcome<()> {
    candidate::Entity::find_by_id(candidate_id).lock(LockType::NoKeyUpdate).one(txn).await?;
    match under_way(txn, posting_id, candidate_id).await? {
        Some(id) => Err(already_applied().against(Kind::Application, id).into()),
        None => Ok(()),
    }
}

async fn under_way(db: &impl ConnectionTrait, posting_id: Uuid, candidate_id: Uuid) -> Result<Option<Uuid>, DbErr> {
    let rows = application::Entity::find()
        .filter(application::Column::PostingId.eq(posting_id))
        .filter(application::Column::CandidateId.eq(candidate_id));
    let active = rows.all(db).await?.into_iter().find(|row| row.status.is_active());
    Ok(active.map(|row| row.id))
}

fn already_applied() -> Refusal {
    Refusal::new(Code::Taken, "postingId", "You applied to this posting already.")
}

fn read(posting: &posting::Model, form: &SubmissionForm) -> Outcome<(Option<String>, Answers)> {
    let mut refusals = Refusals::default();
    let cover_letter = refusals.keep(form.cover_letter.as_deref().map(model::cover_letter).transpose());
    let answers = answers::read(&posting.questions.0, &form.answers, &mut refusals);
    refusals.check()?;
    Ok((cover_letter.flatten(), Answers(answers)))
}
