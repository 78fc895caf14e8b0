//! Accounts and sessions in the graph.

mod administration;
mod object;
mod proofs;
pub mod tries;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};

use super::failures;
use super::service::{self, Proof, Registration};
use super::sessions::{self, Tokens};
use super::sign_in::{self, Applicant, Attempt};
use super::sign_out;
use super::viewer::SignedIn;
use crate::entities::account;
use crate::error::{Code, Failure, Outcome};
use crate::graphql::context::{Ask, conclude};
use crate::graphql::errors::{UserError, payload, settle};
use crate::graphql::scalars::{DateTime, EmailAddress};
use crate::graphql::schema::Query;
use crate::ids::{self, Kind};

pub use administration::{AdministrationLists, AdministrationMutation, AdministrationQuery};
pub use object::{Account, Session};
pub use proofs::ProofMutation;

/// The tokens of a session. Send the access token as `Authorization: Bearer …`; keep the refresh token safe.
#[derive(SimpleObject)]
pub struct SessionTokens {
    /// Proves who calls.
    access_token: String,
    /// When the access token ends.
    access_token_expires_at: DateTime,
    /// Renews the session, once.
    refresh_token: String,
}

impl From<Tokens> for SessionTokens {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access_token,
            access_token_expires_at: DateTime(tokens.access_token_expires_at),
            refresh_token: tokens.refresh_token,
        }
    }
}

/// What a new account is made of.
#[derive(InputObject)]
pub struct AccountRegisterInput {
    /// E-mail address; no other account may have it.
    email: EmailAddress,
    /// 15 to 256 characters that are hard to guess, also for who knows the address and the name.
    #[graphql(secret)]
    password: String,
    /// Name of the person, 1 to 100 characters.
    name: String,
}

/// Who signs in.
#[derive(InputObject)]
pub struct SessionCreateInput {
    /// E-mail address of the account.
    email: EmailAddress,
    /// Its password.
    #[graphql(secret)]
    password: String,
}

/// Which session is renewed.
#[derive(InputObject)]
pub struct SessionRefreshInput {
    /// The refresh token that was given last. It holds once.
    #[graphql(secret)]
    refresh_token: String,
}

/// Which session ends.
#[derive(InputObject)]
pub struct SessionRevokeInput {
    /// The session; the one of this request if absent.
    id: MaybeUndefined<ID>,
}

/// A change of password.
#[derive(InputObject)]
pub struct PasswordChangeInput {
    /// The password as it is.
    #[graphql(secret)]
    current_password: String,
    /// The password as it shall be: 15 to 256 characters that are hard to guess.
    #[graphql(secret)]
    password: String,
}

/// The outcome of `accountRegister`.
#[derive(SimpleObject)]
pub struct AccountRegisterPayload {
    /// The new account.
    account: Option<Account>,
    /// A session of it.
    session: Option<SessionTokens>,
    /// What stood in the way; empty when the action was done.
    user_errors: Vec<UserError>,
    /// The whole graph, as it is after the action.
    query: Query,
}

payload! {
    /// The outcome of signing in or renewing a session.
    SessionTokensPayload {
        /// The session's tokens.
        session: SessionTokens
    }
}
payload! {
    /// The outcome of ending sessions.
    SessionsRevokedPayload {
        /// How many sessions ended.
        revoked_count: i32
    }
}
payload! {
    /// The outcome of `passwordChange`.
    PasswordChangePayload {
        /// The account.
        account: Account
    }
}

/// Who asks.
#[derive(Default)]
pub struct AccountQuery;

/// Who asks.
#[Object]
impl AccountQuery {
    /// The account behind this request; null for anonymous ones.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Account> {
        ctx.viewer().account().map(Account::from)
    }
}

/// What people do with accounts.
#[derive(Default)]
pub struct AccountMutation;

/// What people do with accounts.
#[Object]
impl AccountMutation {
    /// Makes an account and signs it in.
    async fn account_register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new account.")] input: AccountRegisterInput,
    ) -> async_graphql::Result<Option<AccountRegisterPayload>> {
        tries::mail(ctx, &input.email.0)?;
        let (done, user_errors) = settle(register(ctx, input).await)?;
        let (account, session) = done.map(|(account, tokens)| (Account(account), tokens.into())).unzip();
        Ok(Some(AccountRegisterPayload { account, session, user_errors, query: Query::default() }))
    }

    /// Signs in: starts a session for an e-mail address and its password. Who tries too often has to wait
    /// (`RATE_LIMITED`), whether or not an account has the address.
    async fn session_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who signs in.")] input: SessionCreateInput,
    ) -> async_graphql::Result<Option<SessionTokensPayload>> {
        tries::sign_in(ctx, &input.email.0).await?;
        SessionTokensPayload::of(sign_in(ctx, input).await.map(SessionTokens::from))
    }

    /// Renews a session. A refresh token that is used twice ends it.
    async fn session_refresh(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session's refresh token.")] input: SessionRefreshInput,
    ) -> async_graphql::Result<Option<SessionTokensPayload>> {
        tries::renewal(ctx).await?;
        let state = ctx.state();
        let txn = ctx.begin().await?;
        let (lifetimes, token) = (state.lifetimes(), &input.refresh_token);
        let renewal = sessions::renew(&txn, &state.keys, lifetimes, token, ctx.origin(), ctx.now()).await;
        let tokens = conclude(txn, renewal).await.and_then(sessions::Renewal::into_outcome);
        if matches!(tokens, Err(Failure::Refused(_))) {
            tries::renewal_failed(ctx);
        }
        SessionTokensPayload::of(tokens.map(SessionTokens::from))
    }

    /// Ends a session of the viewer: the one of this request, unless another is named.
    async fn session_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session; may be absent.")] input: Option<SessionRevokeInput>,
    ) -> async_graphql::Result<Option<SessionsRevokedPayload>> {
        let me = ctx.viewer().require()?;
        let named = input.and_then(|input| input.id.take());
        let id = named.map_or(Some(me.session_id), |id| ids::decode(Kind::Session, &id));
        let txn = ctx.begin().await?;
        let ended = sign_out::one(&txn, me, id, ctx.origin(), ctx.now()).await;
        SessionsRevokedPayload::of(conclude(txn, ended).await.map(counted))
    }

    /// Ends every session of the viewer, this one too.
    async fn sessions_revoke_all(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<SessionsRevokedPayload>> {
        let me = ctx.viewer().require()?;
        let txn = ctx.begin().await?;
        let ended = sign_out::all(&txn, me, ctx.origin(), ctx.now()).await;
        SessionsRevokedPayload::of(conclude(txn, ended).await.map(counted))
    }

    /// Replaces the viewer's password and ends all other sessions.
    async fn password_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The old password and the new one.")] input: PasswordChangeInput,
    ) -> async_graphql::Result<Option<PasswordChangePayload>> {
        tries::password(ctx).await?;
        PasswordChangePayload::of(change_password(ctx, input).await)
    }
}

fn counted(count: u64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

async fn register(ctx: &Context<'_>, input: AccountRegisterInput) -> Outcome<(account::Model, Tokens)> {
    let state = ctx.state();
    let registration = Registration::parse(&state.passwords, &input.email.0, &input.password, &input.name).await?;
    let txn = ctx.begin().await?;
    let outcome = async {
        let account = service::register(&txn, registration, false, ctx.origin(), ctx.now()).await?;
        super::proofs::request_verification(&txn, &account.email_key, ctx.now()).await?;
        let agent = ctx.request().user_agent.as_deref();
        let tokens = sessions::start(&txn, &state.keys, state.lifetimes(), account.id, agent, ctx.now()).await?;
        Ok((account, tokens))
    };
    let outcome = outcome.await;
    conclude(txn, outcome).await
}

async fn sign_in(ctx: &Context<'_>, input: SessionCreateInput) -> Outcome<Tokens> {
    let state = ctx.state();
    let proof = service::identify(ctx.reads(), &state.passwords, &input.email.0, &input.password).await?;
    let renewed_hash = service::renewed_hash(&state.passwords, &proof, &input.password).await;
    let applicant = Applicant { proof, renewed_hash, user_agent: ctx.request().user_agent.as_deref() };
    let txn = ctx.begin().await?;
    let attempt = sign_in::sign_in(&txn, state.sign_in_rules(), applicant, ctx.origin(), ctx.now()).await;
    let tokens = conclude(txn, attempt).await.and_then(Attempt::into_outcome)?;
    tries::proven(ctx, &input.email.0);
    Ok(tokens)
}

async fn change_password(ctx: &Context<'_>, input: PasswordChangeInput) -> Outcome<Account> {
    let state = ctx.state();
    let me = ctx.viewer().account().map(|me| &me.account);
    let (email, name) = me.map_or(("", ""), |me| (me.email.as_str(), me.name.as_str()));
    let password = state.passwords.read(&input.password, email, name).await?;
    let me = prove_present_password(ctx, "currentPassword", &input.current_password).await?;
    let hash = state.passwords.hash(&password).await?;
    let txn = ctx.begin().await?;
    let changed = service::change_password(&txn, me, hash, ctx.origin(), ctx.now()).await;
    conclude(txn, changed).await?;
    Ok(me.into())
}

/// The viewer, who knows the password too: a session that was left open is not enough. Whoever asks for this counts the
/// try first ([`tries::password`]).
///
/// # Errors
/// `BAD_CREDENTIALS` at `path`; `PASSWORD_RESET_REQUIRED` there.
pub async fn prove_present_password<'a>(ctx: &'a Context<'_>, path: &str, password: &str) -> Outcome<&'a SignedIn> {
    let wrong = || Failure::refused(Code::BadCredentials, path, "This is not the present password.");
    let me = ctx.viewer().account().ok_or_else(wrong)?;
    let state = ctx.state();
    let most = state.sign_in_rules().most;
    match service::identify(ctx.reads(), &state.passwords, &me.account.email, password).await? {
        Proof::Of(account) if most.is_reached(&account) => Err(failures::reset_required(path)),
        Proof::Of(_) => Ok(me),
        Proof::Failed(known) => {
            let txn = ctx.begin().await?;
            let noted = failures::note(&txn, known, "PRESENT_PASSWORD", most, ctx.origin(), ctx.now()).await;
            conclude(txn, noted.map_err(Failure::from)).await?;
            Err(wrong())
        }
    }
}
