//! What administrators see of accounts, and do with them.

use async_graphql::{Context, ID, InputObject, Object};
use sea_orm::sea_query::Expr;

use super::Account;
use crate::accounts::directory::{AccountFilter, select};
use crate::accounts::loaders::AccountById;
use crate::accounts::suspension;
use crate::entities::account;
use crate::graphql::connection::{self, List, PageArguments};
use crate::graphql::context::{Ask, conclude};
use crate::graphql::errors::payload;
use crate::graphql::listing::lists;
use crate::graphql::loads::one;
use crate::ids::{self, Kind};
use crate::pagination::Keyset;

/// Which accounts are meant: those that meet every part that is given.
#[derive(InputObject, Default)]
#[graphql(name = "AccountFilter")]
pub struct AccountFilterInput {
    /// An e-mail address, or the beginning of one; case does not matter.
    email: Option<String>,
    /// Whether they are suspended.
    is_suspended: Option<bool>,
    /// Whether they may administer the board.
    is_admin: Option<bool>,
}

impl From<AccountFilterInput> for AccountFilter {
    fn from(input: AccountFilterInput) -> Self {
        Self { email: input.email, is_suspended: input.is_suspended, is_admin: input.is_admin }
    }
}

/// Who is suspended, and why.
#[derive(InputObject)]
pub struct AccountSuspendInput {
    /// The account.
    account_id: ID,
    /// Why, 1 to 2,000 characters; the person is told.
    reason: String,
}

/// Whose suspension ends.
#[derive(InputObject)]
pub struct AccountReinstateInput {
    /// The account.
    account_id: ID,
}

payload! {
    /// The outcome of an administrator's action on an account.
    AccountPayload {
        /// The account, as it is now.
        account: Account
    }
}

/// Accounts, for administrators.
#[derive(Default)]
pub struct AdministrationQuery;

/// Accounts, for administrators.
#[Object]
impl AdministrationQuery {
    /// The account with this identifier. For administrators.
    async fn account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Identifier of an account.")] id: ID,
    ) -> async_graphql::Result<Option<Account>> {
        ctx.viewer().administrator()?;
        let Some(id) = ids::decode(Kind::Account, &id) else { return Ok(None) };
        Ok(one(ctx.loads(), AccountById(id)).await?.map(Account))
    }
}

/// Lists of accounts, for administrators.
#[derive(Default)]
pub struct AdministrationLists;

lists! {
    /// Lists of accounts, for administrators.
    AdministrationLists {
        /// The accounts, newest first. For administrators.
        accounts(
            filter: Option<AccountFilterInput> = "Which accounts.",
        ) -> Option<List<Account>> = |ctx, page| matching(ctx, page, filter);
    }
}

async fn matching(
    ctx: &Context<'_>,
    page: &PageArguments,
    filter: Option<AccountFilterInput>,
) -> async_graphql::Result<Option<List<Account>>> {
    ctx.viewer().administrator()?;
    let column = |column| Expr::col((account::Entity, column));
    let newest = Keyset::by_time("accounts", column(account::Column::CreatedAt), column(account::Column::Id), true);
    let rows = select(&filter.unwrap_or_default().into());
    connection::list(ctx.reads(), &ctx.state().cursors, rows, &newest, page, Account).await.map(Some)
}

/// What administrators do with accounts.
#[derive(Default)]
pub struct AdministrationMutation;

/// What administrators do with accounts.
#[Object]
impl AdministrationMutation {
    /// Shuts a person out: sessions end at once, and no new one begins. For administrators.
    async fn account_suspend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and why.")] input: AccountSuspendInput,
    ) -> async_graphql::Result<Option<AccountPayload>> {
        let admin = ctx.viewer().administrator()?;
        let id = ids::decode(Kind::Account, &input.account_id);
        let txn = ctx.begin().await?;
        let done = suspension::suspend(&txn, admin, id, &input.reason, ctx.origin(), ctx.now()).await;
        AccountPayload::of(conclude(txn, done).await.map(Account))
    }

    /// Lets a suspended person in again. For administrators.
    async fn account_reinstate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who.")] input: AccountReinstateInput,
    ) -> async_graphql::Result<Option<AccountPayload>> {
        let admin = ctx.viewer().administrator()?;
        let id = ids::decode(Kind::Account, &input.account_id);
        let txn = ctx.begin().await?;
        let done = suspension::reinstate(&txn, admin, id, ctx.origin(), ctx.now()).await;
        AccountPayload::of(conclude(txn, done).await.map(Account))
    }
}
