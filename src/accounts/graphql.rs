//! Accounts and sessions in the graph.

mod administration;
mod proofs;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};

use super::model::Password;
use super::service::{self, Registration};
use super::sessions::{self, Tokens};
use super::sign_in::{self, Attempt};
use super::sign_out;
use super::viewer::SignedIn;
use crate::applications::graphql::{Application, of_candidate};
use crate::audit::graphql::{SecurityEvent, events_of};
use crate::candidates::graphql::Candidate;
use crate::candidates::loaders::CandidateOfAccount;
use crate::candidates::service::is_visible;
use crate::employers::graphql::Member;
use crate::employers::loaders::MembershipsOfAccount;
use crate::entities::{account, session};
use crate::error::{Code, Failure, Outcome};
use crate::graphql::connection::{List, PageArguments};
use crate::graphql::context::{Ask, conclude};
use crate::graphql::enums::{ApplicationStatus, NotificationKind};
use crate::graphql::errors::{UserError, internal, payload, settle};
use crate::graphql::loads::{list, one};
use crate::graphql::scalars::{DateTime, EmailAddress};
use crate::graphql::schema::Query;
use crate::ids::{self, Kind};
use crate::mail::subscription;
use crate::privacy::graphql::{AccountExport, exports_of};
use crate::saved::graphql::SavedLists;

pub use administration::{AdministrationLists, AdministrationMutation, AdministrationQuery};
pub use proofs::ProofMutation;

/// One person: an e-mail address and a password. It can look for work, hire for employers, and administer the board.
#[derive(Clone)]
pub struct Account(pub account::Model);

impl From<&SignedIn> for Account {
    fn from(me: &SignedIn) -> Self {
        Self(me.account.clone())
    }
}

impl Account {
    /// The viewer, if the account is theirs. Administrators see other accounts too, but not what they do.
    fn if_own<'a>(&self, ctx: &'a Context<'_>) -> Option<&'a SignedIn> {
        ctx.viewer().account().filter(|me| me.account.id == self.0.id)
    }
}

/// One person: an e-mail address and a password. It can look for work, hire for employers, and administer the board.
#[Object]
impl Account {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::Account, self.0.id).into()
    }

    /// E-mail address, as it was written.
    async fn email(&self) -> EmailAddress {
        EmailAddress(self.0.email.clone())
    }

    /// Whether the address was proven to belong to the person.
    async fn is_email_verified(&self) -> bool {
        self.0.email_verified_at.is_some()
    }

    /// Name of the person.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether the account may administer the board.
    async fn is_admin(&self) -> bool {
        self.0.is_admin
    }

    /// When the account was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When an administrator suspended the account; null for one that is not suspended.
    async fn suspended_at(&self) -> Option<DateTime> {
        self.0.suspended_at.map(DateTime)
    }

    /// Why the account is suspended.
    async fn suspension_reason(&self) -> Option<&str> {
        self.0.suspension_reason.as_deref()
    }

    /// What happened to the account, newest first; null for everyone but its owner.
    async fn security_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 if neither `first` nor `last` is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<Option<List<SecurityEvent>>> {
        let Some(me) = self.if_own(ctx) else { return Ok(None) };
        events_of(ctx, me.account.id, &PageArguments { first, after, last, before }).await.map(Some)
    }

    /// The copies of everything held about the person that were asked for, newest first, 10 at the most; none for everyone
    /// but the owner.
    async fn exports(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<AccountExport>> {
        match self.if_own(ctx) {
            Some(me) => exports_of(ctx, me).await,
            None => Ok(Vec::new()),
        }
    }

    /// The sessions that still hold, last used first; 100 at the most, and none for everyone but the owner.
    async fn sessions(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Session>> {
        let Some(me) = self.if_own(ctx) else { return Ok(Vec::new()) };
        let rows = sessions::of_account(ctx.reads(), me, ctx.now()).await.map_err(internal)?;
        Ok(rows.into_iter().map(Session).collect())
    }

    /// The profile with which the person looks for work, once there is one.
    async fn candidate(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Candidate>> {
        let row = one(ctx.loads(), CandidateOfAccount(self.0.id)).await?;
        Ok(row.filter(|row| is_visible(ctx.viewer(), row)).map(Candidate))
    }

    /// The person's applications, newest first.
    async fn applications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 if neither `first` nor `last` is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
        #[graphql(desc = "Only those in one of these states.")] statuses: Option<Vec<ApplicationStatus>>,
    ) -> async_graphql::Result<List<Application>> {
        let candidate =
            if self.if_own(ctx).is_some() { one(ctx.loads(), CandidateOfAccount(self.0.id)).await? } else { None };
        let page = PageArguments { first, after, last, before };
        of_candidate(ctx, candidate.map(|candidate| candidate.id), statuses, &page).await
    }

    #[graphql(flatten)]
    async fn saved(&self) -> SavedLists {
        SavedLists(self.0.id)
    }

    /// The kinds of mail that the person does not want.
    async fn unwanted_notifications(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<NotificationKind>> {
        if self.if_own(ctx).is_none() {
            return Ok(Vec::new());
        }
        let kinds = subscription::unwanted(ctx.reads(), self.0.id).await.map_err(internal)?;
        Ok(kinds.into_iter().map(Into::into).collect())
    }

    /// What the person is for which employers, oldest membership first.
    async fn employers(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Member>> {
        if self.if_own(ctx).is_none() && !ctx.viewer().is_administrator() {
            return Ok(Vec::new());
        }
        let rows = list(ctx.loads(), MembershipsOfAccount(self.0.id)).await?;
        Ok(rows.into_iter().map(Member).collect())
    }
}

/// A signed-in device.
#[derive(Clone)]
pub struct Session(pub session::Model);

/// A signed-in device.
#[Object]
impl Session {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::Session, self.0.id).into()
    }

    /// When the session began.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When the session was last renewed.
    async fn last_used_at(&self) -> DateTime {
        DateTime(self.0.last_used_at)
    }

    /// When the session ends at the latest.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }

    /// What the device calls itself.
    async fn user_agent(&self) -> Option<&str> {
        self.0.user_agent.as_deref()
    }

    /// Whether this request belongs to the session.
    async fn is_current(&self, ctx: &Context<'_>) -> bool {
        ctx.viewer().account().is_some_and(|me| me.session_id == self.0.id)
    }
}

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
    /// 15 to 256 characters.
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
    /// The password as it shall be, 15 to 256 characters.
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
        let (done, user_errors) = settle(register(ctx, input).await)?;
        let (account, session) = done.map(|(account, tokens)| (Account(account), tokens.into())).unzip();
        Ok(Some(AccountRegisterPayload { account, session, user_errors, query: Query::default() }))
    }

    /// Signs in: starts a session for an e-mail address and its password.
    async fn session_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who signs in.")] input: SessionCreateInput,
    ) -> async_graphql::Result<Option<SessionTokensPayload>> {
        SessionTokensPayload::of(sign_in(ctx, input).await.map(SessionTokens::from))
    }

    /// Renews a session. A refresh token that is used twice ends it.
    async fn session_refresh(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session's refresh token.")] input: SessionRefreshInput,
    ) -> async_graphql::Result<Option<SessionTokensPayload>> {
        let state = ctx.state();
        let txn = ctx.begin().await?;
        let (lifetimes, token) = (state.lifetimes(), &input.refresh_token);
        let renewal = sessions::renew(&txn, &state.keys, lifetimes, token, ctx.origin(), ctx.now()).await;
        let tokens = conclude(txn, renewal).await.and_then(sessions::Renewal::into_outcome);
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
        ctx.viewer().require()?;
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
    let (agent, lifetimes) = (ctx.request().user_agent.as_deref(), state.lifetimes());
    let txn = ctx.begin().await?;
    let attempt = sign_in::sign_in(&txn, &state.keys, lifetimes, proof, agent, ctx.origin(), ctx.now()).await;
    conclude(txn, attempt).await.and_then(Attempt::into_outcome)
}

async fn change_password(ctx: &Context<'_>, input: PasswordChangeInput) -> Outcome<Account> {
    let state = ctx.state();
    let password = Password::parse(&input.password)?;
    let me = prove_present_password(ctx, "currentPassword", &input.current_password).await?;
    let hash = state.passwords.hash(password.secret()).await?;
    let txn = ctx.begin().await?;
    let changed = service::change_password(&txn, me, hash, ctx.origin(), ctx.now()).await;
    conclude(txn, changed).await?;
    Ok(me.into())
}

/// The viewer, who knows the password too: a session that was left open is not enough.
///
/// # Errors
/// `BAD_CREDENTIALS` at `path`.
pub async fn prove_present_password<'a>(ctx: &'a Context<'_>, path: &str, password: &str) -> Outcome<&'a SignedIn> {
    let wrong = || Failure::refused(Code::BadCredentials, path, "This is not the present password.");
    let me = ctx.viewer().account().ok_or_else(wrong)?;
    let proven = service::prove(ctx.reads(), &ctx.state().passwords, &me.account.email, password).await;
    proven.map(|_| me).map_err(|failure| match failure {
        Failure::Refused(_) => wrong(),
        internal @ Failure::Internal(_) => internal,
    })
}
