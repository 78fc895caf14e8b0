//! The audit log in the graph: all of it for administrators, and for everyone what happened to their own account.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use sea_orm::Select;
use sea_orm::sea_query::Expr;
use serde_json::Value;
use type_safe_id::Type as _;
use uuid::Uuid;

use super::model::{AuditFilter, security_events, select};
use crate::accounts::graphql::Account;
use crate::accounts::loaders::AccountById;
use crate::entities::{audit_entry, sets};
use crate::graphql::connection::{self, List, PageArguments};
use crate::graphql::context::Ask;
use crate::graphql::listing::lists;
use crate::graphql::loads::one;
use crate::graphql::named::at_most_100;
use crate::graphql::node::Node;
use crate::graphql::scalars::DateTime;
use crate::ids::{self, Kind};
use crate::pagination::Keyset;

/// What the audit log tells of.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::AuditAction")]
pub enum AuditAction {
    /// Somebody made an account.
    AccountRegistered,
    /// Somebody signed in.
    SignedIn,
    /// Somebody tried to sign in.
    SignInFailed,
    /// Somebody tried to sign in too often, and had to wait. Told once in ten minutes.
    SignInThrottled,
    /// A wrong password too many was tried: the account needs a new one, by mail.
    PasswordResetForced,
    /// Sessions were ended.
    SessionsEnded,
    /// A password was replaced by its owner.
    PasswordChanged,
    /// A password that was forgotten was replaced.
    PasswordReset,
    /// An address was proven.
    EmailVerified,
    /// An account took another address.
    EmailChanged,
    /// An account became one of an administrator.
    AdministratorMade,
    /// An administrator suspended an account.
    AccountSuspended,
    /// An administrator ended the suspension of an account.
    AccountReinstated,
    /// A person asked for a copy of everything held about them.
    ExportRequested,
    /// The copy was fetched.
    ExportFetched,
    /// A person erased their account.
    AccountErased,
    /// Somebody made an employer.
    EmployerCreated,
    /// The last member of an employer without postings was erased, and the employer with it.
    EmployerErased,
    /// An owner asked for an employer to be verified.
    VerificationRequested,
    /// An administrator verified an employer.
    EmployerVerified,
    /// An administrator declined to verify an employer.
    VerificationDeclined,
    /// An administrator took the verification of an employer back.
    EmployerUnverified,
    /// Somebody became a member of an employer.
    MemberAdded,
    /// A member got other rights.
    MemberChanged,
    /// Somebody is no longer a member.
    MemberRemoved,
    /// A posting was published, or submitted for review.
    PostingPublished,
    /// A posting was closed by its employer.
    PostingClosed,
    /// An administrator let a posting through its review.
    PostingApproved,
    /// An administrator sent a posting back.
    PostingRejected,
    /// An administrator took a posting down.
    PostingTakenDown,
    /// Somebody reported a posting.
    PostingReported,
    /// An administrator found that reports had no ground.
    ReportsDismissed,
}

/// A line of the audit log: who did what to what, when and from where. It never changes. Only administrators see it.
#[derive(Clone)]
pub struct AuditEntry(pub audit_entry::Model);

impl AuditEntry {
    fn named(&self) -> Option<(Kind, Uuid)> {
        Some((Kind::try_from_type_prefix(self.0.subject.as_deref()?).ok()?, self.0.subject_id?))
    }
}

/// A line of the audit log: who did what to what, when and from where. It never changes. Only administrators see it.
#[Object]
impl AuditEntry {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::AuditEntry, self.0.id).into()
    }

    /// What was done.
    async fn action(&self) -> AuditAction {
        self.0.action.into()
    }

    /// When.
    async fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// Identifier of the account that acted; null for the server and for those who were not signed in. It stays when the
    /// account is erased.
    async fn actor_id(&self) -> Option<ID> {
        self.0.actor_id.map(|id| ids::encode(Kind::Account, id).into())
    }

    /// The account that acted; null once it was erased.
    async fn actor(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Account>> {
        let Some(id) = self.0.actor_id else { return Ok(None) };
        Ok(one(ctx.loads(), AccountById(id)).await?.map(Account))
    }

    /// Identifier of what it was done to. It stays when the object is gone.
    async fn subject_id(&self) -> Option<ID> {
        self.named().map(|(kind, id)| ids::encode(kind, id).into())
    }

    /// What it was done to, if it exists and the viewer may see it.
    async fn subject(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Node>> {
        match self.named() {
            Some((kind, id)) => Box::pin(Node::load(ctx, kind, id)).await,
            None => Ok(None),
        }
    }

    /// The address of the client; null once it was taken out, and for what no client did.
    async fn ip_address(&self) -> Option<&str> {
        self.0.ip_address.as_deref()
    }

    /// By which the request is found in the log of the server.
    async fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// What else there is to know, by name.
    async fn details(&self) -> Vec<AuditDetail> {
        let written = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let details = self.0.details.as_object().into_iter().flatten();
        details.map(|(name, value)| AuditDetail { name: name.clone(), value: written(value) }).collect()
    }
}

/// A detail of a line of the audit log.
#[derive(SimpleObject, Clone)]
pub struct AuditDetail {
    /// What it is.
    name: String,
    /// Its value.
    value: String,
}

/// Something that happened to the viewer's account.
#[derive(Clone)]
pub struct SecurityEvent(pub audit_entry::Model);

/// Something that happened to the viewer's account.
#[Object]
impl SecurityEvent {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::SecurityEvent, self.0.id).into()
    }

    /// What happened.
    async fn action(&self) -> AuditAction {
        self.0.action.into()
    }

    /// When.
    async fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// The address of the client; null once it was taken out, and for what administrators did.
    async fn ip_address(&self) -> Option<&str> {
        let by_another = self.0.actor_id.is_some() && self.0.actor_id != self.0.subject_id;
        self.0.ip_address.as_deref().filter(|_| !by_another)
    }
}

/// Which lines of the audit log are meant: those that meet every part that is given.
#[derive(InputObject, Default)]
#[graphql(name = "AuditFilter")]
pub struct AuditFilterInput {
    /// Identifier of the account that acted.
    actor: Option<ID>,
    /// What was done: one of these, 100 at the most.
    actions: Option<Vec<AuditAction>>,
    /// Identifier of what it was done to.
    subject: Option<ID>,
    /// The first instant.
    since: Option<DateTime>,
    /// The instant behind the last.
    until: Option<DateTime>,
}

impl AuditFilterInput {
    fn read(self) -> async_graphql::Result<AuditFilter> {
        at_most_100("filter.actions", self.actions.as_deref())?;
        // What nothing is named by matches nothing.
        let named = |id: &ID| ids::decode_any(id).map_or(Uuid::nil(), |(_, id)| id);
        Ok(AuditFilter {
            actor_id: self.actor.as_ref().map(named),
            actions: self.actions.map(|actions| actions.into_iter().map(Into::into).collect()),
            subject_id: self.subject.as_ref().map(named),
            since: self.since.map(|at| at.0),
            until: self.until.map(|at| at.0),
        })
    }
}

/// Lists of the audit log.
#[derive(Default)]
pub struct AuditLists;

lists! {
    /// Lists of the audit log.
    AuditLists {
        /// The audit log, newest first. For administrators.
        audit_log(
            filter: Option<AuditFilterInput> = "Which lines.",
        ) -> Option<List<AuditEntry>> = |ctx, page| matching(ctx, page, filter);
    }
}

async fn matching(
    ctx: &Context<'_>,
    page: &PageArguments,
    filter: Option<AuditFilterInput>,
) -> async_graphql::Result<Option<List<AuditEntry>>> {
    ctx.viewer().administrator()?;
    let rows = select(&filter.unwrap_or_default().read()?);
    page_of(ctx, "auditLog", rows, page, AuditEntry).await.map(Some)
}

/// What happened to an account, newest first.
///
/// # Errors
/// `BAD_USER_INPUT` at the argument; or the database failed.
pub async fn events_of(
    ctx: &Context<'_>,
    account_id: Uuid,
    page: &PageArguments,
) -> async_graphql::Result<List<SecurityEvent>> {
    page_of(ctx, "viewer.securityEvents", security_events(account_id), page, SecurityEvent).await
}

async fn page_of<Node: async_graphql::OutputType>(
    ctx: &Context<'_>,
    name: &str,
    rows: Select<audit_entry::Entity>,
    page: &PageArguments,
    node: impl Fn(audit_entry::Model) -> Node,
) -> async_graphql::Result<List<Node>> {
    let column = |column| Expr::col((audit_entry::Entity, column));
    let newest = Keyset::by_time(name, column(audit_entry::Column::At), column(audit_entry::Column::Id), true);
    connection::list(ctx.reads(), &ctx.state().cursors, rows, &newest, page, node).await
}
