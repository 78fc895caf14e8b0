//! Invitations: an owner names an address, and whoever reads its mail becomes a member.
//!
//! Any signed-in account that holds the token may accept, whatever its own address is: people sign in with a private
//! address and are invited at work. The token went to the named address alone, holds once and for seven days, and shows
//! who joined among the members; what an owner has begun ends when the owner goes, so that nobody who was removed comes
//! back by a letter of their own.

use chrono::TimeDelta;
use sea_orm::sea_query::{Expr, OnConflict, Query, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, PaginatorTrait, QueryFilter,
    QuerySelect, Select,
};
use uuid::Uuid;

use super::{members, service};
use crate::accounts::model::Email;
use crate::accounts::opaque;
use crate::accounts::viewer::{Owner, SignedIn, Viewer};
use crate::clock::Timestamp;
use crate::entities::sets::MemberRole;
use crate::entities::{account, member_invitation, membership};
use crate::error::{Code, Failure, Outcome, Refusal};
use crate::ids::{self, Kind};
use crate::mail::letter::Letter;
use crate::mail::outbox::{Recipient, enqueue};

/// How long an invitation holds.
const LIFETIME: TimeDelta = TimeDelta::days(7);
/// Invitations of one account within a day, whatever the employers: mail to strangers is not for the asking.
const PER_DAY: u64 = 50;

/// Invitations that hold.
fn open(now: Timestamp) -> Condition {
    let inviter_is_owner = Query::select()
        .expr(Expr::val(1))
        .from(membership::Entity)
        .and_where(same(membership::Column::EmployerId, member_invitation::Column::EmployerId))
        .and_where(same(membership::Column::AccountId, member_invitation::Column::InvitedBy))
        .and_where(membership::Column::Role.eq(MemberRole::Owner))
        .to_owned();
    Condition::all()
        .add(member_invitation::Column::EndedAt.is_null())
        .add(member_invitation::Column::ExpiresAt.gt(now))
        .add(Expr::exists(inviter_is_owner))
}

/// The invitations of an employer that hold, for its owners.
#[must_use]
pub fn of_employer(employer_id: Uuid, now: Timestamp) -> Select<member_invitation::Entity> {
    member_invitation::Entity::find().filter(member_invitation::Column::EmployerId.eq(employer_id)).filter(open(now))
}

/// An invitation of an employer that the viewer owns.
///
/// # Errors
/// `NOT_FOUND` at `id`, also for those of other employers.
pub async fn find(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    id: Option<Uuid>,
) -> Outcome<(Owner, member_invitation::Model)> {
    let not_found = || Failure::not_found("id", "invitation");
    let row = member_invitation::Entity::find_by_id(id.ok_or_else(not_found)?).one(db).await?.ok_or_else(not_found)?;
    let owner = viewer.owner(row.employer_id).map_err(|_| not_found())?;
    Ok((owner, row))
}

/// Invites the person who reads the mail of an address.
///
/// # Errors
/// `INVALID` or `TOO_LONG` at `email`; `TAKEN` there for members and for who is invited already; `NOT_ALLOWED` there after
/// too many within a day.
pub async fn invite(
    txn: &DatabaseTransaction,
    by: Owner,
    email: &str,
    role: MemberRole,
    now: Timestamp,
) -> Outcome<member_invitation::Model> {
    let email = Email::parse(email)?;
    let (employer_id, inviter) = (by.0.employer_id, hold(txn, by.0.account_id).await?);
    let recent = member_invitation::Entity::find()
        .filter(member_invitation::Column::InvitedBy.eq(inviter.id))
        .filter(member_invitation::Column::CreatedAt.gt(now - TimeDelta::days(1)));
    if recent.count(txn).await? >= PER_DAY {
        let message = format!("At most {PER_DAY} invitations a day. Go on tomorrow.");
        return Err(Failure::refused(Code::NotAllowed, "email", message));
    }
    if let Some(member) = members::with_address(txn, employer_id, &email).await? {
        return Err(members::is_member("email").against(Kind::Membership, member.id).into());
    }
    let token = opaque::random()?;
    let row = insert(txn, by, &email, role, &token, now).await?;
    let letter = Letter::MemberInvited {
        employer: service::find(txn, Some(employer_id), "employerId").await?.name,
        inviter: inviter.name,
        role,
        token,
        expires_at: row.expires_at,
    };
    enqueue(txn, &Recipient::stranger(email.written()), &letter, &format!("member-invited/{}", row.id), now).await?;
    Ok(row)
}

/// The account, held until the transaction ends, so that its invitations are counted one after the other.
async fn hold(txn: &DatabaseTransaction, id: Uuid) -> Outcome<account::Model> {
    let row = account::Entity::find_by_id(id).lock_exclusive().one(txn).await?;
    row.ok_or_else(|| Failure::not_found("employerId", "employer"))
}

async fn insert(
    txn: &DatabaseTransaction,
    by: Owner,
    email: &Email,
    role: MemberRole,
    token: &str,
    now: Timestamp,
) -> Outcome<member_invitation::Model> {
    let of_address = Condition::all()
        .add(member_invitation::Column::EmployerId.eq(by.0.employer_id))
        .add(member_invitation::Column::EmailKey.eq(email.key()));
    // One that does not hold any more makes room.
    let stale = Condition::all().add(of_address.clone()).add(open(now).not());
    end(txn, stale, now).await?;
    let row = member_invitation::Model {
        id: ids::generate(now),
        employer_id: by.0.employer_id,
        invited_by: Some(by.0.account_id),
        email: email.written().to_owned(),
        email_key: email.key().to_owned(),
        role,
        token_hash: opaque::hash(token),
        created_at: now,
        expires_at: now + LIFETIME,
        ended_at: None,
    };
    let insert = member_invitation::Entity::insert(member_invitation::ActiveModel::from(row.clone()))
        .on_conflict(OnConflict::new().do_nothing().to_owned());
    if insert.exec_without_returning(txn).await? > 0 {
        return Ok(row);
    }
    let refusal = Refusal::new(Code::Taken, "email", "This person is invited already.");
    let present = member_invitation::Entity::find().filter(of_address).filter(open(now)).one(txn).await?;
    Err(match present {
        Some(present) => refusal.against(Kind::MemberInvitation, present.id).into(),
        None => refusal.into(),
    })
}

/// Makes the account that holds the token a member.
///
/// # Errors
/// `BAD_CREDENTIALS` at `token`; `TAKEN` there for a member.
pub async fn accept(
    txn: &DatabaseTransaction,
    by: &SignedIn,
    token: &str,
    now: Timestamp,
) -> Outcome<membership::Model> {
    let named = open(now).add(member_invitation::Column::TokenHash.eq(opaque::hash(token)));
    let invitation = end(txn, named, now).await?.into_iter().next().ok_or_else(|| {
        Failure::refused(
            Code::BadCredentials,
            "token",
            "This invitation does not hold, or no longer. Ask for a new one.",
        )
    })?;
    members::insert(txn, (invitation.employer_id, by.account.id), invitation.role, "token", now).await
}

/// Takes an invitation back.
///
/// # Errors
/// `NOT_FOUND` at `id`, also for one that was accepted or has ended.
pub async fn revoke(
    txn: &DatabaseTransaction,
    by: Owner,
    id: Uuid,
    now: Timestamp,
) -> Outcome<member_invitation::Model> {
    let mine = Condition::all()
        .add(member_invitation::Column::Id.eq(id))
        .add(member_invitation::Column::EmployerId.eq(by.0.employer_id))
        .add(member_invitation::Column::EndedAt.is_null());
    let ended = end(txn, mine, now).await?.into_iter().next();
    ended.ok_or_else(|| Failure::not_found("id", "invitation"))
}

async fn end(
    txn: &DatabaseTransaction,
    which: Condition,
    now: Timestamp,
) -> Result<Vec<member_invitation::Model>, DbErr> {
    let update = member_invitation::Entity::update_many()
        .col_expr(member_invitation::Column::EndedAt, Expr::value(now))
        .filter(member_invitation::Column::EndedAt.is_null())
        .filter(which);
    update.exec_with_returning(txn).await
}

fn same(one: membership::Column, other: member_invitation::Column) -> SimpleExpr {
    use sea_orm::sea_query::ExprTrait as _;
    Expr::col((membership::Entity, one)).equals((member_invitation::Entity, other))
}
