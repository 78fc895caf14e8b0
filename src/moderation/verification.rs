//! Owners asking for their employer to be verified.

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};

use super::cases;
use crate::accounts::viewer::Owner;
use crate::audit::{self, Entry, Origin};
use crate::clock::Timestamp;
use crate::entities::sets::{AuditAction, CaseKind};
use crate::entities::{employer, moderation_case};
use crate::error::{Code, Failure, Outcome};
use crate::ids::Kind;
use crate::text;

/// Requests of one employer within [`WINDOW`].
const MAX_REQUESTS: u64 = 3;
/// How long a request counts.
const WINDOW: TimeDelta = TimeDelta::days(30);

/// Asks administrators to verify an employer, with a note of up to 2,000 characters that tells them why they may.
///
/// # Errors
/// `WRONG_STATE` at `employerId` for one that is verified; `TAKEN` there while a request waits; `NOT_ALLOWED` for the fourth
/// in 30 days; a refusal at `note`.
pub async fn request(
    txn: &DatabaseTransaction,
    by: Owner,
    note: &str,
    origin: &Origin,
    now: Timestamp,
) -> Outcome<employer::Model> {
    let note = text::prose("note", note, 1, 2_000)?;
    let refused = |code, message: &str| Failure::refused(code, "employerId", message);
    let id = by.0.employer_id;
    let employer = employer::Entity::find_by_id(id).lock_exclusive().one(txn).await?;
    let employer = employer.ok_or_else(|| Failure::not_found("employerId", "employer"))?;
    if employer.verified_at.is_some() {
        return Err(refused(Code::WrongState, "This employer is verified."));
    }
    let (_, is_new) = cases::open(txn, CaseKind::EmployerVerification, (id, None), Some(note), now).await?;
    if !is_new {
        return Err(refused(Code::Taken, "A request waits already."));
    }
    let lately = moderation_case::Entity::find()
        .filter(moderation_case::Column::EmployerId.eq(id))
        .filter(moderation_case::Column::Kind.eq(CaseKind::EmployerVerification))
        .filter(moderation_case::Column::OpenedAt.gt(now - WINDOW));
    if lately.count(txn).await? > MAX_REQUESTS {
        return Err(refused(Code::NotAllowed, "At most three requests in 30 days."));
    }
    audit::record(txn, origin, Entry::new(AuditAction::VerificationRequested, Kind::Employer, id), now).await?;
    Ok(employer)
}
