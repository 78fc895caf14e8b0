//! What employers and administrators do with postings.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use uuid::Uuid;

use super::inputs::{PostingCreateInput, PostingSyncItem, PostingUpdateInput};
use super::object::Posting;
use crate::accounts::viewer::Recruiter;
use crate::entities::posting;
use crate::error::{Code, Failure, Outcome};
use crate::graphql::context::{Ask, conclude};
use crate::graphql::enums::PostingCloseReason;
use crate::graphql::errors::{UserError, payload, settle};
use crate::graphql::schema::Query;
use crate::ids::{self, Kind};
use crate::postings::form::PostingForm;
use crate::postings::life::{self, Seen};
use crate::postings::service;

payload! {
    /// The outcome of `postingCreate`.
    PostingCreatePayload {
        /// The new draft.
        posting: Posting, edge
    }
}
payload! {
    /// The outcome of an action on a posting.
    PostingPayload {
        /// The posting, as it is now.
        posting: Posting
    }
}
payload! {
    /// The outcome of `postingDelete`.
    PostingDeletePayload {
        /// Identifier of the posting that is gone.
        deleted_id: ID
    }
}

/// Declares an input that names a posting and the version that was seen.
macro_rules! seen_input {
    ($(#[$doc:meta])* $name:ident { $($more:tt)* }) => {
        $(#[$doc])*
        #[derive(InputObject)]
        pub struct $name {
            /// The posting.
            id: ID,
            /// The version that was seen.
            version: i32,
            $($more)*
        }

        impl $name {
            fn id(&self) -> Option<Uuid> {
                ids::decode(Kind::Posting, &self.id)
            }
        }
    };
}

seen_input! {
    /// Which posting is to be published.
    PostingPublishInput {}
}
seen_input! {
    /// Which posting is to be submitted for review.
    PostingSubmitInput {}
}
seen_input! {
    /// Which posting is to be paused.
    PostingPauseInput {}
}
seen_input! {
    /// Which posting is to be resumed.
    PostingResumeInput {}
}
seen_input! {
    /// Which posting is to be closed, and why.
    PostingCloseInput {
        /// Why; MODERATION is for administrators.
        reason: PostingCloseReason,
    }
}
seen_input! {
    /// Which posting is to be deleted.
    PostingDeleteInput {}
}
seen_input! {
    /// What an administrator decides about a posting under review.
    PostingReviewInput {
        /// The decision.
        decision: ReviewDecision,
        /// The reason, 1 to 2,000 characters; needed for REJECT.
        reason: Option<String>,
    }
}

/// A decision about a posting under review.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewDecision {
    /// It is published.
    Approve,
    /// It is sent back with the reason.
    Reject,
}

/// Postings as the employer's own system has them.
#[derive(InputObject)]
pub struct PostingsSyncInput {
    /// The employer.
    employer_id: ID,
    /// The postings, 100 at the most.
    items: Vec<PostingSyncItem>,
}

/// What became of one item.
#[derive(SimpleObject)]
pub struct PostingSyncResult {
    /// Name in the employer's own system.
    external_id: String,
    /// The posting, as it is now.
    posting: Option<Posting>,
    /// What stood in the way; the other items are not touched by it.
    user_errors: Vec<UserError>,
}

/// The outcome of `postingsSync`.
#[derive(SimpleObject)]
pub struct PostingsSyncPayload {
    /// What became of each item, in the order in which they were sent.
    results: Vec<PostingSyncResult>,
    /// What stood in the way of all of them.
    user_errors: Vec<UserError>,
    /// The whole graph, as it is after the action.
    query: Query,
}

/// What employers and administrators do with postings.
#[derive(Default)]
pub struct PostingMutation;

/// What employers and administrators do with postings.
#[Object]
impl PostingMutation {
    /// Writes a draft. For recruiters of the employer.
    async fn posting_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draft.")] input: PostingCreateInput,
    ) -> async_graphql::Result<Option<PostingCreatePayload>> {
        ctx.viewer().require()?;
        let Some(employer_id) =
            ids::decode(Kind::Employer, &input.employer_id).filter(|id| ctx.viewer().is_member(*id))
        else {
            return PostingCreatePayload::of(Err(Failure::not_found("employerId", "employer")));
        };
        let recruiter = ctx.viewer().recruiter(employer_id)?;
        let txn = ctx.begin().await?;
        let reference = &ctx.state().reference;
        let created = service::create(&txn, recruiter, PostingForm::from(input), reference, ctx.now()).await;
        PostingCreatePayload::of(conclude(txn, created).await.map(Posting))
    }

    /// Changes a posting: what is absent stays, what is null is cleared. For recruiters of the employer.
    async fn posting_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: PostingUpdateInput,
    ) -> async_graphql::Result<Option<PostingPayload>> {
        let id = ids::decode(Kind::Posting, &input.id);
        act(ctx, id, async |txn, by, id, now| {
            let seen = (id, input.version);
            service::update(txn, by, seen, PostingForm::from(input), &ctx.state().reference, now).await
        })
        .await
    }

    /// Shows a draft to everyone: at once if its employer is verified, after a review if not. Resumes a paused one.
    async fn posting_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which posting.")] input: PostingPublishInput,
    ) -> async_graphql::Result<Option<PostingPayload>> {
        let version = input.version;
        act(ctx, input.id(), async |txn, by, id, now| life::publish(txn, by, Seen { id, version }, now).await).await
    }

    /// Submits a draft for review. Postings of a verified employer skip the review and are published.
    async fn posting_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which posting.")] input: PostingSubmitInput,
    ) -> async_graphql::Result<Option<PostingPayload>> {
        let version = input.version;
        act(ctx, input.id(), async |txn, by, id, now| life::publish(txn, by, Seen { id, version }, now).await).await
    }

    /// Hides a published posting for a while.
    async fn posting_pause(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which posting.")] input: PostingPauseInput,
    ) -> async_graphql::Result<Option<PostingPayload>> {
        let version = input.version;
        act(ctx, input.id(), async |txn, by, id, now| life::pause(txn, by, Seen { id, version }, now).await).await
    }

    /// Shows a paused posting again.
    async fn posting_resume(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which posting.")] input: PostingResumeInput,
    ) -> async_graphql::Result<Option<PostingPayload>> {
        let version = input.version;
        act(ctx, input.id(), async |txn, by, id, now| life::resume(txn, by, Seen { id, version }, now).await).await
    }

    /// Ends a posting for good. For recruiters of the employer; with MODERATION for administrators.
    async fn posting_close(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which posting, and why.")] input: PostingCloseInput,
    ) -> async_graphql::Result<Option<PostingPayload>> {
        let version = input.version;
        if input.reason == PostingCloseReason::Moderation && ctx.viewer().is_administrator() {
            let admin = ctx.viewer().administrator()?;
            let Some(id) = input.id() else { return PostingPayload::of(Err(Failure::not_found("id", "posting"))) };
            let txn = ctx.begin().await?;
            let closed = life::take_down(&txn, admin, Seen { id, version }, ctx.now()).await;
            return PostingPayload::of(conclude(txn, closed).await.map(Posting));
        }
        let reason = input.reason.into();
        act(ctx, input.id(), async |txn, by, id, now| life::close(txn, by, Seen { id, version }, reason, now).await)
            .await
    }

    /// Publishes a posting that was reviewed, or sends it back. For administrators.
    async fn posting_review(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: PostingReviewInput,
    ) -> async_graphql::Result<Option<PostingPayload>> {
        let admin = ctx.viewer().administrator()?;
        let Some(id) = input.id() else { return PostingPayload::of(Err(Failure::not_found("id", "posting"))) };
        let seen = Seen { id, version: input.version };
        let txn = ctx.begin().await?;
        let reviewed = match (input.decision, &input.reason) {
            (ReviewDecision::Approve, _) => life::approve(&txn, admin, seen, ctx.now()).await,
            (ReviewDecision::Reject, Some(reason)) => life::reject(&txn, admin, seen, reason, ctx.now()).await,
            (ReviewDecision::Reject, None) => Err(Failure::refused(Code::Required, "reason", "Say why.")),
        };
        PostingPayload::of(conclude(txn, reviewed).await.map(Posting))
    }

    /// Deletes a posting to which nobody applied; one with applications is closed instead.
    async fn posting_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which posting.")] input: PostingDeleteInput,
    ) -> async_graphql::Result<Option<PostingDeletePayload>> {
        let by = match permit(ctx, input.id()).await? {
            Ok(by) => by,
            Err(failure) => return PostingDeletePayload::of(Err(failure)),
        };
        let txn = ctx.begin().await?;
        let deleted = service::delete(&txn, by.0, by.1, input.version, ctx.now()).await;
        PostingDeletePayload::of(conclude(txn, deleted).await.map(|id| ids::encode(Kind::Posting, id).into()))
    }

    /// Brings up to 100 postings in step with the employer's own system, each by itself: one that fails does not stop
    /// the others. For recruiters of the employer.
    async fn postings_sync(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The postings.")] input: PostingsSyncInput,
    ) -> async_graphql::Result<Option<PostingsSyncPayload>> {
        ctx.viewer().require()?;
        let refused = |failure| {
            let (_, user_errors) = settle::<()>(Err(failure))?;
            Ok(Some(PostingsSyncPayload { results: Vec::new(), user_errors, query: Query::default() }))
        };
        let Some(employer_id) =
            ids::decode(Kind::Employer, &input.employer_id).filter(|id| ctx.viewer().is_member(*id))
        else {
            return refused(Failure::not_found("employerId", "employer"));
        };
        let recruiter = ctx.viewer().recruiter(employer_id)?;
        if input.items.len() > 100 {
            return refused(Failure::refused(Code::TooLong, "items", "At most 100 items."));
        }
        let mut results = Vec::with_capacity(input.items.len());
        for (at, item) in input.items.into_iter().enumerate() {
            let external_id = item.external_id.clone();
            let outcome = sync_one(ctx, recruiter, item).await.map_err(|failure| failure.below(&format!("items.{at}")));
            let (posting, user_errors) = settle(outcome.map(Posting))?;
            results.push(PostingSyncResult { external_id, posting, user_errors });
        }
        Ok(Some(PostingsSyncPayload { results, user_errors: Vec::new(), query: Query::default() }))
    }
}

async fn sync_one(ctx: &Context<'_>, by: Recruiter, item: PostingSyncItem) -> Outcome<posting::Model> {
    let (state, now) = (ctx.state(), ctx.now());
    let wanted = item.is_published;
    let txn = ctx.begin().await?;
    let outcome = async {
        let synced = service::sync(&txn, by, PostingForm::from(item), &state.reference, now).await?;
        let seen = Seen { id: synced.id, version: synced.version };
        match wanted {
            Some(true) => life::publish(&txn, by, seen, now).await,
            Some(false) if synced.published_at.is_some() => life::pause(&txn, by, seen, now).await,
            _ => Ok(synced),
        }
    };
    let outcome = outcome.await;
    conclude(txn, outcome).await
}

/// Who acts on which posting: `NOT_FOUND` for postings that the viewer's employers do not have, `FORBIDDEN` for members
/// without the right.
async fn permit(ctx: &Context<'_>, id: Option<Uuid>) -> async_graphql::Result<Result<(Recruiter, Uuid), Failure>> {
    ctx.viewer().require()?;
    let not_found = || Failure::not_found("id", "posting");
    let Some(id) = id else { return Ok(Err(not_found())) };
    let employer_id = match service::employer_of(ctx.reads(), Some(id), "id").await {
        Ok(employer_id) => employer_id,
        Err(failure) => return Ok(Err(failure)),
    };
    if !ctx.viewer().is_member(employer_id) {
        return Ok(Err(not_found()));
    }
    Ok(Ok((ctx.viewer().recruiter(employer_id)?, id)))
}

/// Runs an action of a recruiter on a posting in a transaction.
async fn act(
    ctx: &Context<'_>,
    id: Option<Uuid>,
    action: impl AsyncFnOnce(
        &sea_orm::DatabaseTransaction,
        Recruiter,
        Uuid,
        crate::clock::Timestamp,
    ) -> Outcome<posting::Model>,
) -> async_graphql::Result<Option<PostingPayload>> {
    let (by, id) = match permit(ctx, id).await? {
        Ok(permit) => permit,
        Err(failure) => return PostingPayload::of(Err(failure)),
    };
    let txn = ctx.begin().await?;
    let done = action(&txn, by, id, ctx.now()).await;
    PostingPayload::of(conclude(txn, done).await.map(Posting))
}
