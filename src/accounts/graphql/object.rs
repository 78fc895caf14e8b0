//! Accounts and their sessions as they are shown.

use async_graphql::{Context, ID, Object};

use crate::accounts::sessions;
use crate::accounts::viewer::SignedIn;
use crate::applications::graphql::{Application, of_candidate};
use crate::audit::graphql::{SecurityEvent, events_of};
use crate::candidates::graphql::Candidate;
use crate::candidates::loaders::CandidateOfAccount;
use crate::candidates::service::is_visible;
use crate::employers::graphql::Member;
use crate::employers::loaders::MembershipsOfAccount;
use crate::entities::{account, session};
use crate::graphql::connection::{List, PageArguments};
use crate::graphql::context::Ask;
use crate::graphql::enums::{ApplicationStatus, NotificationKind};
use crate::graphql::errors::internal;
use crate::graphql::loads::{list, one};
use crate::graphql::scalars::{DateTime, EmailAddress};
use crate::ids::{self, Kind};
use crate::mail::subscription;
use crate::privacy::graphql::{AccountExport, exports_of};
use crate::saved::graphql::SavedLists;

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
