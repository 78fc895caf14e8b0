//! What people do with accounts: register, prove who they are, change the password.

use sea_orm::ConnectionTrait;
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set};
use secrecy::SecretString;
use uuid::Uuid;

use super::model::{Email, Password, person_name};
use super::passwords::Passwords;
use super::sessions;
use super::viewer::SignedIn;
use crate::audit::{self, Entry, Origin};
use crate::clock::Timestamp;
use crate::entities::sets::AuditAction;
use crate::entities::{account, session};
use crate::error::{Code, Failure, Outcome, Refusal, Refusals, on_conflict};
use crate::ids::{self, Kind};

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
        let read = passwords.read(password, email, name).await;
        let email = refusals.keep(Email::parse(email));
        let password = refusals.keep_all(read)?;
        let name = refusals.keep(person_name(name));
        let (Some(email), Some(password), Some(name)) = (email, password, name) else {
            return Err(Failure::Refused(refusals.into_list()));
        };
        let password_hash = passwords.hash(&password).await?;
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
    origin: &Origin,
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
        suspended_at: Set(None),
        suspension_reason: Set(None),
        erased_at: Set(None),
        failed_sign_ins: Set(0),
    };
    let made = row.insert(txn).await.map_err(|error| {
        on_conflict(error, "account_email_key", "account.email_key", || {
            Refusal::new(Code::Taken, "email", "An account with this e-mail address exists.")
        })
    })?;
    let action = if is_admin { AuditAction::AdministratorMade } else { AuditAction::AccountRegistered };
    audit::record(txn, origin, Entry::new(action, Kind::Account, made.id), now).await?;
    Ok(made)
}

/// Who an e-mail address and a password say that somebody is.
#[derive(Debug)]
pub enum Proof {
    /// This account.
    Of(Box<account::Model>),
    /// They do not belong together; the account is the one that has the address, if there is one.
    Failed(Option<Uuid>),
}

/// The account to which e-mail address and password belong. Unknown and wrong cost the same.
///
/// # Errors
/// The database failed, or too many wait already.
pub async fn identify(db: &impl ConnectionTrait, passwords: &Passwords, email: &str, password: &str) -> Outcome<Proof> {
    // What is no address belongs to nobody, and is looked for all the same.
    let key = Email::parse(email).map(|email| email.key().to_owned()).unwrap_or_default();
    let account = account::Entity::find().filter(account::Column::EmailKey.eq(key)).one(db).await?;
    let hash = account.as_ref().and_then(|account| account.password_hash.as_deref());
    let too_long = password.chars().count() > Password::MAX;
    let given = SecretString::from(if too_long { "" } else { password });
    let fits = passwords.verify(&given, hash).await?;
    Ok(match account {
        Some(account) if fits => Proof::Of(Box::new(account)),
        other => Proof::Failed(other.map(|account| account.id)),
    })
}

/// A new hash for the password that was just proven, if the stored one was made with other parameters than those of today.
/// Where there is no time for it now, there is at the next sign-in.
pub async fn renewed_hash(passwords: &Passwords, proof: &Proof, password: &str) -> Option<String> {
    let Proof::Of(account) = proof else { return None };
    let stored = account.password_hash.as_deref()?;
    passwords.renewed(&SecretString::from(password), stored).await.ok().flatten()
}

/// What is told to somebody whose e-mail address and password do not belong together.
pub(super) fn bad_credentials() -> Failure {
    Failure::refused(Code::BadCredentials, "password", "E-mail address and password do not belong together.")
}

/// Replaces the password and ends every other session of the account.
///
/// # Errors
/// The database failed.
pub async fn change_password(
    txn: &DatabaseTransaction,
    by: &SignedIn,
    hash: String,
    origin: &Origin,
    now: Timestamp,
) -> Outcome<()> {
    audit::record(txn, origin, Entry::new(AuditAction::PasswordChanged, Kind::Account, by.account.id), now).await?;
    set_password(txn, by.account.id, hash, now).await?;
    let others =
        Condition::all().add(session::Column::AccountId.eq(by.account.id)).add(session::Column::Id.ne(by.session_id));
    sessions::end(txn, others, now).await?;
    Ok(())
}

/// Replaces the password; with it the account may be signed in to again, however often that had failed.
pub(super) async fn set_password(
    txn: &DatabaseTransaction,
    id: Uuid,
    hash: String,
    now: Timestamp,
) -> Result<(), DbErr> {
    let row = account::ActiveModel {
        id: Set(id),
        password_hash: Set(Some(hash)),
        failed_sign_ins: Set(0),
        updated_at: Set(now),
        ..Default::default()
    };
    row.update(txn).await.map(drop)
}
