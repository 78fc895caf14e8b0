//! Which mails a person wants, in the graph.

use async_graphql::{Context, InputObject, Object};

use super::subscription;
use crate::accounts::graphql::Account;
use crate::graphql::context::{Ask, conclude};
use crate::graphql::enums::NotificationKind;
use crate::graphql::errors::payload;

/// Whether mails of a kind are wanted.
#[derive(InputObject)]
pub struct NotificationUpdateInput {
    /// The kind.
    kind: NotificationKind,
    /// Whether the viewer wants them.
    is_wanted: bool,
}

payload! {
    /// The outcome of `notificationUpdate`.
    NotificationUpdatePayload {
        /// The viewer's account.
        account: Account
    }
}

/// Which mails people want.
#[derive(Default)]
pub struct NotificationMutation;

/// Which mails people want.
#[Object]
impl NotificationMutation {
    /// Says whether the viewer wants mails of a kind. All are wanted until somebody says otherwise.
    async fn notification_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The kind and the wish.")] input: NotificationUpdateInput,
    ) -> async_graphql::Result<Option<NotificationUpdatePayload>> {
        let me = ctx.viewer().require()?;
        let txn = ctx.begin().await?;
        let done = if input.is_wanted {
            subscription::opt_in(&txn, me.account.id, input.kind.into()).await
        } else {
            subscription::opt_out(&txn, me.account.id, input.kind.into(), ctx.now()).await
        };
        let done = conclude(txn, done.map_err(Into::into)).await;
        NotificationUpdatePayload::of(done.map(|()| me.into()))
    }
}
