//! What people report, owners ask for and administrators decide.

use async_graphql::{Context, ID, InputObject, Object};

use super::enums::{ModerationDecision, ReportReason};
use super::object::{ModerationCase, PostingReport};
use crate::employers::graphql::{Employer, owner_of};
use crate::graphql::context::{Ask, conclude};
use crate::graphql::errors::payload;
use crate::ids::{self, Kind};
use crate::moderation::reports::{self, ReportForm};
use crate::moderation::{decisions, verification};

/// What is reported, and why.
#[derive(InputObject)]
pub struct PostingReportInput {
    /// The posting, which must be open.
    posting_id: ID,
    /// What is wrong with it.
    reason: ReportReason,
    /// The same in words, up to 2,000 characters.
    text: Option<String>,
}

/// What is decided.
#[derive(InputObject)]
pub struct ModerationDecideInput {
    /// The case.
    case_id: ID,
    /// The decision: APPROVE or REJECT for a posting under review and for an employer, DISMISS or TAKE_DOWN for reports.
    decision: ModerationDecision,
    /// Why, up to 2,000 characters; needed for REJECT and TAKE_DOWN, and told to the employer.
    reason: Option<String>,
}

/// Which employer asks to be verified.
#[derive(InputObject)]
pub struct EmployerVerificationRequestInput {
    /// The employer.
    employer_id: ID,
    /// Why administrators may believe it, 1 to 2,000 characters.
    note: String,
}

payload! {
    /// The outcome of `postingReport`.
    PostingReportPayload {
        /// The report.
        report: PostingReport
    }
}
payload! {
    /// The outcome of `moderationDecide`.
    ModerationDecidePayload {
        /// The case, as it is now.
        case: ModerationCase
    }
}
payload! {
    /// The outcome of `employerVerificationRequest`.
    EmployerVerificationRequestPayload {
        /// The employer, which now waits.
        employer: Employer
    }
}

/// What people report, owners ask for and administrators decide.
#[derive(Default)]
pub struct ModerationMutation;

/// What people report, owners ask for and administrators decide.
#[Object]
impl ModerationMutation {
    /// Reports an open posting to the administrators. For everyone who is signed in, once until it is decided, 20 times a
    /// day.
    async fn posting_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The report.")] input: PostingReportInput,
    ) -> async_graphql::Result<Option<PostingReportPayload>> {
        let me = ctx.viewer().require()?;
        let form = ReportForm {
            posting_id: ids::decode(Kind::Posting, &input.posting_id),
            reason: input.reason.into(),
            text: input.text,
        };
        let txn = ctx.begin().await?;
        let reported = reports::report(&txn, me, form, ctx.origin(), ctx.now()).await;
        PostingReportPayload::of(conclude(txn, reported).await.map(PostingReport))
    }

    /// Decides what waits in the moderation queue. For administrators.
    async fn moderation_decide(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: ModerationDecideInput,
    ) -> async_graphql::Result<Option<ModerationDecidePayload>> {
        let admin = ctx.viewer().administrator()?;
        let id = ids::decode(Kind::ModerationCase, &input.case_id);
        let verdict = (input.decision.into(), input.reason.as_deref());
        let txn = ctx.begin().await?;
        let decided = decisions::decide(&txn, admin, id, verdict, ctx.origin(), ctx.now()).await;
        ModerationDecidePayload::of(conclude(txn, decided).await.map(ModerationCase))
    }

    /// Asks the administrators to verify an employer. For its owners, three times in 30 days.
    async fn employer_verification_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which employer.")] input: EmployerVerificationRequestInput,
    ) -> async_graphql::Result<Option<EmployerVerificationRequestPayload>> {
        let owner = match owner_of(ctx, &input.employer_id, "employerId").await? {
            Ok(owner) => owner,
            Err(failure) => return EmployerVerificationRequestPayload::of(Err(failure)),
        };
        let txn = ctx.begin().await?;
        let requested = verification::request(&txn, owner, &input.note, ctx.origin(), ctx.now()).await;
        EmployerVerificationRequestPayload::of(conclude(txn, requested).await.map(Employer))
    }
}
