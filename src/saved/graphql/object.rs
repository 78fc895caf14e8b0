//! A saved search in the graph.

use async_graphql::{Context, ID, Json, Object};
use serde_json::Value;
use uuid::Uuid;

use crate::candidates::loaders::CandidateOfAccount;
use crate::entities::saved_search;
use crate::graphql::connection::{COUNT_LIMIT, PageArguments, counted};
use crate::graphql::context::Ask;
use crate::graphql::enums::SearchAlerts;
use crate::graphql::errors::{bad_query, internal};
use crate::graphql::loads::one;
use crate::graphql::scalars::DateTime;
use crate::ids::{self, Kind};
use crate::postings::filter::Scope;
use crate::postings::filter::form::FilterForm;
use crate::postings::found::Found;
use crate::postings::graphql::{PostingList, PostingOrder, of_scope, reader};
use crate::saved::loaders::SavedSearchById;
use crate::saved::searches;

/// A search that a person keeps, with its alerts. Nobody else sees it.
#[derive(Clone)]
pub struct SavedSearch(pub saved_search::Model);

impl SavedSearch {
    /// Which postings are meant at the instant of the request.
    ///
    /// # Errors
    /// The database failed.
    pub async fn scope(&self, ctx: &Context<'_>) -> async_graphql::Result<Scope> {
        searches::scope(&reader(ctx), &self.0).await.map_err(bad_query)
    }
}

/// The saved search with this identifier, if it is the viewer's.
///
/// # Errors
/// The database failed.
pub async fn own_search(ctx: &Context<'_>, id: Uuid) -> async_graphql::Result<Option<SavedSearch>> {
    let Some(me) = ctx.viewer().account() else { return Ok(None) };
    let Some(found) = one(ctx.loads(), SavedSearchById(id)).await? else { return Ok(None) };
    let mine = one(ctx.loads(), CandidateOfAccount(me.account.id)).await?;
    Ok(mine.filter(|mine| mine.id == found.candidate_id).map(|_| SavedSearch(found)))
}

/// A search that a person keeps, with its alerts. Nobody else sees it.
#[Object]
impl SavedSearch {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::SavedSearch, self.0.id).into()
    }

    /// Name, 1 to 100 characters.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The words, as they were written.
    async fn search(&self) -> Option<&str> {
        self.0.search.as_deref()
    }

    /// The filter as a value of the input `PostingFilter`: it can be sent in a variable as it is. Its lists are sorted.
    async fn filter(&self) -> async_graphql::Result<Option<Json<Value>>> {
        let Some(kept) = &self.0.filter else { return Ok(None) };
        let form = FilterForm::kept(kept).map_err(internal)?;
        serde_json::to_value(form).map(|value| Some(Json(value))).map_err(internal)
    }

    /// When the person is told by e-mail of new postings that meet it.
    async fn alerts(&self) -> SearchAlerts {
        self.0.alerts.into()
    }

    /// How many of the open postings that meet it were first published after `seenAt`; 10,000 stands for that many or
    /// more. Costs as much as ten objects.
    async fn new_match_count(&self, ctx: &Context<'_>) -> async_graphql::Result<i32> {
        let later = searches::later(&self.scope(ctx).await?, self.0.seen_at);
        let mirror = &ctx.state().mirror;
        let found = if ctx.reads().sees_more() {
            None
        } else {
            Found::number(mirror, mirror.ticket(), &later, ctx.now()).await
        };
        match found {
            Some(number) => Ok(i32::try_from(number.min(COUNT_LIMIT)).unwrap_or(i32::MAX)),
            None => counted(ctx.reads(), &later.open(ctx.now())).await,
        }
    }

    /// When the person last said to have seen what it finds; at first when it was saved.
    async fn seen_at(&self) -> DateTime {
        DateTime(self.0.seen_at)
    }

    /// When a mail last told of new postings.
    async fn last_alerted_at(&self) -> Option<DateTime> {
        self.0.last_alerted_at.map(DateTime)
    }

    /// The open postings that meet it: those that fit best first where there are words, newest first where there are none,
    /// unless another order is given.
    async fn postings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 if neither `first` nor `last` is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
        #[graphql(desc = "Sort keys, most significant first, 3 at the most.")] order_by: Option<Vec<PostingOrder>>,
    ) -> async_graphql::Result<PostingList> {
        let scope = self.scope(ctx).await?;
        of_scope(ctx, &PageArguments { first, after, last, before }, &scope, order_by).await
    }

    /// When it was saved.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Counts up with every change; updates name the version that they saw.
    async fn version(&self) -> i32 {
        self.0.version
    }
}
