//! Lists of postings.

use std::sync::Arc;

use async_graphql::{Context, ID, MergedObject, Object};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

use super::facets::Facets;
use super::filter::{PostingFilterInput, reader};
use super::object::Posting;
use super::order::{PostingOrder, orders};
use crate::candidates::loaders::CandidateOfAccount;
use crate::entities::posting;
use crate::graphql::connection::{Grown, List, PageArguments, TotalCount, connection, page_size};
use crate::graphql::context::Ask;
use crate::graphql::errors::{bad_argument, bad_query, internal};
use crate::graphql::listing::lists;
use crate::graphql::loads::{list, one};
use crate::ids::{self, Kind};
use crate::pagination;
use crate::postings::filter::form::FilterForm;
use crate::postings::filter::{Order, OrderField, Scope, Search, keyset, open_at};
use crate::postings::found::{Asked, Found};
use crate::postings::loaders::{PostingById, SimilarTo};
use crate::postings::snippet::snippet;
use crate::search::demand;

/// Similar postings at the most.
const MOST_SIMILAR: usize = 20;

/// What a list of postings has beside its edges.
#[derive(MergedObject)]
pub struct PostingListFields(TotalCount, Facets);

/// What an edge to a posting has beside it.
pub struct PostingEdgeFields {
    description: String,
    /// Words of the search.
    words: Arc<[String]>,
}

/// What an edge to a posting has beside it.
#[Object]
impl PostingEdgeFields {
    /// A part of the description around the words of the search, or its beginning; plain text.
    async fn snippet(&self) -> String {
        snippet(&self.description, &self.words)
    }
}

/// A list of postings.
pub type PostingList = List<Posting, PostingListFields, PostingEdgeFields>;

/// Postings.
#[derive(Default)]
pub struct PostingQuery;

/// Postings.
#[Object]
impl PostingQuery {
    /// The posting with this identifier, if the viewer may see it.
    #[graphql(cache_control(max_age = 60))]
    async fn posting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Identifier of a posting.")] id: ID,
    ) -> async_graphql::Result<Option<Posting>> {
        let Some(id) = ids::decode(Kind::Posting, &id) else { return Ok(None) };
        let found = one(ctx.loads(), PostingById(id)).await?.map(Posting);
        Ok(found.filter(|posting| posting.is_visible(ctx)))
    }
}

/// Lists of postings.
#[derive(Default)]
pub struct PostingLists;

lists! {
    /// Lists of postings.
    PostingLists {
        /// The open postings, newest first unless a search or another order is given.
        #[graphql(cache_control(max_age = 60))]
        #[expect(clippy::too_many_arguments, reason = "the arguments of a list with search, filter and order")]
        postings(
            search: Option<String> = "Words that must all be in the posting, in any form or as the beginning of one, and \"those in quotation marks\" as they are. Names of skills find whoever asks for these.",
            filter: Option<PostingFilterInput> = "Which postings.",
            order_by: Option<Vec<PostingOrder>> = "Sort keys, most significant first, 3 at the most.",
        ) -> PostingList = |ctx, page| matching(ctx, page, search.as_deref(), filter, order_by);
    }
}

/// A page of the open postings that fit a search and a filter. The first one is counted as a search.
///
/// # Errors
/// `BAD_USER_INPUT` at the argument; or the database failed.
pub async fn matching(
    ctx: &Context<'_>,
    page: &PageArguments,
    search: Option<&str>,
    filter: Option<PostingFilterInput>,
    order_by: Option<Vec<PostingOrder>>,
) -> async_graphql::Result<PostingList> {
    let scope = scope(ctx, filter, search).await?;
    of_scope(ctx, page, &scope, order_by).await
}

/// A page of the open postings of a scope.
///
/// # Errors
/// `BAD_USER_INPUT` at the argument; or the database failed.
pub async fn of_scope(
    ctx: &Context<'_>,
    page: &PageArguments,
    scope: &Scope,
    order_by: Option<Vec<PostingOrder>>,
) -> async_graphql::Result<PostingList> {
    let orders = orders(order_by, scope.search.as_ref())?;
    let candidate = candidate_to_match(ctx, &orders).await?;
    let keyset = keyset("postings", &orders, scope.search.as_ref(), true, candidate);
    let list = match Box::pin(found(ctx, page, scope, &orders, &keyset)).await? {
        Some(list) => list,
        None => page_of(ctx, scope.open(ctx.now()), &keyset, page, scope.search.as_ref()).await?,
    };
    if page.after.is_none() && page.before.is_none() {
        demand::note(ctx.state(), ctx.viewer().account(), scope, ctx.now());
    }
    Ok(list)
}

/// The page as it is found in memory: one statement, which reads its rows. `None` if it is to be found in the database,
/// as within a transaction that has changed something.
async fn found(
    ctx: &Context<'_>,
    page: &PageArguments,
    scope: &Scope,
    orders: &[Order],
    keyset: &pagination::Keyset,
) -> async_graphql::Result<Option<PostingList>> {
    let state = ctx.state();
    if ctx.reads().sees_more() {
        return Ok(None);
    }
    // Memory and database tell by different numbers how well a posting fits: each goes on with its own cursors.
    let by_relevance = orders.iter().any(|order| order.field == OrderField::Relevance);
    let name = if by_relevance { format!("{} in memory", keyset.name) } else { keyset.name.clone() };
    let keyset = &pagination::Keyset { name, ..keyset.clone() };
    let window = match page.window(&state.cursors, keyset) {
        Err(_) if by_relevance => return Ok(None),
        window => window?,
    };
    let asked = Asked { scope, among: None, orders, keyset, window: &window };
    let look = Found::page(&state.mirror, state.mirror.ticket(), asked, ctx.now());
    let Some((found, places)) = look.await else { return Ok(None) };
    let rows = places.rows(ctx.reads(), ctx.now()).await.map_err(internal)?;
    let fields = PostingListFields(TotalCount::known(found.count()), Facets::among(found));
    let words = scope.search.as_ref().map(Search::single_words).unwrap_or_default().into();
    Ok(Some(connection(&state.cursors, rows, fields, |row| edge(row, &words))))
}

/// Reads which postings are meant.
///
/// # Errors
/// `BAD_USER_INPUT` at the argument.
pub async fn scope(
    ctx: &Context<'_>,
    filter: Option<PostingFilterInput>,
    search: Option<&str>,
) -> async_graphql::Result<Scope> {
    let filter = filter.map(FilterForm::from);
    reader(ctx).scope(filter.as_ref(), search).await.map_err(bad_query)
}

const OF_EMPLOYER: &str = "employer.postings";
/// The order in which members see the postings of their employer, unless they wish for another.
const LAST_CHANGED: Order = Order { field: OrderField::UpdatedAt, descending: true };

/// Who makes a posting is a member of its employer, and sees the list as members do.
impl Grown for Posting {
    type Entity = posting::Entity;
    type EdgeFields = PostingEdgeFields;

    fn in_list(&self) -> (Select<posting::Entity>, pagination::Keyset) {
        (posting::Entity::find_by_id(self.0.id), keyset(OF_EMPLOYER, &[LAST_CHANGED], None, false, None))
    }

    fn edge(row: posting::Model) -> (Self, PostingEdgeFields) {
        edge(row, &Arc::default())
    }
}

/// All postings of an employer that the viewer may see: every one for its members, the open ones for everyone else.
///
/// # Errors
/// `BAD_USER_INPUT` at the argument; or the database failed.
pub async fn of_employer(
    ctx: &Context<'_>,
    employer_id: Uuid,
    page: &PageArguments,
    filter: Option<PostingFilterInput>,
    order_by: Option<Vec<PostingOrder>>,
) -> async_graphql::Result<PostingList> {
    let scope = scope(ctx, filter, None).await?;
    let is_ours = ctx.viewer().is_member(employer_id);
    let select = posting::Entity::find().filter(posting::Column::EmployerId.eq(employer_id)).filter(scope.condition());
    let select = if is_ours { select } else { select.filter(open_at(ctx.now())) };
    let orders = match order_by {
        None if is_ours => vec![LAST_CHANGED],
        wishes => orders(wishes, None)?,
    };
    let candidate = candidate_to_match(ctx, &orders).await?;
    let keyset = keyset(OF_EMPLOYER, &orders, None, !is_ours, candidate);
    page_of(ctx, select, &keyset, page, None).await
}

/// Whose skills a MATCH compares with: the viewer's.
async fn candidate_to_match(ctx: &Context<'_>, orders: &[Order]) -> async_graphql::Result<Option<Uuid>> {
    if orders.iter().all(|order| order.field != OrderField::Match) {
        return Ok(None);
    }
    let mine = match ctx.viewer().account() {
        Some(me) => one(ctx.loads(), CandidateOfAccount(me.account.id)).await?,
        None => None,
    };
    let mine = mine.ok_or_else(|| bad_argument("orderBy", "MATCH needs a candidate's profile."))?;
    Ok(Some(mine.id))
}

/// A page of postings, whichever they are.
///
/// # Errors
/// `BAD_USER_INPUT` at the argument; or the database failed.
pub async fn page_of(
    ctx: &Context<'_>,
    select: Select<posting::Entity>,
    keyset: &pagination::Keyset,
    page: &PageArguments,
    search: Option<&Search>,
) -> async_graphql::Result<PostingList> {
    let seal = &ctx.state().cursors;
    let window = page.window(seal, keyset)?;
    let fields = PostingListFields(TotalCount::of(ctx.reads(), &select), Facets::of(ctx.reads(), &select));
    let rows = pagination::fetch(ctx.reads(), select, keyset, &window).await.map_err(internal)?;
    let words = search.map(Search::single_words).unwrap_or_default().into();
    Ok(connection(seal, rows, fields, |row| edge(row, &words)))
}

/// A posting as a list of those that have these words shows it.
#[must_use]
pub fn edge(row: posting::Model, words: &Arc<[String]>) -> (Posting, PostingEdgeFields) {
    let fields = PostingEdgeFields { description: row.description.clone(), words: words.clone() };
    (Posting(row), fields)
}

/// Open postings that resemble one.
pub(super) async fn similar(ctx: &Context<'_>, to: &posting::Model, first: i32) -> async_graphql::Result<Vec<Posting>> {
    let limit = page_size("first", first)?;
    let Some(limit) = usize::try_from(limit).ok().filter(|limit| *limit <= MOST_SIMILAR) else {
        return Err(bad_argument("first", "it takes 1 to 20."));
    };
    let similar = list(ctx.loads(), SimilarTo { posting_id: to.id, limit, at: ctx.now() }).await?;
    Ok(similar.into_iter().map(Posting).collect())
}
