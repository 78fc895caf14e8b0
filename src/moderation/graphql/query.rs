//! How cases are found.

use async_graphql::{Context, InputObject};
use sea_orm::sea_query::Expr;

use super::enums::{ModerationCaseKind, ModerationCaseStatus};
use super::object::ModerationCase;
use crate::entities::moderation_case;
use crate::graphql::connection::{self, List, PageArguments};
use crate::graphql::context::Ask;
use crate::graphql::listing::lists;
use crate::graphql::named::at_most_100;
use crate::moderation::cases::{CaseFilter, select};
use crate::pagination::Keyset;

/// Which cases are meant: those that meet every part that is given.
#[derive(InputObject, Default)]
#[graphql(name = "ModerationFilter")]
pub struct ModerationFilterInput {
    /// Of one of these kinds, 100 at the most.
    kinds: Option<Vec<ModerationCaseKind>>,
    /// In one of these states, 100 at the most; those that wait, if absent.
    statuses: Option<Vec<ModerationCaseStatus>>,
}

impl ModerationFilterInput {
    fn read(self) -> async_graphql::Result<CaseFilter> {
        at_most_100("filter.kinds", self.kinds.as_deref())?;
        at_most_100("filter.statuses", self.statuses.as_deref())?;
        Ok(CaseFilter {
            kinds: self.kinds.map(|kinds| kinds.into_iter().map(Into::into).collect()),
            statuses: self.statuses.map(|statuses| statuses.into_iter().map(Into::into).collect()),
        })
    }
}

/// Lists of cases.
#[derive(Default)]
pub struct ModerationLists;

lists! {
    /// Lists of cases.
    ModerationLists {
        /// What waits for administrators: postings under review, postings that people reported, employers that ask to be
        /// verified; oldest first. For administrators.
        moderation_queue(
            filter: Option<ModerationFilterInput> = "Which cases; those that wait, if absent.",
        ) -> Option<List<ModerationCase>> = |ctx, page| matching(ctx, page, filter);
    }
}

async fn matching(
    ctx: &Context<'_>,
    page: &PageArguments,
    filter: Option<ModerationFilterInput>,
) -> async_graphql::Result<Option<List<ModerationCase>>> {
    ctx.viewer().administrator()?;
    let column = |column| Expr::col((moderation_case::Entity, column));
    let (at, id) = (column(moderation_case::Column::OpenedAt), column(moderation_case::Column::Id));
    let oldest = Keyset::by_time("moderationQueue", at, id, false);
    let rows = select(&filter.unwrap_or_default().read()?);
    connection::list(ctx.reads(), &ctx.state().cursors, rows, &oldest, page, ModerationCase).await.map(Some)
}
