//! Invitations to apply: an employer asks a person it found.

use sea_orm::sea_query::ExprTrait;
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use super::service::of_account;
use crate::accounts::viewer::{Recruiter, SignedIn};
use crate::clock::Timestamp;
use crate::entities::{account, application, candidate, employer, invitation, posting};
use crate::error::{Code, Failure, Outcome, Refusal, on_conflict};
use crate::ids::{self, Kind};
use crate::mail::letter::Letter;
use crate::mail::outbox::{Recipient, enqueue};
use crate::postings::model::is_open;
use crate::{postings, text};

/// Asks a person to apply to an open posting, in up to 2,000 characters. That the recruiter may see the person was found
/// out before.
///
/// # Errors
/// `NOT_FOUND` at `postingId`; `WRONG_STATE` there for a posting that is not open; `TAKEN` at `candidateId` for someone
/// who was asked, or has applied, already; a refusal at `message`.
pub async fn invite(
    txn: &DatabaseTransaction,
    by: Recruiter,
    posting_id: Uuid,
    candidate: &candidate::Model,
    message: Option<&str>,
    now: Timestamp,
) -> Outcome<invitation::Model> {
    let message = message.map(|message| text::prose("message", message, 1, 2_000)).transpose()?;
    let posting = postings::service::find(txn, by, posting_id).await.map_err(at_posting)?;
    if !is_open(&posting, now) {
        return Err(Failure::refused(Code::WrongState, "postingId", "This posting is not open."));
    }
    let taken = |message: &str| Refusal::new(Code::Taken, "candidateId", message);
    let applied = application::Entity::find()
        .filter(application::Column::PostingId.eq(posting.id).and(application::Column::CandidateId.eq(candidate.id)));
    if let Some(applied) = applied.one(txn).await? {
        return Err(taken("This person applied already.").against(Kind::Application, applied.id).into());
    }
    let asked = invitation::Entity::find()
        .filter(invitation::Column::PostingId.eq(posting.id).and(invitation::Column::CandidateId.eq(candidate.id)));
    if let Some(asked) = asked.one(txn).await? {
        return Err(taken("This person was asked already.").against(Kind::Invitation, asked.id).into());
    }
    let row = invitation::ActiveModel {
        id: Set(ids::generate(now)),
        posting_id: Set(posting.id),
        candidate_id: Set(candidate.id),
        account_id: Set(Some(by.0.account_id)),
        message: Set(message),
        created_at: Set(now),
        declined_at: Set(None),
    };
    let invited = row.insert(txn).await.map_err(|error| {
        let columns = "invitation.posting_id, invitation.candidate_id";
        on_conflict(error, "invitation_pair_key", columns, || taken("This person was asked already."))
    })?;
    tell(txn, &invited, posting, candidate.account_id, now).await?;
    Ok(invited)
}

async fn tell(
    txn: &DatabaseTransaction,
    invited: &invitation::Model,
    posting: posting::Model,
    account_id: Uuid,
    now: Timestamp,
) -> Outcome<()> {
    let account = account::Entity::find_by_id(account_id).one(txn).await?;
    let employer = employer::Entity::find_by_id(posting.employer_id).one(txn).await?;
    let (Some(account), Some(employer)) = (account, employer) else { return Ok(()) };
    let letter = Letter::InvitedToApply {
        posting: posting.id,
        title: posting.title,
        employer: employer.name,
        message: invited.message.clone(),
    };
    Ok(enqueue(txn, &Recipient::of(&account), &letter, &format!("invitation:{}", invited.id), now).await?)
}

fn at_posting(failure: Failure) -> Failure {
    match failure {
        Failure::Refused(_) => Failure::not_found("postingId", "posting"),
        internal @ Failure::Internal(_) => internal,
    }
}

/// Declines an invitation. Declining twice changes nothing.
///
/// # Errors
/// `NOT_FOUND` at `id`, also for invitations of other people.
pub async fn decline(
    txn: &DatabaseTransaction,
    by: &SignedIn,
    id: Option<Uuid>,
    now: Timestamp,
) -> Outcome<invitation::Model> {
    let not_found = || Failure::not_found("id", "invitation");
    let me = of_account(txn, by.account.id).await?.ok_or_else(not_found)?;
    let mine = invitation::Entity::find_by_id(id.ok_or_else(not_found)?)
        .filter(invitation::Column::CandidateId.eq(me.id))
        .one(txn);
    let present = mine.await?.ok_or_else(not_found)?;
    if present.declined_at.is_some() {
        return Ok(present);
    }
    let declined = invitation::ActiveModel { id: Set(present.id), declined_at: Set(Some(now)), ..Default::default() };
    Ok(declined.update(txn).await?)
}
