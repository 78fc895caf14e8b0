//! What people do with what they keep.

use async_graphql::{ComplexObject, Context, ID, Object};

use super::inputs::{
    PostingSaveInput, PostingUnsaveInput, SavedSearchCreateInput, SavedSearchDeleteInput, SavedSearchMarkSeenInput,
    SavedSearchUpdateInput,
};
use super::lists::saved_edge;
use super::object::SavedSearch;
use crate::graphql::connection::ListEdge;
use crate::graphql::context::{Ask, conclude};
use crate::graphql::errors::payload;
use crate::graphql::loads::one;
use crate::ids::{self, Kind};
use crate::postings::filter::form::Reader;
use crate::postings::graphql::{Posting, PostingEdgeFields};
use crate::postings::loaders::PostingById;
use crate::saved::{postings, searches};

payload! {
    /// The outcome of `postingSave`.
    #[graphql(complex)]
    PostingSavePayload {
        /// The posting.
        posting: Posting
    }
}

#[ComplexObject]
impl PostingSavePayload {
    /// The same as an edge of the list of saved postings: for caches that add it to what they hold.
    async fn edge(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<ListEdge<Posting, PostingEdgeFields>>> {
        match &self.posting {
            Some(saved) => saved_edge(ctx, saved).await,
            None => Ok(None),
        }
    }
}

payload! {
    /// The outcome of `postingUnsave`.
    #[graphql(complex)]
    PostingUnsavePayload {
        /// Identifier of the posting that is no longer saved.
        posting_id: ID
    }
}

#[ComplexObject]
impl PostingUnsavePayload {
    /// The posting, if the viewer may still see it.
    async fn posting(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Posting>> {
        let Some(id) = self.posting_id.as_ref().and_then(|id| ids::decode(Kind::Posting, id)) else { return Ok(None) };
        let found = one(ctx.loads(), PostingById(id)).await?.map(Posting);
        Ok(found.filter(|posting| posting.is_visible(ctx)))
    }
}

payload! {
    /// The outcome of `savedSearchCreate`.
    SavedSearchCreatePayload {
        /// The saved search.
        saved_search: SavedSearch, edge
    }
}
payload! {
    /// The outcome of an action on a saved search.
    SavedSearchPayload {
        /// The saved search, as it is now.
        saved_search: SavedSearch
    }
}
payload! {
    /// The outcome of `savedSearchDelete`.
    SavedSearchDeletePayload {
        /// Identifier of the saved search that is gone.
        deleted_id: ID
    }
}

/// What people do with what they keep.
#[derive(Default)]
pub struct SavedMutation;

/// What people do with what they keep.
#[Object]
impl SavedMutation {
    /// Keeps an open posting for later; 1,000 at the most. Saving it twice changes nothing. An account without a profile
    /// gets an empty one.
    async fn posting_save(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which posting.")] input: PostingSaveInput,
    ) -> async_graphql::Result<Option<PostingSavePayload>> {
        let me = ctx.viewer().require()?;
        let txn = ctx.begin().await?;
        let id = ids::decode(Kind::Posting, &input.posting_id);
        let saved = postings::save(&txn, me, id, ctx.now()).await;
        PostingSavePayload::of(conclude(txn, saved).await.map(Posting))
    }

    /// Lets go of a posting that was saved. Doing it twice changes nothing.
    async fn posting_unsave(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which posting.")] input: PostingUnsaveInput,
    ) -> async_graphql::Result<Option<PostingUnsavePayload>> {
        let me = ctx.viewer().require()?;
        let txn = ctx.begin().await?;
        let id = ids::decode(Kind::Posting, &input.posting_id);
        let released = postings::unsave(&txn, me, id, ctx.now()).await;
        PostingUnsavePayload::of(conclude(txn, released).await.map(|id| ids::encode(Kind::Posting, id).into()))
    }

    /// Keeps a search; 100 at the most. An account without a profile gets an empty one.
    async fn saved_search_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The search.")] input: SavedSearchCreateInput,
    ) -> async_graphql::Result<Option<SavedSearchCreatePayload>> {
        let me = ctx.viewer().require()?;
        let txn = ctx.begin().await?;
        let reader = Reader { db: &txn, reference: &ctx.state().reference, now: ctx.now() };
        let created = searches::create(&reader, me, input.into()).await;
        SavedSearchCreatePayload::of(conclude(txn, created).await.map(SavedSearch))
    }

    /// Changes a saved search. Alerts that are switched on tell of what is published from then on.
    async fn saved_search_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: SavedSearchUpdateInput,
    ) -> async_graphql::Result<Option<SavedSearchPayload>> {
        let me = ctx.viewer().require()?;
        let (seen, form) = input.read();
        let txn = ctx.begin().await?;
        let reader = Reader { db: &txn, reference: &ctx.state().reference, now: ctx.now() };
        let updated = searches::update(&reader, me, seen, form).await;
        SavedSearchPayload::of(conclude(txn, updated).await.map(SavedSearch))
    }

    /// Deletes a saved search, and its alerts with it.
    async fn saved_search_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which saved search.")] input: SavedSearchDeleteInput,
    ) -> async_graphql::Result<Option<SavedSearchDeletePayload>> {
        let me = ctx.viewer().require()?;
        let txn = ctx.begin().await?;
        let deleted = searches::delete(&txn, me, ids::decode(Kind::SavedSearch, &input.id), ctx.now()).await;
        let deleted = conclude(txn, deleted).await;
        SavedSearchDeletePayload::of(deleted.map(|id| ids::encode(Kind::SavedSearch, id).into()))
    }

    /// Notes that the viewer has seen what a saved search finds: `newMatchCount` counts what is published later. Neither
    /// its version nor its alerts change.
    async fn saved_search_mark_seen(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which saved search.")] input: SavedSearchMarkSeenInput,
    ) -> async_graphql::Result<Option<SavedSearchPayload>> {
        let me = ctx.viewer().require()?;
        let txn = ctx.begin().await?;
        let marked = searches::mark_seen(&txn, me, ids::decode(Kind::SavedSearch, &input.id), ctx.now()).await;
        SavedSearchPayload::of(conclude(txn, marked).await.map(SavedSearch))
    }
}
