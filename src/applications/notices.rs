//! Who is told of an application by e-mail: recruiters when it comes in or its candidate answers, the candidate when the
//! employer, or time, moves it.

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::entities::sets::{MemberRole, Party};
use crate::entities::{account, application, candidate, employer, membership, posting};
use crate::error::Outcome;
use crate::mail::letter::Letter;
use crate::mail::outbox::{Recipient, enqueue};

/// What a notice names.
struct Names {
    title: String,
    employer_id: Uuid,
    employer: String,
}

/// Writes the letters that a submission or a move of this party causes.
///
/// # Errors
/// The database failed.
pub async fn write(
    txn: &impl ConnectionTrait,
    moved: &application::Model,
    party: Party,
    now: Timestamp,
) -> Outcome<()> {
    let Some(names) = names(txn, moved.posting_id).await? else { return Ok(()) };
    let Some(candidate) = account_of(txn, moved.candidate_id).await? else { return Ok(()) };
    match party {
        Party::Candidate => tell_recruiters(txn, moved, names, &candidate, now).await,
        Party::Employer | Party::System => tell_candidate(txn, moved, names, &candidate, now).await,
    }
}

async fn tell_candidate(
    txn: &impl ConnectionTrait,
    moved: &application::Model,
    names: Names,
    candidate: &account::Model,
    now: Timestamp,
) -> Outcome<()> {
    let letter = Letter::ApplicationMoved {
        application: moved.id,
        title: names.title,
        employer: names.employer,
        status: moved.status,
        message: moved.reason.clone(),
    };
    let key = format!("application-moved:{}:{}", moved.id, moved.version);
    Ok(enqueue(txn, &Recipient::of(candidate), &letter, &key, now).await?)
}

async fn tell_recruiters(
    txn: &impl ConnectionTrait,
    moved: &application::Model,
    names: Names,
    candidate: &account::Model,
    now: Timestamp,
) -> Outcome<()> {
    let (title, employer, candidate) = (names.title, names.employer, candidate.name.clone());
    let letter = if moved.version == 1 {
        Letter::ApplicationReceived { application: moved.id, title, employer, candidate }
    } else {
        Letter::ApplicationAnswered { application: moved.id, title, employer, candidate, status: moved.status }
    };
    for recruiter in recruiters(txn, names.employer_id).await? {
        let key = format!("application:{}:{}:{}", moved.id, moved.version, recruiter.id);
        enqueue(txn, &Recipient::of(&recruiter), &letter, &key, now).await?;
    }
    Ok(())
}

async fn names(txn: &impl ConnectionTrait, posting_id: Uuid) -> Result<Option<Names>, DbErr> {
    let Some(posting) = posting::Entity::find_by_id(posting_id).one(txn).await? else { return Ok(None) };
    let employer = employer::Entity::find_by_id(posting.employer_id).one(txn).await?;
    let title = posting.title;
    Ok(employer.map(|employer| Names { title, employer_id: employer.id, employer: employer.name }))
}

async fn account_of(txn: &impl ConnectionTrait, candidate_id: Uuid) -> Result<Option<account::Model>, DbErr> {
    match candidate::Entity::find_by_id(candidate_id).one(txn).await? {
        Some(candidate) => account::Entity::find_by_id(candidate.account_id).one(txn).await,
        None => Ok(None),
    }
}

/// The accounts that may move applications of the employer.
async fn recruiters(txn: &impl ConnectionTrait, employer_id: Uuid) -> Result<Vec<account::Model>, DbErr> {
    let members = membership::Entity::find()
        .filter(membership::Column::EmployerId.eq(employer_id))
        .filter(membership::Column::Role.is_in([MemberRole::Owner, MemberRole::Recruiter]))
        .order_by_asc(membership::Column::CreatedAt)
        .all(txn)
        .await?;
    let ids = members.into_iter().map(|member| member.account_id);
    account::Entity::find().filter(account::Column::Id.is_in(ids)).all(txn).await
}
