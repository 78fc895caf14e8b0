//! Lists of what the viewer keeps.

use async_graphql::Context;
use async_graphql::connection::EmptyFields;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

use super::object::SavedSearch;
use crate::candidates::loaders::CandidateOfAccount;
use crate::entities::{posting, saved_posting, saved_search};
use crate::graphql::connection::{Grown, List, ListEdge, PageArguments, first_edge, list};
use crate::graphql::context::Ask;
use crate::graphql::listing::lists;
use crate::graphql::loads::one;
use crate::pagination::Keyset;
use crate::postings::graphql::{self as graph, Posting, PostingEdgeFields, PostingList};
use crate::saved::postings;

/// Lists of what an account keeps.
pub struct SavedLists(pub Uuid);

lists! {
    /// Lists of what an account keeps.
    SavedLists {
        /// The postings that the person keeps for later, last saved first; those that have ended since included. None for
        /// everyone but the owner.
        saved_postings() -> PostingList = |ctx, page, this| saved_postings(ctx, this.0, page);
        /// The searches that the person keeps, newest first. None for everyone but the owner.
        saved_searches() -> List<SavedSearch> = |ctx, page, this| saved_searches(ctx, this.0, page);
    }
}

/// The profile of the viewer, if the account is theirs; the nil identifier, which no profile has, if not.
async fn owner(ctx: &Context<'_>, account_id: Uuid) -> async_graphql::Result<Uuid> {
    let is_own = ctx.viewer().account().is_some_and(|me| me.account.id == account_id);
    let candidate = if is_own { one(ctx.loads(), CandidateOfAccount(account_id)).await? } else { None };
    Ok(candidate.map_or_else(Uuid::nil, |candidate| candidate.id))
}

async fn saved_postings(
    ctx: &Context<'_>,
    account_id: Uuid,
    page: &PageArguments,
) -> async_graphql::Result<PostingList> {
    let mine = postings::of_candidate(owner(ctx, account_id).await?);
    graph::page_of(ctx, mine, &last_saved(), page, None).await
}

fn last_saved() -> Keyset {
    let column = |column: saved_posting::Column| Expr::col((saved_posting::Entity, column));
    let (at, id) = (column(saved_posting::Column::SavedAt), column(saved_posting::Column::PostingId));
    Keyset::by_time("viewer.savedPostings", at, id, true)
}

/// The edge by which a posting stands in the list of those that the viewer keeps.
///
/// # Errors
/// The database failed.
pub(super) async fn saved_edge(
    ctx: &Context<'_>,
    saved: &Posting,
) -> async_graphql::Result<Option<ListEdge<Posting, PostingEdgeFields>>> {
    let Some(me) = ctx.viewer().account() else { return Ok(None) };
    let mine = postings::of_candidate(owner(ctx, me.account.id).await?);
    let itself = mine.filter(posting::Column::Id.eq(saved.0.id));
    first_edge(ctx.reads(), &ctx.state().cursors, itself, &last_saved(), |row| graph::edge(row, &<_>::default())).await
}

async fn saved_searches(
    ctx: &Context<'_>,
    account_id: Uuid,
    page: &PageArguments,
) -> async_graphql::Result<List<SavedSearch>> {
    let owner = owner(ctx, account_id).await?;
    let mine = saved_search::Entity::find().filter(saved_search::Column::CandidateId.eq(owner));
    list(ctx.reads(), &ctx.state().cursors, mine, &newest_search(), page, SavedSearch).await
}

fn newest_search() -> Keyset {
    let column = |column: saved_search::Column| Expr::col((saved_search::Entity, column));
    let (at, id) = (column(saved_search::Column::CreatedAt), column(saved_search::Column::Id));
    Keyset::by_time("viewer.savedSearches", at, id, true)
}

impl Grown for SavedSearch {
    type Entity = saved_search::Entity;
    type EdgeFields = EmptyFields;

    fn in_list(&self) -> (Select<saved_search::Entity>, Keyset) {
        (saved_search::Entity::find_by_id(self.0.id), newest_search())
    }

    fn edge(row: saved_search::Model) -> (Self, EmptyFields) {
        (Self(row), EmptyFields)
    }
}
