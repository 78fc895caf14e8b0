//! Sessions: made by signing in, renewed by single-use refresh tokens, ended by their owner or by a token used twice.

use chrono::TimeDelta;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use super::keys::{Claims, TokenKeys};
use super::opaque;
use super::viewer::{SignedIn, Viewer};
use crate::audit::{self, Entry, Origin};
use crate::clock::Timestamp;
use crate::entities::sets::{AuditAction, Deed, Subject};
use crate::entities::{account, membership, refresh_token, session};
use crate::error::{Code, Failure, Outcome};
use crate::feed;
use crate::ids::{self, Kind};

/// How long an old refresh token is tolerated while the one that replaced it was never used: an answer can get lost.
const REUSE_TOLERANCE: TimeDelta = TimeDelta::seconds(30);

/// How long sessions live.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// Without being refreshed.
    pub idle: TimeDelta,
    /// At the most.
    pub max: TimeDelta,
}

/// The tokens of a session, for its owner's eyes only.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Proves who calls, for a few minutes.
    pub access_token: String,
    /// When the access token ends.
    pub access_token_expires_at: Timestamp,
    /// Renews the session, once.
    pub refresh_token: String,
}

/// What a renewal came to. A token used twice ends the session, which must be committed: it is no error.
#[derive(Debug)]
pub enum Renewal {
    /// New tokens.
    Tokens(Tokens),
    /// The token does not hold, or does no longer.
    Refused,
}

impl Renewal {
    /// The tokens, or the refusal that a client is told: the same whatever the reason.
    ///
    /// # Errors
    /// `BAD_CREDENTIALS` at `refreshToken`.
    pub fn into_outcome(self) -> Outcome<Tokens> {
        match self {
            Self::Tokens(tokens) => Ok(tokens),
            Self::Refused => {
                Err(Failure::refused(Code::BadCredentials, "refreshToken", "This session has ended. Sign in again."))
            }
        }
    }
}

/// What a device calls itself, in the form in which it is kept.
#[must_use]
pub fn device_name(user_agent: &str) -> String {
    user_agent.chars().filter(|c| !c.is_control()).take(300).collect()
}

/// Whether the account has, or lately had, a session on a device of this name. Sessions are remembered for a month after
/// their end.
///
/// # Errors
/// The database failed.
pub async fn is_known_device(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    user_agent: Option<&str>,
) -> Result<bool, DbErr> {
    let same = match user_agent {
        Some(name) => session::Column::UserAgent.eq(device_name(name)),
        None => session::Column::UserAgent.is_null(),
    };
    let known = session::Entity::find().filter(session::Column::AccountId.eq(account_id)).filter(same);
    Ok(known.one(db).await?.is_some())
}

/// Starts a session for an account.
///
/// # Errors
/// The database failed.
pub async fn start(
    txn: &DatabaseTransaction,
    keys: &TokenKeys,
    lifetimes: Lifetimes,
    account_id: Uuid,
    user_agent: Option<&str>,
    now: Timestamp,
) -> Outcome<Tokens> {
    let session = session::ActiveModel {
        id: Set(ids::generate(now)),
        account_id: Set(account_id),
        user_agent: Set(user_agent.map(device_name)),
        created_at: Set(now),
        last_used_at: Set(now),
        expires_at: Set(now + lifetimes.max),
        revoked_at: Set(None),
    };
    let session = session.insert(txn).await?;
    let (_, tokens) = issue(txn, keys, lifetimes, &session, now).await?;
    Ok(tokens)
}

/// Replaces a refresh token by new tokens. A token that comes back after its successor was used is stolen, or its
/// successor is: the session ends.
///
/// # Errors
/// The database failed.
pub async fn renew(
    txn: &DatabaseTransaction,
    keys: &TokenKeys,
    lifetimes: Lifetimes,
    refresh_token: &str,
    origin: &Origin,
    now: Timestamp,
) -> Outcome<Renewal> {
    let found = refresh_token::Entity::find().filter(refresh_token::Column::TokenHash.eq(opaque::hash(refresh_token)));
    let Some(token) = found.one(txn).await? else { return Ok(Renewal::Refused) };
    let Some(session) = session::Entity::find_by_id(token.session_id).one(txn).await? else {
        return Ok(Renewal::Refused);
    };
    if session.revoked_at.is_some() || session.expires_at <= now || token.expires_at <= now {
        return Ok(Renewal::Refused);
    }
    if !claim(txn, &token, now).await? && !forgive(txn, &token, now).await? {
        end(txn, Condition::all().add(session::Column::Id.eq(session.id)), now).await?;
        let entry = Entry::new(AuditAction::SessionsEnded, Kind::Account, session.account_id);
        audit::record(txn, origin, entry.with("count", 1).with("cause", "REFRESH_TOKEN_REUSED"), now).await?;
        tracing::warn!(session = %session.id, "a refresh token was used twice; its session has ended");
        return Ok(Renewal::Refused);
    }
    let (successor_id, tokens) = issue(txn, keys, lifetimes, &session, now).await?;
    let successor =
        refresh_token::ActiveModel { id: Set(token.id), successor_id: Set(Some(successor_id)), ..Default::default() };
    successor.update(txn).await?;
    let used = session::ActiveModel { id: Set(session.id), last_used_at: Set(now), ..Default::default() };
    used.update(txn).await?;
    Ok(Renewal::Tokens(tokens))
}

/// Marks the token as used; false if it was used before.
async fn claim(txn: &DatabaseTransaction, token: &refresh_token::Model, now: Timestamp) -> Result<bool, DbErr> {
    let update = refresh_token::Entity::update_many()
        .col_expr(refresh_token::Column::UsedAt, Expr::value(now))
        .filter(refresh_token::Column::Id.eq(token.id))
        .filter(refresh_token::Column::UsedAt.is_null());
    Ok(update.exec(txn).await?.rows_affected == 1)
}

/// Whether a second use of the token is a repeated request; the successor that nobody used is thrown away.
async fn forgive(txn: &DatabaseTransaction, token: &refresh_token::Model, now: Timestamp) -> Result<bool, DbErr> {
    let current = refresh_token::Entity::find_by_id(token.id).one(txn).await?;
    let Some((used_at, successor_id)) = current.and_then(|token| Some((token.used_at?, token.successor_id?))) else {
        return Ok(false);
    };
    if now - used_at > REUSE_TOLERANCE {
        return Ok(false);
    }
    let unused = refresh_token::Entity::delete_many()
        .filter(refresh_token::Column::Id.eq(successor_id))
        .filter(refresh_token::Column::UsedAt.is_null());
    Ok(unused.exec(txn).await?.rows_affected == 1)
}

/// Writes a refresh token and signs an access token for the session.
async fn issue(
    txn: &DatabaseTransaction,
    keys: &TokenKeys,
    lifetimes: Lifetimes,
    session: &session::Model,
    now: Timestamp,
) -> Outcome<(Uuid, Tokens)> {
    let refresh_token = opaque::random()?;
    let id = ids::generate(now);
    let row = refresh_token::ActiveModel {
        id: Set(id),
        session_id: Set(session.id),
        token_hash: Set(opaque::hash(&refresh_token)),
        successor_id: Set(None),
        created_at: Set(now),
        expires_at: Set((now + lifetimes.idle).min(session.expires_at)),
        used_at: Set(None),
    };
    row.insert(txn).await?;
    let claims = Claims { account_id: session.account_id, session_id: session.id };
    let (access_token, access_token_expires_at) = keys.sign(claims, now)?;
    Ok((id, Tokens { access_token, access_token_expires_at, refresh_token }))
}

/// Ends the sessions that meet the condition and says how many there were. Whoever deletes sessions ends them first:
/// connections that stay open learn of the end from the log.
///
/// # Errors
/// The database failed.
pub async fn end(txn: &impl ConnectionTrait, which: Condition, now: Timestamp) -> Result<u64, DbErr> {
    let update = session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(now))
        .filter(session::Column::RevokedAt.is_null())
        .filter(which);
    let ended = update.exec_with_returning(txn).await?;
    feed::record_all(txn, Subject::Session, ended.iter().map(|session| session.id), Deed::Ended, now).await?;
    Ok(ended.len() as u64)
}

/// The sessions of an account that still hold, last used first; 100 at the most.
///
/// # Errors
/// The database failed.
pub async fn of_account(
    db: &impl ConnectionTrait,
    by: &SignedIn,
    now: Timestamp,
) -> Result<Vec<session::Model>, DbErr> {
    let mine = session::Entity::find()
        .filter(session::Column::AccountId.eq(by.account.id))
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(now));
    mine.order_by_desc(session::Column::LastUsedAt).limit(100).all(db).await
}

/// Who holds a token that says this, as things are now. `None` means that its session has ended.
///
/// # Errors
/// The database failed.
pub async fn holder(db: &impl ConnectionTrait, claims: Claims, now: Timestamp) -> Result<Option<Viewer>, DbErr> {
    let session = session::Entity::find_by_id(claims.session_id)
        .filter(session::Column::AccountId.eq(claims.account_id))
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(now));
    let Some(session) = session.one(db).await? else { return Ok(None) };
    // A session that began while its account was being suspended does not hold either.
    let account = account::Entity::find_by_id(claims.account_id).one(db).await?;
    let Some(account) = account.filter(|account| account.suspended_at.is_none()) else { return Ok(None) };
    let memberships = membership::Entity::find().filter(membership::Column::AccountId.eq(account.id)).all(db).await?;
    Ok(Some(Viewer::signed_in(account, session.id, memberships)))
}
