//! The moves of an application: each is one conditional write on state and version, with an event beside it.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use super::model::{allows, next, reason};
use super::notices;
use crate::accounts::viewer::{Member, Recruiter, SignedIn};
use crate::clock::Timestamp;
use crate::entities::sets::{ApplicationStatus, Deed, Party, Subject};
use crate::entities::{application, application_event, candidate, posting};
use crate::error::{Code, Failure, Outcome, Refusal};
use crate::feed;
use crate::ids::{self, Kind};
use crate::postings;

/// An application and the version of it that its reader saw.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// The application.
    pub id: Uuid,
    /// The version.
    pub version: i32,
}

/// A move: who makes it, where to, and what the other side is told.
#[derive(Clone, Debug)]
pub struct Step {
    /// Who moves.
    pub party: Party,
    /// The account that acts; none for the server.
    pub account_id: Option<Uuid>,
    /// Where to.
    pub to: ApplicationStatus,
    /// What the candidate is told, if anything.
    pub reason: Option<String>,
}

/// An application to a posting of the member's employer. A member's own application is for colleagues to judge.
///
/// # Errors
/// `NOT_FOUND` at `id`, also for applications to others; `NOT_ALLOWED` for one's own.
pub async fn find_in_employer(db: &impl ConnectionTrait, by: Member, id: Uuid) -> Outcome<application::Model> {
    let ours = Query::select()
        .column(posting::Column::Id)
        .from(posting::Entity)
        .and_where(posting::Column::EmployerId.eq(by.employer_id))
        .to_owned();
    let found = find_among(db, id, application::Column::PostingId, ours).await?;
    let candidate = candidate::Entity::find_by_id(found.candidate_id).one(db).await?;
    if candidate.is_some_and(|candidate| candidate.account_id == by.account_id) {
        return Err(Failure::refused(Code::NotAllowed, "id", "This is your own application: a colleague judges it."));
    }
    Ok(found)
}

/// An application of the account.
///
/// # Errors
/// `NOT_FOUND` at `id`, also for those of other people.
pub async fn find_own(db: &impl ConnectionTrait, by: &SignedIn, id: Uuid) -> Outcome<application::Model> {
    let mine = Query::select()
        .column(candidate::Column::Id)
        .from(candidate::Entity)
        .and_where(candidate::Column::AccountId.eq(by.account.id))
        .to_owned();
    find_among(db, id, application::Column::CandidateId, mine).await
}

async fn find_among(
    db: &impl ConnectionTrait,
    id: Uuid,
    column: application::Column,
    owners: SelectStatement,
) -> Outcome<application::Model> {
    let found = application::Entity::find_by_id(id).filter(column.in_subquery(owners)).one(db).await?;
    found.ok_or_else(|| Failure::not_found("id", "application"))
}

/// The employer to which an application was made, for finding out who may act on it.
///
/// # Errors
/// `NOT_FOUND` at `path`.
pub async fn employer_of(db: &impl ConnectionTrait, id: Uuid, path: &str) -> Outcome<Uuid> {
    let row = application::Entity::find_by_id(id).one(db).await?;
    let row = row.ok_or_else(|| Failure::not_found(path, "application"))?;
    postings::service::employer_of(db, Some(row.posting_id), path).await
}

/// Moves an application as its employer. The n-th hire closes a posting of n openings as FILLED.
///
/// # Errors
/// `NOT_FOUND`; `STALE_VERSION`; `WRONG_STATE` at `to`; a refusal at `reason`, which REJECTED and RESCINDED need.
pub async fn move_to(
    txn: &DatabaseTransaction,
    by: Recruiter,
    seen: Seen,
    to: ApplicationStatus,
    told: Option<&str>,
    now: Timestamp,
) -> Outcome<application::Model> {
    let present = find_in_employer(txn, by.0, seen.id).await?;
    let step = Step { party: Party::Employer, account_id: Some(by.0.account_id), to, reason: reason(to, told)? };
    let moved = apply(txn, &present, seen, step, now).await?;
    if to == ApplicationStatus::Hired {
        postings::life::hire(txn, moved.posting_id, now).await?;
    }
    Ok(moved)
}

/// Moves an application as the person who applied: WITHDRAWN, OFFER_ACCEPTED or OFFER_DECLINED.
///
/// # Errors
/// `NOT_FOUND`; `STALE_VERSION`; `WRONG_STATE` at `id`.
pub async fn answer(
    txn: &DatabaseTransaction,
    by: &SignedIn,
    seen: Seen,
    to: ApplicationStatus,
    now: Timestamp,
) -> Outcome<application::Model> {
    let present = find_own(txn, by, seen.id).await?;
    let step = Step { party: Party::Candidate, account_id: Some(by.account.id), to, reason: None };
    apply(txn, &present, seen, step, now).await
}

/// Makes a move: one conditional write, and an event beside it.
///
/// # Errors
/// `STALE_VERSION` at `version`; `WRONG_STATE` for a move that the table of the domain does not have.
pub async fn apply(
    txn: &impl ConnectionTrait,
    present: &application::Model,
    seen: Seen,
    step: Step,
    now: Timestamp,
) -> Outcome<application::Model> {
    if present.version != seen.version {
        return Err(stale(present));
    }
    if !allows(step.party, present.status, step.to) {
        return Err(wrong_state(step.party, present.status));
    }
    let mut columns = application::ActiveModel {
        status: Set(step.to),
        reason: Set(step.reason.clone()),
        updated_at: Set(now),
        ..Default::default()
    };
    if step.party == Party::Employer {
        columns.handled_at = Set(Some(now));
    }
    let update = application::Entity::update_many()
        .set(columns)
        .col_expr(application::Column::Version, Expr::col(application::Column::Version).add(1))
        .filter(application::Column::Id.eq(present.id))
        .filter(application::Column::Version.eq(present.version))
        .filter(application::Column::Status.eq(present.status));
    let moved = update.exec_with_returning(txn).await?.into_iter().next().ok_or_else(|| stale(present))?;
    tell(txn, &moved, Some(present.status), &step, Deed::Moved, now).await?;
    Ok(moved)
}

/// Writes the event of a move that was made and the letters that tell of it, and records the change.
///
/// # Errors
/// The database failed.
pub async fn tell(
    txn: &impl ConnectionTrait,
    moved: &application::Model,
    from: Option<ApplicationStatus>,
    step: &Step,
    deed: Deed,
    now: Timestamp,
) -> Outcome<()> {
    let event = application_event::ActiveModel {
        id: Set(ids::generate(now)),
        application_id: Set(moved.id),
        from_status: Set(from),
        to_status: Set(moved.status),
        party: Set(step.party),
        account_id: Set(step.account_id),
        note: Set(step.reason.clone()),
        at: Set(now),
    };
    application_event::Entity::insert(event).exec_without_returning(txn).await?;
    notices::write(txn, moved, step.party, now).await?;
    Ok(feed::record(txn, (Subject::Application, moved.id), deed, now).await?)
}

fn stale(present: &application::Model) -> Failure {
    let message = format!("Someone was faster: the application is at version {} now.", present.version);
    Refusal::new(Code::StaleVersion, "version", message).against(Kind::Application, present.id).into()
}

fn wrong_state(party: Party, from: ApplicationStatus) -> Failure {
    let path = if party == Party::Employer { "to" } else { "id" };
    let open = next(party, from);
    let message = if open.is_empty() {
        "This application stays as it is: you have no move to make.".to_owned()
    } else {
        let words: Vec<_> = open.iter().map(sea_orm::ActiveEnum::to_value).collect();
        format!("From here it goes to {}.", words.join(" or "))
    };
    Failure::refused(Code::WrongState, path, message)
}
