//! Signing in: a session for somebody who proved who they are, and a line in the audit log either way.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};

use super::failures::{self, Most, reset_required};
use super::keys::TokenKeys;
use super::service::{Proof, bad_credentials};
use super::sessions::{self, Lifetimes, Tokens};
use crate::audit::{self, Entry, Origin};
use crate::clock::Timestamp;
use crate::entities::account;
use crate::entities::sets::AuditAction;
use crate::error::{Code, Failure, Outcome};
use crate::ids::{self, Kind};
use crate::mail::letter::Letter;
use crate::mail::outbox::{Recipient, enqueue};

/// What an attempt to sign in came to. One that was refused is recorded, which must be committed: it is no error.
#[derive(Debug)]
pub enum Attempt {
    /// A session began.
    SignedIn(Tokens),
    /// It did not.
    Refused(Failure),
}

impl Attempt {
    /// The tokens, or what the client is told.
    ///
    /// # Errors
    /// `BAD_CREDENTIALS` at `password`; `SUSPENDED` at `email`; `PASSWORD_RESET_REQUIRED` at `password`.
    pub fn into_outcome(self) -> Outcome<Tokens> {
        match self {
            Self::SignedIn(tokens) => Ok(tokens),
            Self::Refused(failure) => Err(failure),
        }
    }
}

/// What sessions are made by.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// Sign access tokens.
    pub keys: &'a TokenKeys,
    /// How long sessions live.
    pub lifetimes: Lifetimes,
    /// After how many failures an account needs a new password.
    pub most: Most,
}

/// Somebody who wants a session.
#[derive(Debug)]
pub struct Applicant<'a> {
    /// Who they say they are, and whether they proved it.
    pub proof: Proof,
    /// The hash that shall be kept from now on, if another was.
    pub renewed_hash: Option<String>,
    /// What their device calls itself.
    pub user_agent: Option<&'a str>,
}

/// Starts a session for an account that was proven, is not suspended and needs no new password, and tells its owner when
/// the device is new. That it is suspended, or needs a new password, is told to nobody else. An unknown address costs and
/// leaves as much as a wrong password.
///
/// # Errors
/// The database failed.
pub async fn sign_in(
    txn: &DatabaseTransaction,
    rules: Rules<'_>,
    applicant: Applicant<'_>,
    origin: &Origin,
    now: Timestamp,
) -> Outcome<Attempt> {
    let Applicant { proof, renewed_hash, user_agent } = applicant;
    let account = match proof {
        Proof::Of(account) => account,
        Proof::Failed(known) => {
            failures::note(txn, known, "BAD_CREDENTIALS", rules.most, origin, now).await?;
            return Ok(Attempt::Refused(bad_credentials()));
        }
    };
    let standing = if account.suspended_at.is_some() {
        Some(("SUSPENDED", suspended(&account)))
    } else if rules.most.is_reached(&account) {
        Some(("PASSWORD_RESET_REQUIRED", reset_required("password")))
    } else {
        None
    };
    if let Some((cause, failure)) = standing {
        let entry = Entry::new(AuditAction::SignInFailed, Kind::Account, account.id);
        audit::record(txn, origin, entry.with("cause", cause), now).await?;
        return Ok(Attempt::Refused(failure));
    }
    settle(txn, &account, renewed_hash).await?;
    let is_known = sessions::is_known_device(txn, account.id, user_agent).await?;
    let tokens = sessions::start(txn, rules.keys, rules.lifetimes, account.id, user_agent, now).await?;
    if !is_known {
        let letter = Letter::NewSignIn { device: user_agent.map(sessions::device_name), at: now };
        enqueue(txn, &Recipient::of(&account), &letter, &format!("new-sign-in/{}", ids::generate(now)), now).await?;
    }
    let entry = Entry::new(AuditAction::SignedIn, Kind::Account, account.id);
    audit::record(txn, &origin.by(account.id), entry, now).await?;
    Ok(Attempt::SignedIn(tokens))
}

/// Forgets the failures before, and keeps the password as it is hashed today, unless it was replaced meanwhile.
async fn settle(
    txn: &DatabaseTransaction,
    account: &account::Model,
    renewed_hash: Option<String>,
) -> Result<(), DbErr> {
    if account.failed_sign_ins == 0 && renewed_hash.is_none() {
        return Ok(());
    }
    let mut update = account::Entity::update_many()
        .col_expr(account::Column::FailedSignIns, Expr::value(0))
        .filter(account::Column::Id.eq(account.id))
        .filter(account::Column::PasswordHash.eq(account.password_hash.clone()));
    if let Some(hash) = renewed_hash {
        update = update.col_expr(account::Column::PasswordHash, Expr::value(hash));
    }
    update.exec(txn).await.map(drop)
}

fn suspended(account: &account::Model) -> Failure {
    let reason = account.suspension_reason.as_deref().unwrap_or_default();
    Failure::refused(Code::Suspended, "email", format!("This account is suspended: {reason}"))
}
