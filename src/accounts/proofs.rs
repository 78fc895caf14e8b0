//! What people prove by mail: that an address is theirs, that an account is, that a new address is.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect, Set,
};
use uuid::Uuid;

use super::mail_tokens::{self, Request, claim, issue, refused};
use super::model::Email;
use super::service::set_password;
use super::sessions;
use super::viewer::SignedIn;
use crate::audit::{self, Entry, Origin};
use crate::clock::Timestamp;
use crate::entities::sets::{AuditAction, Deed, MailPurpose, Subject};
use crate::entities::{account, candidate, session};
use crate::error::{Code, Failure, Outcome, Refusal, on_conflict};
use crate::feed;
use crate::ids::Kind;
use crate::mail::letter::Letter;
use crate::mail::outbox::{Recipient, enqueue, pretend};

/// The account with this address, held until the transaction ends: requests for mail happen one after the other.
async fn hold(txn: &DatabaseTransaction, email_key: &str) -> Result<Option<account::Model>, DbErr> {
    account::Entity::find().filter(account::Column::EmailKey.eq(email_key)).lock_exclusive().one(txn).await
}

/// Sends a mail that proves the account's address; nothing if it is proven.
///
/// # Errors
/// The database failed.
pub async fn request_verification(txn: &DatabaseTransaction, email_key: &str, now: Timestamp) -> Outcome<()> {
    let Some(account) = hold(txn, email_key).await? else { return Ok(()) };
    if account.email_verified_at.is_some() {
        return Ok(());
    }
    let request = Request {
        purpose: MailPurpose::VerifyAddress,
        account: Some(account.id),
        requested_by: email_key,
        email: &account.email,
    };
    let Some(issued) = issue(txn, request, now).await? else { return Ok(()) };
    let letter = Letter::VerifyAddress { token: issued.token };
    Ok(enqueue(txn, &Recipient::of(&account), &letter, &format!("verify-address:{}", issued.id), now).await?)
}

/// Takes the proof that the account's address belongs to the person.
///
/// # Errors
/// `BAD_CREDENTIALS` at `token`.
pub async fn verify(
    txn: &DatabaseTransaction,
    token: &str,
    origin: &Origin,
    now: Timestamp,
) -> Outcome<account::Model> {
    let (id, used) = claim(txn, MailPurpose::VerifyAddress, token, now).await?;
    let proven = prove(txn, id, &used.email, now).await?.ok_or_else(refused)?;
    write_down(txn, AuditAction::EmailVerified, id, origin, now).await?;
    Ok(proven)
}

/// Whoever holds the token of a mail to the account's address is taken for its owner.
async fn write_down(
    txn: &DatabaseTransaction,
    action: AuditAction,
    id: Uuid,
    origin: &Origin,
    now: Timestamp,
) -> Result<(), DbErr> {
    audit::record(txn, &origin.by(id), Entry::new(action, Kind::Account, id), now).await
}

/// Notes that the address is proven, if the account still has it.
async fn prove(
    txn: &DatabaseTransaction,
    id: Uuid,
    email: &str,
    now: Timestamp,
) -> Result<Option<account::Model>, DbErr> {
    let columns =
        account::ActiveModel { email_verified_at: Set(Some(now)), updated_at: Set(now), ..Default::default() };
    let update = account::Entity::update_many()
        .set(columns)
        .filter(account::Column::Id.eq(id))
        .filter(account::Column::EmailKey.eq(email.to_lowercase()));
    let proven = update.exec_with_returning(txn).await?.into_iter().next();
    if let Some(account) = &proven {
        tell_of_seeker(txn, account.id, now).await?;
    }
    Ok(proven)
}

/// Records that the candidate of an account changed: whoever has proven an address counts as a job seeker.
async fn tell_of_seeker(txn: &DatabaseTransaction, account_id: Uuid, now: Timestamp) -> Result<(), DbErr> {
    let own = candidate::Entity::find().select_only().column(candidate::Column::Id);
    let own = own.filter(candidate::Column::AccountId.eq(account_id)).into_tuple::<Uuid>();
    feed::record_all(txn, Subject::Candidate, own.one(txn).await?, Deed::Updated, now).await
}

/// Sends a mail with which a forgotten password is replaced. Whether an account has the address shows neither in the
/// answer nor in the work: each case runs the same statements and leaves the same rows.
///
/// # Errors
/// The database failed.
pub async fn request_reset(txn: &DatabaseTransaction, email: &Email, now: Timestamp) -> Outcome<()> {
    let account = hold(txn, email.key()).await?;
    let request = Request {
        purpose: MailPurpose::ResetPassword,
        account: account.as_ref().map(|account| account.id),
        requested_by: email.key(),
        email: email.written(),
    };
    let Some(issued) = issue(txn, request, now).await? else { return Ok(()) };
    let key = format!("reset-password:{}", issued.id);
    match account {
        Some(account) => {
            let letter = Letter::ResetPassword { token: issued.token };
            enqueue(txn, &Recipient::of(&account), &letter, &key, now).await?;
        }
        None => pretend(txn, &key, now).await?,
    }
    Ok(())
}

/// The account whose forgotten password a token replaces, if it holds now: asked before anything is worked out for it.
///
/// # Errors
/// The database failed.
pub async fn may_reset(
    db: &impl ConnectionTrait,
    token: &str,
    now: Timestamp,
) -> Result<Option<account::Model>, DbErr> {
    let held = mail_tokens::holder(db, MailPurpose::ResetPassword, token, now).await?;
    let Some(id) = held else { return Ok(None) };
    account::Entity::find_by_id(id).one(db).await
}

/// Replaces a forgotten password. It ends every session and every other token of the account, and starts none; the
/// address is proven by the way.
///
/// # Errors
/// `BAD_CREDENTIALS` at `token`.
pub async fn reset(
    txn: &DatabaseTransaction,
    token: &str,
    hash: String,
    origin: &Origin,
    now: Timestamp,
) -> Outcome<account::Model> {
    let (id, used) = claim(txn, MailPurpose::ResetPassword, token, now).await?;
    let proven = prove(txn, id, &used.email, now).await?.ok_or_else(refused)?;
    set_password(txn, id, hash, now).await?;
    sessions::end(txn, Condition::all().add(session::Column::AccountId.eq(id)), now).await?;
    mail_tokens::end_all(txn, id, now).await?;
    write_down(txn, AuditAction::PasswordReset, id, origin, now).await?;
    Ok(proven)
}

/// Sends a mail to the address that the account shall have.
///
/// # Errors
/// `INVALID` or `TAKEN` at `email`.
pub async fn request_change(txn: &DatabaseTransaction, by: &SignedIn, email: &Email, now: Timestamp) -> Outcome<()> {
    let Some(account) = hold(txn, &by.account.email_key).await? else { return Ok(()) };
    if email.key() == account.email_key {
        return Err(Failure::refused(Code::Invalid, "email", "This is the account's address."));
    }
    if account::Entity::find().filter(account::Column::EmailKey.eq(email.key())).one(txn).await?.is_some() {
        return Err(taken("email").into());
    }
    let request = Request {
        purpose: MailPurpose::ChangeAddress,
        account: Some(account.id),
        requested_by: &account.email_key,
        email: email.written(),
    };
    let Some(issued) = issue(txn, request, now).await? else { return Ok(()) };
    let to = Recipient::at(&account, email.written(), false);
    let letter = Letter::ChangeAddress { token: issued.token };
    Ok(enqueue(txn, &to, &letter, &format!("change-address:{}", issued.id), now).await?)
}

/// Gives the account the address that the token proves, and tells the old one. Tokens that went to the old address end.
///
/// # Errors
/// `BAD_CREDENTIALS` or `TAKEN` at `token`.
pub async fn change(
    txn: &DatabaseTransaction,
    token: &str,
    origin: &Origin,
    now: Timestamp,
) -> Outcome<account::Model> {
    let (id, used) = claim(txn, MailPurpose::ChangeAddress, token, now).await?;
    let before = account::Entity::find_by_id(id).one(txn).await?.ok_or_else(refused)?;
    let columns = account::ActiveModel {
        email: Set(used.email.clone()),
        email_key: Set(used.email.to_lowercase()),
        email_verified_at: Set(Some(now)),
        updated_at: Set(now),
        ..Default::default()
    };
    let update = account::Entity::update_many().set(columns).filter(account::Column::Id.eq(id));
    let changed = update
        .exec_with_returning(txn)
        .await
        .map_err(|error| on_conflict(error, "account_email_key", "account.email_key", || taken("token")))?;
    let changed = changed.into_iter().next().ok_or_else(refused)?;
    if before.email_verified_at.is_none() {
        tell_of_seeker(txn, id, now).await?;
    }
    mail_tokens::end_all(txn, id, now).await?;
    write_down(txn, AuditAction::EmailChanged, id, origin, now).await?;
    let to = Recipient::at(&before, &before.email, before.email_verified_at.is_some());
    enqueue(txn, &to, &Letter::AddressChanged { at: now }, &format!("address-changed:{}", used.id), now).await?;
    Ok(changed)
}

fn taken(path: &str) -> Refusal {
    Refusal::new(Code::Taken, path, "An account with this e-mail address exists.")
}
