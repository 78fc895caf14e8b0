//! Tokens that are sent by mail: whoever holds one reads the mail of an address. They are random, kept as a hash, hold
//! once and for a while, and a newer one ends the older ones of its purpose.

use chrono::TimeDelta;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, PaginatorTrait, QueryFilter, Set,
};
use uuid::Uuid;

use super::opaque;
use crate::clock::Timestamp;
use crate::entities::mail_token;
use crate::entities::sets::MailPurpose;
use crate::error::{Code, Failure, Outcome};
use crate::ids;

/// Tokens of one purpose that an address gets within an hour; more requests are accepted and come to nothing.
const PER_HOUR: u64 = 5;

/// What a token is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// What it will be good for.
    pub purpose: MailPurpose,
    /// Whose it is; `None` when nobody has the address, which must not show.
    pub account: Option<Uuid>,
    /// What requests are counted by: the address that was named, in the form in which addresses are compared.
    pub requested_by: &'a str,
    /// The address that the token proves.
    pub email: &'a str,
}

/// A token, for the mail alone.
#[derive(Clone, Debug)]
pub struct Issued {
    /// Names the mail.
    pub id: Uuid,
    /// The token itself.
    pub token: String,
}

const fn lifetime(purpose: MailPurpose) -> TimeDelta {
    match purpose {
        MailPurpose::VerifyAddress | MailPurpose::ChangeAddress => TimeDelta::hours(24),
        MailPurpose::ResetPassword => TimeDelta::minutes(30),
    }
}

/// Makes a token and ends the older ones of its purpose; `None` when there were too many within the hour. The caller
/// holds the row of the account, so that requests of one account happen one after the other.
///
/// # Errors
/// The database failed.
pub async fn issue(txn: &DatabaseTransaction, request: Request<'_>, now: Timestamp) -> Outcome<Option<Issued>> {
    let same = Condition::all()
        .add(mail_token::Column::RequestedBy.eq(request.requested_by))
        .add(mail_token::Column::Purpose.eq(request.purpose));
    let recent = mail_token::Entity::find()
        .filter(same.clone())
        .filter(mail_token::Column::CreatedAt.gt(now - TimeDelta::hours(1)));
    if recent.count(txn).await? >= PER_HOUR {
        return Ok(None);
    }
    end(txn, same, now).await?;
    let issued = Issued { id: ids::generate(now), token: opaque::random()? };
    let row = mail_token::ActiveModel {
        id: Set(issued.id),
        purpose: Set(request.purpose),
        account_id: Set(request.account),
        requested_by: Set(request.requested_by.to_owned()),
        email: Set(request.email.to_owned()),
        token_hash: Set(opaque::hash(&issued.token)),
        created_at: Set(now),
        expires_at: Set(now + lifetime(request.purpose)),
        used_at: Set(None),
    };
    mail_token::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(Some(issued))
}

/// Tokens that hold.
fn live(now: Timestamp) -> Condition {
    Condition::all()
        .add(mail_token::Column::UsedAt.is_null())
        .add(mail_token::Column::ExpiresAt.gt(now))
        .add(mail_token::Column::AccountId.is_not_null())
}

fn named(purpose: MailPurpose, token: &str, now: Timestamp) -> Condition {
    live(now).add(mail_token::Column::TokenHash.eq(opaque::hash(token))).add(mail_token::Column::Purpose.eq(purpose))
}

/// The account whose token this is, if it holds now. [`claim`] asks again.
///
/// # Errors
/// The database failed.
pub async fn holder(
    db: &impl ConnectionTrait,
    purpose: MailPurpose,
    token: &str,
    now: Timestamp,
) -> Result<Option<Uuid>, DbErr> {
    let held = mail_token::Entity::find().filter(named(purpose, token, now)).one(db).await?;
    Ok(held.and_then(|token| token.account_id))
}

/// Uses the token up and says whose it is and which address it proves.
///
/// # Errors
/// `BAD_CREDENTIALS` at `token`, whatever the reason.
pub async fn claim(
    txn: &DatabaseTransaction,
    purpose: MailPurpose,
    token: &str,
    now: Timestamp,
) -> Outcome<(Uuid, mail_token::Model)> {
    let update = mail_token::Entity::update_many()
        .col_expr(mail_token::Column::UsedAt, Expr::value(now))
        .filter(named(purpose, token, now));
    let used = update.exec_with_returning(txn).await?.into_iter().next();
    used.and_then(|used| Some((used.account_id?, used))).ok_or_else(refused)
}

/// The refusal of a token that does not hold.
#[must_use]
pub fn refused() -> Failure {
    Failure::refused(Code::BadCredentials, "token", "This link does not hold, or no longer. Ask for a new one.")
}

/// Ends every token of the account.
///
/// # Errors
/// The database failed.
pub async fn end_all(txn: &DatabaseTransaction, account: Uuid, now: Timestamp) -> Result<(), DbErr> {
    end(txn, Condition::all().add(mail_token::Column::AccountId.eq(account)), now).await
}

async fn end(txn: &DatabaseTransaction, which: Condition, now: Timestamp) -> Result<(), DbErr> {
    let update = mail_token::Entity::update_many()
        .col_expr(mail_token::Column::ExpiresAt, Expr::value(now))
        .filter(which)
        .filter(mail_token::Column::UsedAt.is_null())
        .filter(mail_token::Column::ExpiresAt.gt(now));
    update.exec(txn).await.map(drop)
}
