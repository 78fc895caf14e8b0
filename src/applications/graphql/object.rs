//! An application in the graph: one object for both sides, of which each sees its own.

use async_graphql::{Context, ID, Object};

use super::parts::{ApplicationEvent, ApplicationNote, ApplicationRating, PostingCopy, ScreeningAnswer};
use crate::applications::loaders::{EventsOfApplication, NotesOfApplication, PostingCopyById, RatingsOfApplication};
use crate::applications::model;
use crate::candidates::graphql::Candidate;
use crate::candidates::loaders::CandidateById;
use crate::entities::application;
use crate::entities::sets::Party;
use crate::files::graphql::Resume;
use crate::files::loaders::ResumeById;
use crate::graphql::context::Ask;
use crate::graphql::enums::ApplicationStatus;
use crate::graphql::loads::{list, one};
use crate::graphql::scalars::{DateTime, Markdown};
use crate::ids::{self, Kind};
use crate::postings::graphql::{Match, Posting};
use crate::postings::loaders::PostingById;

/// One candidate applying to one posting. The candidate sees it, and the members of the employer.
#[derive(Clone)]
pub struct Application(pub application::Model);

impl Application {
    /// On which side of the application the viewer stands; `None` for everyone else. Who applied to their own employer
    /// is a candidate here, so that they never read what colleagues note about them.
    ///
    /// # Errors
    /// The database failed.
    pub async fn side(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Party>> {
        let Some(me) = ctx.viewer().account() else { return Ok(None) };
        let candidate = one(ctx.loads(), CandidateById(self.0.candidate_id)).await?;
        if candidate.is_some_and(|candidate| candidate.account_id == me.account.id) {
            return Ok(Some(Party::Candidate));
        }
        let posting = one(ctx.loads(), PostingById(self.0.posting_id)).await?;
        let is_ours = posting.is_some_and(|posting| ctx.viewer().is_member(posting.employer_id));
        Ok(is_ours.then_some(Party::Employer))
    }

    async fn is_for_employer(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        Ok(self.side(ctx).await? == Some(Party::Employer))
    }
}

/// One candidate applying to one posting. The candidate sees it, and the members of the employer.
#[Object]
impl Application {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::Application, self.0.id).into()
    }

    /// State.
    async fn status(&self) -> ApplicationStatus {
        self.0.status.into()
    }

    /// When it was submitted.
    async fn submitted_at(&self) -> DateTime {
        DateTime(self.0.submitted_at)
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// Counts up with every change; moves name the version that they saw.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// What was applied to. Who applied still sees it when others no longer do.
    async fn posting(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Posting>> {
        Ok(one(ctx.loads(), PostingById(self.0.posting_id)).await?.map(Posting))
    }

    /// The posting as it stood when it was applied to; null for applications that were imported.
    async fn posting_copy(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<PostingCopy>> {
        let Some(id) = self.0.posting_copy_id else { return Ok(None) };
        Ok(one(ctx.loads(), PostingCopyById(id)).await?.map(PostingCopy::from))
    }

    /// Who applied; null once the account was erased.
    async fn candidate(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Candidate>> {
        Ok(one(ctx.loads(), CandidateById(self.0.candidate_id)).await?.map(Candidate))
    }

    /// What the candidate wrote.
    async fn cover_letter(&self) -> Option<Markdown> {
        self.0.cover_letter.clone().map(Markdown)
    }

    /// The résumé that the candidate shows; null if there is none, it was removed, or, for the employer, the application
    /// was withdrawn.
    async fn resume(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Resume>> {
        let Some(id) = self.0.resume_id else { return Ok(None) };
        match one(ctx.loads(), ResumeById(id)).await?.map(Resume) {
            Some(resume) if resume.is_visible(ctx).await? => Ok(Some(resume)),
            _ => Ok(None),
        }
    }

    /// The answers to the posting's questions, 20 at the most.
    async fn answers(&self) -> Vec<ScreeningAnswer> {
        let answers = self.0.answers.iter().flat_map(|answers| &answers.0);
        answers.cloned().map(ScreeningAnswer::from).collect()
    }

    /// What the employer said when it moved the application last, above all why it declined.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// How well the candidate's skills meet what the posting asks for.
    #[graphql(name = "match")]
    async fn match_(&self, ctx: &Context<'_>) -> async_graphql::Result<Match> {
        Match::of(ctx, self.0.posting_id, self.0.candidate_id).await
    }

    /// Every move, oldest first.
    async fn events(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<ApplicationEvent>> {
        let is_ours = self.is_for_employer(ctx).await?;
        let rows = list(ctx.loads(), EventsOfApplication(self.0.id)).await?;
        Ok(rows.into_iter().map(|row| ApplicationEvent::new(row, is_ours)).collect())
    }

    /// What members of the employer noted, oldest first, 500 at the most; null for the candidate.
    async fn notes(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Vec<ApplicationNote>>> {
        if !self.is_for_employer(ctx).await? {
            return Ok(None);
        }
        let rows = list(ctx.loads(), NotesOfApplication(self.0.id)).await?;
        Ok(Some(rows.into_iter().map(ApplicationNote).collect()))
    }

    /// How members of the employer rated the application, a rating each; null for the candidate.
    async fn ratings(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Vec<ApplicationRating>>> {
        if !self.is_for_employer(ctx).await? {
            return Ok(None);
        }
        let rows = list(ctx.loads(), RatingsOfApplication(self.0.id)).await?;
        Ok(Some(rows.into_iter().map(ApplicationRating::from).collect()))
    }

    /// The states to which the viewer may move the application now.
    async fn viewer_can_move_to(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<ApplicationStatus>> {
        let next = match self.side(ctx).await? {
            Some(Party::Employer) => {
                let posting = one(ctx.loads(), PostingById(self.0.posting_id)).await?;
                let moves = posting.is_some_and(|posting| ctx.viewer().recruiter(posting.employer_id).is_ok());
                if moves { model::next(Party::Employer, self.0.status) } else { Vec::new() }
            }
            Some(party) => model::next(party, self.0.status),
            None => Vec::new(),
        };
        Ok(next.into_iter().map(Into::into).collect())
    }
}
