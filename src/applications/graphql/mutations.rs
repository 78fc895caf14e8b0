//! What candidates and employers do with applications.

use async_graphql::{Context, Object, SimpleObject};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::inputs::{
    ApplicationMoveInput, ApplicationNoteInput, ApplicationOfferAcceptInput, ApplicationOfferDeclineInput,
    ApplicationRateInput, ApplicationSubmitInput, ApplicationWithdrawInput, ApplicationsMoveInput,
};
use super::object::Application;
use super::parts::ApplicationNote;
use crate::accounts::viewer::{Denied, Viewer};
use crate::applications::life::{self, Seen};
use crate::applications::submission::SubmissionForm;
use crate::applications::{assessment, submission};
use crate::clock::Timestamp;
use crate::entities::application;
use crate::entities::sets::ApplicationStatus as Status;
use crate::error::{Code, Failure, Outcome};
use crate::graphql::context::{Ask, conclude};
use crate::graphql::errors::{UserError, payload, settle};
use crate::graphql::schema::Query;
use crate::ids::{self, Kind};

payload! {
    /// The outcome of an action on an application.
    ApplicationPayload {
        /// The application, as it is now.
        application: Application
    }
}
payload! {
    /// The outcome of `applicationSubmit`.
    ApplicationSubmitPayload {
        /// The application.
        application: Application, edge
    }
}
payload! {
    /// The outcome of `applicationNote`.
    ApplicationNotePayload {
        /// The note.
        note: ApplicationNote
    }
}

/// What became of one move.
#[derive(SimpleObject)]
pub struct ApplicationMoveResult {
    /// The application, as it is now.
    application: Option<Application>,
    /// What stood in the way; the other moves are not touched by it.
    user_errors: Vec<UserError>,
}

/// The outcome of `applicationsMove`.
#[derive(SimpleObject)]
pub struct ApplicationsMovePayload {
    /// What became of each move, in the order in which they were sent.
    results: Vec<ApplicationMoveResult>,
    /// What stood in the way of all of them.
    user_errors: Vec<UserError>,
    /// The whole graph, as it is after the action.
    query: Query,
}

/// What candidates and employers do with applications.
#[derive(Default)]
pub struct ApplicationMutation;

/// What candidates and employers do with applications.
#[Object]
impl ApplicationMutation {
    /// Applies to an open posting. An account without a profile gets an empty one.
    async fn application_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The application.")] input: ApplicationSubmitInput,
    ) -> async_graphql::Result<Option<ApplicationSubmitPayload>> {
        let me = ctx.viewer().require()?;
        let txn = ctx.begin().await?;
        let submitted = submission::submit(&txn, me, SubmissionForm::from(input), ctx.now()).await;
        ApplicationSubmitPayload::of(conclude(txn, submitted).await.map(Application))
    }

    /// Takes an application back. For the candidate.
    async fn application_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application.")] input: ApplicationWithdrawInput,
    ) -> async_graphql::Result<Option<ApplicationPayload>> {
        answer(ctx, input.id().map(|id| input.seen(id)), Status::Withdrawn).await
    }

    /// Accepts an offer. For the candidate.
    async fn application_offer_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application.")] input: ApplicationOfferAcceptInput,
    ) -> async_graphql::Result<Option<ApplicationPayload>> {
        answer(ctx, input.id().map(|id| input.seen(id)), Status::OfferAccepted).await
    }

    /// Declines an offer. For the candidate.
    async fn application_offer_decline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application.")] input: ApplicationOfferDeclineInput,
    ) -> async_graphql::Result<Option<ApplicationPayload>> {
        answer(ctx, input.id().map(|id| input.seen(id)), Status::OfferDeclined).await
    }

    /// Moves an application. For recruiters of the employer. The last hire closes the posting as FILLED.
    async fn application_move(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where to.")] input: ApplicationMoveInput,
    ) -> async_graphql::Result<Option<ApplicationPayload>> {
        ApplicationPayload::of(move_one(ctx, &input).await?.map(Application))
    }

    /// Makes up to 100 moves, each by itself: one that fails does not stop the others. For recruiters of the employer.
    async fn applications_move(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The moves.")] input: ApplicationsMoveInput,
    ) -> async_graphql::Result<Option<ApplicationsMovePayload>> {
        ctx.viewer().require()?;
        let payload =
            |results, user_errors| Ok(Some(ApplicationsMovePayload { results, user_errors, query: Query::default() }));
        if input.items.len() > 100 {
            let (_, errors) = settle::<()>(Err(Failure::refused(Code::TooLong, "items", "At most 100 moves.")))?;
            return payload(Vec::new(), errors);
        }
        let mut results = Vec::with_capacity(input.items.len());
        for (at, item) in input.items.iter().enumerate() {
            let moved = match move_one(ctx, item).await {
                Ok(moved) => moved,
                Err(_) => Err(Failure::refused(Code::NotAllowed, "id", "This takes a recruiter of the employer.")),
            };
            let moved = moved.map_err(|failure| failure.below(&format!("items.{at}")));
            let (application, user_errors) = settle(moved.map(Application))?;
            results.push(ApplicationMoveResult { application, user_errors });
        }
        payload(results, Vec::new())
    }

    /// Notes something about an application; no candidate ever sees it. For members of the employer.
    async fn application_note(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The note.")] input: ApplicationNoteInput,
    ) -> async_graphql::Result<Option<ApplicationNotePayload>> {
        let id = ids::decode(Kind::Application, &input.id);
        let note = async |txn: &_, by, id, now| assessment::note(txn, by, id, &input.body.0, now).await;
        let noted = act(ctx, id, Viewer::reviewer, note).await?;
        ApplicationNotePayload::of(noted.map(ApplicationNote))
    }

    /// Rates an application; no candidate ever sees it. For members of the employer.
    async fn application_rate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rating.")] input: ApplicationRateInput,
    ) -> async_graphql::Result<Option<ApplicationPayload>> {
        let id = ids::decode(Kind::Application, &input.id);
        let stars = input.stars.take();
        let rate = async |txn: &_, by, id, now| assessment::rate(txn, by, id, stars, now).await;
        let rated = act(ctx, id, Viewer::reviewer, rate).await?;
        ApplicationPayload::of(rated.map(Application))
    }
}

/// Makes a move of the candidate.
async fn answer(
    ctx: &Context<'_>,
    seen: Option<Seen>,
    to: Status,
) -> async_graphql::Result<Option<ApplicationPayload>> {
    let me = ctx.viewer().require()?;
    let Some(seen) = seen else { return ApplicationPayload::of(Err(Failure::not_found("id", "application"))) };
    let txn = ctx.begin().await?;
    let moved = life::answer(&txn, me, seen, to, ctx.now()).await;
    ApplicationPayload::of(conclude(txn, moved).await.map(Application))
}

async fn move_one(ctx: &Context<'_>, input: &ApplicationMoveInput) -> Result<Outcome<application::Model>, Denied> {
    let (to, told) = (Status::from(input.to), input.reason.as_deref());
    let advance = async |txn: &_, by, id, now| life::move_to(txn, by, input.seen(id), to, told, now).await;
    act(ctx, input.id(), Viewer::recruiter, advance).await
}

/// Runs an action on an application in a transaction, with the permit of a member of its employer. Applications to
/// other employers are `NOT_FOUND`.
async fn act<Permit, T>(
    ctx: &Context<'_>,
    id: Option<Uuid>,
    permit: fn(&Viewer, Uuid) -> Result<Permit, Denied>,
    action: impl AsyncFnOnce(&DatabaseTransaction, Permit, Uuid, Timestamp) -> Outcome<T>,
) -> Result<Outcome<T>, Denied> {
    ctx.viewer().require()?;
    let not_found = || Err(Failure::not_found("id", "application"));
    let Some(id) = id else { return Ok(not_found()) };
    let employer_id = match life::employer_of(ctx.reads(), id, "id").await {
        Ok(employer_id) if ctx.viewer().is_member(employer_id) => employer_id,
        Ok(_) => return Ok(not_found()),
        Err(failure) => return Ok(Err(failure)),
    };
    let by = permit(ctx.viewer(), employer_id)?;
    let txn = match ctx.begin().await {
        Ok(txn) => txn,
        Err(failure) => return Ok(Err(failure)),
    };
    let done = action(&txn, by, id, ctx.now()).await;
    Ok(conclude(txn, done).await)
}
