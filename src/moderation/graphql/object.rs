//! Cases and reports in the graph.

use async_graphql::{Context, ID, Object};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::enums::{ModerationCaseKind, ModerationCaseStatus, ModerationDecision, ReportReason, ReportStatus};
use crate::accounts::graphql::Account;
use crate::accounts::loaders::AccountById;
use crate::employers::graphql::Employer;
use crate::employers::loaders::EmployerById;
use crate::entities::{moderation_case, posting_report, sets};
use crate::graphql::connection::{self, List, PageArguments};
use crate::graphql::context::Ask;
use crate::graphql::errors::internal;
use crate::graphql::loads::one;
use crate::graphql::scalars::DateTime;
use crate::ids::{self, Kind};
use crate::moderation::loaders::CaseById;
use crate::pagination::Keyset;
use crate::postings::graphql::Posting;
use crate::postings::loaders::PostingById;

/// Something that administrators decide, or have decided. Only they see it.
#[derive(Clone)]
pub struct ModerationCase(pub moderation_case::Model);

/// Something that administrators decide, or have decided. Only they see it.
#[Object]
impl ModerationCase {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::ModerationCase, self.0.id).into()
    }

    /// What is to be decided.
    async fn kind(&self) -> ModerationCaseKind {
        self.0.kind.into()
    }

    /// Whether it waits.
    async fn status(&self) -> ModerationCaseStatus {
        self.0.status.into()
    }

    /// Since when.
    async fn opened_at(&self) -> DateTime {
        DateTime(self.0.opened_at)
    }

    /// The employer that it is about, or whose posting.
    async fn employer(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Employer>> {
        Ok(one(ctx.loads(), EmployerById(self.0.employer_id)).await?.map(Employer))
    }

    /// The posting that it is about; null where it is about the employer.
    async fn posting(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Posting>> {
        let Some(id) = self.0.posting_id else { return Ok(None) };
        Ok(one(ctx.loads(), PostingById(id)).await?.map(Posting))
    }

    /// What the employer says to it.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// What people reported, oldest first; empty for a case of another kind.
    async fn reports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 if neither `first` nor `last` is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<List<PostingReport>> {
        let page = PageArguments { first, after, last, before };
        let column = |column| Expr::col((posting_report::Entity, column));
        let (at, id) = (column(posting_report::Column::CreatedAt), column(posting_report::Column::Id));
        let oldest = Keyset::by_time("moderationCase.reports", at, id, false);
        let rows = posting_report::Entity::find().filter(posting_report::Column::CaseId.eq(self.0.id));
        connection::list(ctx.reads(), &ctx.state().cursors, rows, &oldest, &page, PostingReport).await
    }

    /// How it was decided.
    async fn decision(&self) -> Option<ModerationDecision> {
        self.0.decision.map(Into::into)
    }

    /// Why it was decided so.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// Who decided it; null while it waits, and once the account was erased.
    async fn decided_by(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Account>> {
        let Some(id) = self.0.decided_by else { return Ok(None) };
        Ok(one(ctx.loads(), AccountById(id)).await?.map(Account))
    }

    /// When it was decided.
    async fn decided_at(&self) -> Option<DateTime> {
        self.0.decided_at.map(DateTime)
    }
}

/// What somebody reports about a posting. Who wrote it sees it, and administrators.
#[derive(Clone)]
pub struct PostingReport(pub posting_report::Model);

impl PostingReport {
    /// Whether the viewer may see the report.
    #[must_use]
    pub fn is_visible(&self, ctx: &Context<'_>) -> bool {
        let viewer = ctx.viewer();
        viewer.is_administrator() || viewer.account().is_some_and(|me| self.0.account_id == Some(me.account.id))
    }

    async fn case(&self, ctx: &Context<'_>) -> async_graphql::Result<moderation_case::Model> {
        one(ctx.loads(), CaseById(self.0.case_id)).await?.ok_or_else(|| internal("a report without its case"))
    }
}

/// What somebody reports about a posting. Who wrote it sees it, and administrators.
#[Object]
impl PostingReport {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::PostingReport, self.0.id).into()
    }

    /// What is reported, if the viewer may still see it.
    async fn posting(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Posting>> {
        let Some(id) = self.case(ctx).await?.posting_id else { return Ok(None) };
        Ok(one(ctx.loads(), PostingById(id)).await?.map(Posting).filter(|posting| posting.is_visible(ctx)))
    }

    /// What is wrong with it.
    async fn reason(&self) -> ReportReason {
        self.0.reason.into()
    }

    /// The same in words; null where nothing was written, and once who wrote it was erased.
    async fn text(&self) -> Option<&str> {
        self.0.body.as_deref()
    }

    /// When it was reported.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// What came of it.
    async fn status(&self, ctx: &Context<'_>) -> async_graphql::Result<ReportStatus> {
        Ok(match self.case(ctx).await?.decision {
            None => ReportStatus::Open,
            Some(sets::ModerationDecision::TakeDown) => ReportStatus::Upheld,
            Some(_) => ReportStatus::Dismissed,
        })
    }

    /// Who reported it; null for everyone but administrators, and once the account was erased.
    async fn reporter(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Account>> {
        let Some(id) = self.0.account_id.filter(|_| ctx.viewer().is_administrator()) else { return Ok(None) };
        Ok(one(ctx.loads(), AccountById(id)).await?.map(Account))
    }
}
