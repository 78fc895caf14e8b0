//! What administrators decide: the deed itself, the end of its case, a line in the audit log and a mail, in one
//! transaction.

use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, QuerySelect};
use uuid::Uuid;

use super::cases::{self, Closing};
use crate::accounts::viewer::Administrator;
use crate::audit::{self, Entry, Origin};
use crate::clock::Timestamp;
use crate::employers;
use crate::employers::members::accounts_of;
use crate::entities::sets::{AuditAction, CaseKind, CaseStatus, MemberRole, ModerationDecision, PostingStatus};
use crate::entities::{employer, moderation_case, posting};
use crate::error::{Code, Failure, Outcome, Refusal};
use crate::ids::Kind;
use crate::mail::letter::Letter;
use crate::mail::outbox::{Recipient, enqueue};
use crate::postings::life::{self, Seen};
use crate::text;

/// What is decided about a posting under review.
#[derive(Clone, Copy, Debug)]
pub enum Verdict<'a> {
    /// It is shown.
    Approve,
    /// It goes back, for a reason, which must be given.
    Reject(Option<&'a str>),
}

/// Decides a case. Two decisions about one case: the second is refused.
///
/// # Errors
/// `NOT_FOUND` or `WRONG_STATE` at `caseId`; `INVALID` at `decision` for one that does not fit; a refusal at `reason`,
/// which REJECT and TAKE_DOWN need.
pub async fn decide(
    txn: &DatabaseTransaction,
    by: Administrator,
    id: Option<Uuid>,
    (decision, reason): (ModerationDecision, Option<&str>),
    origin: &Origin,
    now: Timestamp,
) -> Outcome<moderation_case::Model> {
    use ModerationDecision as D;
    let present = find(txn, id).await?;
    let seen = held(txn, &present).await?;
    match (present.kind, decision, seen) {
        (CaseKind::PostingReview, D::Approve, Some(seen)) => {
            review(txn, by, seen.0, Verdict::Approve, origin, now).await.map_err(at_case)?;
        }
        (CaseKind::PostingReview, D::Reject, Some(seen)) => {
            review(txn, by, seen.0, Verdict::Reject(reason), origin, now).await.map_err(at_case)?;
        }
        (CaseKind::PostingReports, D::TakeDown, Some((seen, status))) => {
            let reason = needed(reason)?;
            if status == PostingStatus::Closed {
                // Its employer was faster: the reports were right all the same.
                close_of_posting(txn, by, seen.id, (D::TakeDown, Some(&reason)), now).await?;
            } else {
                take_down(txn, by, seen, Some(&reason), origin, now).await.map_err(at_case)?;
            }
        }
        (CaseKind::PostingReports, D::Dismiss, Some((seen, _))) => {
            dismiss(txn, by, seen.id, reason, origin, now).await?;
        }
        (CaseKind::EmployerVerification, D::Approve, _) => {
            verify(txn, by, Some(present.employer_id), true, origin, now).await?;
        }
        (CaseKind::EmployerVerification, D::Reject, _) => {
            decline(txn, by, present.employer_id, &needed(reason)?, origin, now).await?;
        }
        _ => return Err(Failure::refused(Code::Invalid, "decision", "This is no decision about a case of this kind.")),
    }
    Ok(moderation_case::Entity::find_by_id(present.id).one(txn).await?.unwrap_or(present))
}

/// The case, if it waits.
async fn find(txn: &DatabaseTransaction, id: Option<Uuid>) -> Outcome<moderation_case::Model> {
    let not_found = || Failure::not_found("caseId", "case");
    let found = moderation_case::Entity::find_by_id(id.ok_or_else(not_found)?).one(txn).await?.ok_or_else(not_found)?;
    match found.status {
        CaseStatus::Open => Ok(found),
        CaseStatus::Closed => Err(decided()),
    }
}

fn decided() -> Failure {
    Failure::refused(Code::WrongState, "caseId", "This case is decided already.")
}

/// The posting of a case, which nobody changes until the transaction ends, and its state. Whoever decided in the meantime
/// held it too, so the case is looked at again behind it.
async fn held(txn: &DatabaseTransaction, case: &moderation_case::Model) -> Outcome<Option<(Seen, PostingStatus)>> {
    let held = match case.posting_id {
        Some(id) => posting::Entity::find_by_id(id).lock_exclusive().one(txn).await?,
        None => None,
    };
    find(txn, Some(case.id)).await?;
    Ok(held.map(|posting| (Seen { id: posting.id, version: posting.version }, posting.status)))
}

/// A refusal of the posting is one of the case that is about it.
fn at_case(failure: Failure) -> Failure {
    let moved = |refusal: Refusal| match refusal.path.first().map(String::as_str) {
        Some("id" | "version") => Refusal { path: vec!["caseId".to_owned()], ..refusal },
        _ => refusal,
    };
    match failure {
        Failure::Refused(refusals) => Failure::Refused(refusals.into_iter().map(moved).collect()),
        internal @ Failure::Internal(_) => internal,
    }
}

fn needed(reason: Option<&str>) -> Outcome<String> {
    let reason = reason.ok_or_else(|| Failure::refused(Code::Required, "reason", "Say why."))?;
    Ok(text::prose("reason", reason, 1, 2_000)?)
}

/// Publishes a posting that was reviewed, or sends it back.
///
/// # Errors
/// `NOT_FOUND`; `STALE_VERSION`; `WRONG_STATE`; a refusal at `reason`, which a rejection needs.
pub async fn review(
    txn: &DatabaseTransaction,
    by: Administrator,
    seen: Seen,
    verdict: Verdict<'_>,
    origin: &Origin,
    now: Timestamp,
) -> Outcome<posting::Model> {
    let (reviewed, action, decision, rejection) = match verdict {
        Verdict::Approve => {
            let shown = life::approve(txn, by, seen, now).await?;
            (shown, AuditAction::PostingApproved, ModerationDecision::Approve, None)
        }
        Verdict::Reject(reason) => {
            let reason = needed(reason)?;
            let sent_back = life::reject(txn, by, seen, &reason, now).await?;
            (sent_back, AuditAction::PostingRejected, ModerationDecision::Reject, Some(reason))
        }
    };
    close_of_posting(txn, by, reviewed.id, (decision, rejection.as_deref()), now).await?;
    audit::record(txn, origin, about_posting(action, &reviewed, rejection.as_deref()), now).await?;
    let title = reviewed.title.clone();
    let letter = |employer| Letter::PostingReviewed { posting: reviewed.id, title, employer, rejection };
    let key = format!("posting-reviewed/{}/{}", reviewed.id, reviewed.version);
    tell(txn, reviewed.employer_id, MemberRole::Recruiter, &key, letter, now).await?;
    Ok(reviewed)
}

/// Takes a posting down, whoever wrote it; reports about it are settled by that.
///
/// # Errors
/// `NOT_FOUND`; `STALE_VERSION`; `WRONG_STATE`.
pub async fn take_down(
    txn: &DatabaseTransaction,
    by: Administrator,
    seen: Seen,
    reason: Option<&str>,
    origin: &Origin,
    now: Timestamp,
) -> Outcome<posting::Model> {
    let down = life::take_down(txn, by, seen, now).await?;
    close_of_posting(txn, by, down.id, (ModerationDecision::TakeDown, reason), now).await?;
    audit::record(txn, origin, about_posting(AuditAction::PostingTakenDown, &down, reason), now).await?;
    let (title, reason) = (down.title.clone(), reason.map(str::to_owned));
    let letter = |employer| Letter::PostingTakenDown { posting: down.id, title, employer, reason };
    let key = format!("posting-taken-down/{}/{}", down.id, down.version);
    tell(txn, down.employer_id, MemberRole::Recruiter, &key, letter, now).await?;
    Ok(down)
}

async fn dismiss(
    txn: &DatabaseTransaction,
    by: Administrator,
    posting_id: Uuid,
    reason: Option<&str>,
    origin: &Origin,
    now: Timestamp,
) -> Outcome<()> {
    let reason = reason.map(|reason| text::prose("reason", reason, 1, 2_000)).transpose()?;
    close_of_posting(txn, by, posting_id, (ModerationDecision::Dismiss, reason.as_deref()), now).await?;
    let entry = Entry::new(AuditAction::ReportsDismissed, Kind::Posting, posting_id);
    Ok(audit::record(txn, origin, entry.with("reason", reason), now).await?)
}

/// Says whether an employer is who it claims to be, and answers its request, if there is one. Saying the same twice changes
/// nothing.
///
/// # Errors
/// `NOT_FOUND` at `id`.
pub async fn verify(
    txn: &DatabaseTransaction,
    by: Administrator,
    id: Option<Uuid>,
    is_verified: bool,
    origin: &Origin,
    now: Timestamp,
) -> Outcome<employer::Model> {
    let before = employers::service::find(txn, id, "id").await?;
    let employer = employers::service::verify(txn, by, id, is_verified, now).await?;
    if is_verified {
        close_of_employer(txn, by, employer.id, (ModerationDecision::Approve, None), now).await?;
    }
    if before.verified_at.is_some() == is_verified {
        return Ok(employer);
    }
    let action = if is_verified { AuditAction::EmployerVerified } else { AuditAction::EmployerUnverified };
    audit::record(txn, origin, Entry::new(action, Kind::Employer, employer.id), now).await?;
    if is_verified {
        let key = format!("employer-reviewed/{}/{}", employer.id, employer.version);
        let letter = |employer| Letter::EmployerReviewed { employer, rejection: None };
        tell(txn, employer.id, MemberRole::Owner, &key, letter, now).await?;
    }
    Ok(employer)
}

async fn decline(
    txn: &DatabaseTransaction,
    by: Administrator,
    employer_id: Uuid,
    reason: &str,
    origin: &Origin,
    now: Timestamp,
) -> Outcome<()> {
    let closed = close_of_employer(txn, by, employer_id, (ModerationDecision::Reject, Some(reason)), now).await?;
    let Some(closed) = closed.into_iter().next() else { return Err(decided()) };
    let entry = Entry::new(AuditAction::VerificationDeclined, Kind::Employer, employer_id);
    audit::record(txn, origin, entry.with("reason", reason), now).await?;
    let key = format!("employer-reviewed/{employer_id}/{}", closed.id);
    let letter = |employer| Letter::EmployerReviewed { employer, rejection: Some(reason.to_owned()) };
    tell(txn, employer_id, MemberRole::Owner, &key, letter, now).await
}

async fn close_of_posting(
    txn: &DatabaseTransaction,
    by: Administrator,
    posting_id: Uuid,
    (decision, reason): (ModerationDecision, Option<&str>),
    now: Timestamp,
) -> Result<(), DbErr> {
    let which = Condition::all().add(moderation_case::Column::PostingId.eq(posting_id));
    cases::close(txn, which, &Closing { decision, reason, by: by.account_id }, now).await.map(drop)
}

async fn close_of_employer(
    txn: &DatabaseTransaction,
    by: Administrator,
    employer_id: Uuid,
    (decision, reason): (ModerationDecision, Option<&str>),
    now: Timestamp,
) -> Result<Vec<moderation_case::Model>, DbErr> {
    let which = Condition::all()
        .add(moderation_case::Column::EmployerId.eq(employer_id))
        .add(moderation_case::Column::PostingId.is_null());
    cases::close(txn, which, &Closing { decision, reason, by: by.account_id }, now).await
}

fn about_posting(action: AuditAction, posting: &posting::Model, reason: Option<&str>) -> Entry {
    Entry::new(action, Kind::Posting, posting.id).with("version", posting.version).with("reason", reason)
}

/// Writes a mail to the members of an employer with at least this role.
async fn tell(
    txn: &DatabaseTransaction,
    employer_id: Uuid,
    at_least: MemberRole,
    key: &str,
    letter: impl FnOnce(String) -> Letter,
    now: Timestamp,
) -> Outcome<()> {
    let employer = employers::service::find(txn, Some(employer_id), "id").await?;
    let letter = letter(employer.name);
    for account in accounts_of(txn, employer_id, at_least).await? {
        enqueue(txn, &Recipient::of(&account), &letter, &format!("{key}/{}", account.id), now).await?;
    }
    Ok(())
}
