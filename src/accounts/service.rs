//! What people do with accounts: register, prove who they are, change the password.

use sea_orm::ConnectionTrait;
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set};
use secrecy::SecretString;
use uuid::Uuid;

use super::keys::TokenKeys;
use super::model::{Email, Password, person_name};
use super::passwords::Passwords;
use super::sessions::{self, Lifetimes, Tokens};
use super::viewer::SignedIn;
use crate::clock::Timestamp;
use crate::entities::{account, session};
use crate::error::{Code, Failure, Outcome, Refusal, Refusals, on_conflict};
use crate::ids;
use crate::mail::letter::Letter;
use crate::mail::outbox::{Recipient, enqueue};

/// A registration that was read and found good.
#[derive(Debug)]
pub struct Registration {
    email: Email,
    name: String,
    password_hash: String,
}

impl Registration {
    /// Reads a registration and hashes its password, before any transaction begins.
    ///
    /// # Errors
    /// Every argument that is refused.
    pub async fn parse(passwords: &Passwords, email: &str, password: &str, name: &str) -> Outcome<Self> {
        let mut refusals = Refusals::default();
        let email = refusals.keep(Email::parse(email));
        let password = refusals.keep(Password::parse(password));
        let name = refusals.keep(person_name(name));
        let (Some(email), Some(password), Some(name)) = (email, password, name) else {
            return Err(Failure::Refused(refusals.into_list()));
        };
        let password_hash = passwords.hash(password.secret()).await?;
        Ok(Self { email, name, password_hash })
    }

    /// The hash alone, for an account that is there already.
    #[must_use]
    pub fn into_password_hash(self) -> String {
        self.password_hash
    }
}

/// Makes an account.
///
/// # Errors
/// `TAKEN` at `email`.
pub async fn register(
    txn: &impl ConnectionTrait,
    registration: Registration,
    is_admin: bool,
    now: Timestamp,
) -> Outcome<account::Model> {
    let row = account::ActiveModel {
        id: Set(ids::generate(now)),
        email: Set(registration.email.written().to_owned()),
        email_key: Set(registration.email.key().to_owned()),
        email_verified_at: Set(is_admin.then_some(now)),
        name: Set(registration.name),
        password_hash: Set(Some(registration.password_hash)),
        is_admin: Set(is_admin),
        created_at: Set(now),
        updated_at: Set(now),
    };
    row.insert(txn).await.map_err(|error| {
        on_conflict(error, "account_email_key", "account.email_key", || {
            Refusal::new(Code::Taken, "email", "An account with this e-mail address exists.")
        })
    })
}

/// The account to which e-mail address and password belong. Unknown and wrong cost the same and are told the same.
///
/// # Errors
/// `BAD_CREDENTIALS`.
pub async fn prove(
    db: &impl ConnectionTrait,
    passwords: &Passwords,
    email: &str,
    password: &str,
) -> Outcome<account::Model> {
    // What is no address belongs to nobody, and is looked for all the same.
    let key = Email::parse(email).map(|email| email.key().to_owned()).unwrap_or_default();
    let account = account::Entity::find().filter(account::Column::EmailKey.eq(key)).one(db).await?;
    let hash = account.as_ref().and_then(|account| account.password_hash.as_deref());
    let too_long = password.chars().count() > Password::MAX;
    let given = SecretString::from(if too_long { "" } else { password });
    let fits = passwords.verify(&given, hash).await?;
    account.filter(|_| fits).ok_or_else(|| {
        Failure::refused(Code::BadCredentials, "password", "E-mail address and password do not belong together.")
    })
}

/// Starts a session for somebody who proved who they are, and tells them of it when the device is new.
///
/// # Errors
/// The database failed.
pub async fn sign_in(
    txn: &DatabaseTransaction,
    keys: &TokenKeys,
    lifetimes: Lifetimes,
    account: &account::Model,
    user_agent: Option<&str>,
    now: Timestamp,
) -> Outcome<Tokens> {
    let is_known = sessions::is_known_device(txn, account.id, user_agent).await?;
    let tokens = sessions::start(txn, keys, lifetimes, account.id, user_agent, now).await?;
    if !is_known {
        let letter = Letter::NewSignIn { device: user_agent.map(sessions::device_name), at: now };
        let key = format!("new-sign-in/{}", ids::generate(now));
        enqueue(txn, &Recipient::of(account), &letter, &key, now).await?;
    }
    Ok(tokens)
}

/// Replaces the password and ends every other session of the account.
///
/// # Errors
/// The database failed.
pub async fn change_password(txn: &DatabaseTransaction, by: &SignedIn, hash: String, now: Timestamp) -> Outcome<()> {
    set_password(txn, by.account.id, hash, now).await?;
    let others =
        Condition::all().add(session::Column::AccountId.eq(by.account.id)).add(session::Column::Id.ne(by.session_id));
    sessions::end(txn, others, now).await?;
    Ok(())
}

/// Replaces the password.
pub(super) async fn set_password(
    txn: &DatabaseTransaction,
    id: Uuid,
    hash: String,
    now: Timestamp,
) -> Result<(), DbErr> {
    let row = account::ActiveModel {
        id: Set(id),
        password_hash: Set(Some(hash)),
        updated_at: Set(now),
        ..Default::default()
    };
    row.update(txn).await.map(drop)
}
