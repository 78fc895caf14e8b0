//! Signing in: a session for somebody who proved who they are, and a line in the audit log either way.

use sea_orm::DatabaseTransaction;

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
    /// `BAD_CREDENTIALS` at `password`; `SUSPENDED` at `email`.
    pub fn into_outcome(self) -> Outcome<Tokens> {
        match self {
            Self::SignedIn(tokens) => Ok(tokens),
            Self::Refused(failure) => Err(failure),
        }
    }
}

/// Starts a session for an account that was proven and is not suspended, and tells its owner when the device is new. That it is suspended is told to nobody else. An
/// unknown address costs and leaves as much as a wrong password.
///
/// # Errors
/// The database failed.
pub async fn sign_in(
    txn: &DatabaseTransaction,
    keys: &TokenKeys,
    lifetimes: Lifetimes,
    proof: Proof,
    user_agent: Option<&str>,
    origin: &Origin,
    now: Timestamp,
) -> Outcome<Attempt> {
    let failed = |entry: Entry, cause: &str| entry.with("cause", cause);
    let account = match proof {
        Proof::Of(account) => account,
        Proof::Failed(known) => {
            let entry = match known {
                Some(id) => Entry::new(AuditAction::SignInFailed, Kind::Account, id),
                None => Entry::without_subject(AuditAction::SignInFailed),
            };
            audit::record(txn, origin, failed(entry, "BAD_CREDENTIALS"), now).await?;
            return Ok(Attempt::Refused(bad_credentials()));
        }
    };
    if account.suspended_at.is_some() {
        let entry = Entry::new(AuditAction::SignInFailed, Kind::Account, account.id);
        audit::record(txn, origin, failed(entry, "SUSPENDED"), now).await?;
        return Ok(Attempt::Refused(suspended(&account)));
    }
    let is_known = sessions::is_known_device(txn, account.id, user_agent).await?;
    let tokens = sessions::start(txn, keys, lifetimes, account.id, user_agent, now).await?;
    if !is_known {
        let letter = Letter::NewSignIn { device: user_agent.map(sessions::device_name), at: now };
        enqueue(txn, &Recipient::of(&account), &letter, &format!("new-sign-in/{}", ids::generate(now)), now).await?;
    }
    let entry = Entry::new(AuditAction::SignedIn, Kind::Account, account.id);
    audit::record(txn, &origin.by(account.id), entry, now).await?;
    Ok(Attempt::SignedIn(tokens))
}

fn suspended(account: &account::Model) -> Failure {
    let reason = account.suspension_reason.as_deref().unwrap_or_default();
    Failure::refused(Code::Suspended, "email", format!("This account is suspended: {reason}"))
}
