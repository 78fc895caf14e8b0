//! Exports and erasure in the graph.

use async_graphql::{Context, Enum, ID, InputObject, Object};

use super::{erasure, exports};
use crate::accounts::graphql::{prove_present_password, tries};
use crate::accounts::viewer::SignedIn;
use crate::entities::{account_export, sets};
use crate::error::Outcome;
use crate::graphql::context::{Ask, conclude};
use crate::graphql::errors::{internal, payload};
use crate::graphql::scalars::{DateTime, Url};
use crate::ids::{self, Kind};

/// How far a copy of everything held about a person is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::ExportStatus")]
pub enum ExportStatus {
    /// It is being made, or will be.
    Pending,
    /// It can be fetched.
    Ready,
    /// It could not be made; ask again.
    Failed,
}

/// A copy of everything held about a person, as one JSON document. Only the person sees it.
#[derive(Clone)]
pub struct AccountExport(pub account_export::Model);

/// A copy of everything held about a person, as one JSON document. Only the person sees it.
#[Object]
impl AccountExport {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::AccountExport, self.0.id).into()
    }

    /// How far it is.
    async fn status(&self) -> ExportStatus {
        self.0.status.into()
    }

    /// When it was asked for.
    async fn requested_at(&self) -> DateTime {
        DateTime(self.0.requested_at)
    }

    /// When it was made.
    async fn ready_at(&self) -> Option<DateTime> {
        self.0.ready_at.map(DateTime)
    }

    /// Until when it is kept: seven days.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.expires_at.map(DateTime)
    }

    /// Its size in bytes.
    async fn size(&self) -> Option<i32> {
        self.0.size.map(|size| i32::try_from(size).unwrap_or(i32::MAX))
    }

    /// Where it can be fetched, without a token, for five minutes from now; null while it is not ready.
    async fn url(&self, ctx: &Context<'_>) -> Option<Url> {
        exports::address(ctx.state(), &self.0, ctx.now()).map(Url)
    }
}

/// The copies that a person asked for.
///
/// # Errors
/// The database failed.
pub async fn exports_of(ctx: &Context<'_>, me: &SignedIn) -> async_graphql::Result<Vec<AccountExport>> {
    let rows = exports::of(ctx.reads(), me, ctx.now()).await.map_err(internal)?;
    Ok(rows.into_iter().map(AccountExport).collect())
}

/// The end of the viewer's account.
#[derive(InputObject)]
pub struct AccountEraseInput {
    /// The password as it is.
    #[graphql(secret)]
    password: String,
    /// Must be true: that the person knows that nothing brings the account back.
    confirm: bool,
}

payload! {
    /// The outcome of `accountExport`.
    AccountExportPayload {
        /// The copy that is being made.
        export: AccountExport
    }
}
payload! {
    /// The outcome of `accountErase`.
    AccountErasePayload {
        /// Identifier of the account that is no more.
        erased_id: ID
    }
}

/// What people do about what is held about them.
#[derive(Default)]
pub struct PrivacyMutation;

/// What people do about what is held about them.
#[Object]
impl PrivacyMutation {
    /// Asks for a copy of everything held about the viewer. It is made in the background; a mail says when it is ready. While
    /// one is being made, and for an hour after it was asked for, it is that one.
    async fn account_export(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<AccountExportPayload>> {
        let me = ctx.viewer().require()?;
        let txn = ctx.begin().await?;
        let requested = exports::request(&txn, me, ctx.origin(), ctx.now()).await;
        AccountExportPayload::of(conclude(txn, requested).await.map(AccountExport))
    }

    /// Erases the viewer's account with everything that is personal, at once and for good. Applications under way are
    /// withdrawn; what counts is counted on. Refused while an employer would lose its last owner.
    async fn account_erase(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The confirmation.")] input: AccountEraseInput,
    ) -> async_graphql::Result<Option<AccountErasePayload>> {
        tries::password(ctx).await?;
        AccountErasePayload::of(erase(ctx, input).await)
    }
}

async fn erase(ctx: &Context<'_>, input: AccountEraseInput) -> Outcome<ID> {
    let me = prove_present_password(ctx, "password", &input.password).await?;
    let txn = ctx.begin().await?;
    let erased = erasure::erase(&txn, me, input.confirm, ctx.origin(), ctx.now()).await;
    Ok(ids::encode(Kind::Account, conclude(txn, erased).await?).into())
}
