//! Invitations to apply, in the graph.

use async_graphql::connection::EmptyFields;
use async_graphql::{Context, ID, InputObject, Object};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

use super::object::Candidate;
use crate::applications::graphql::Application;
use crate::applications::loaders::LastApplication;
use crate::candidates::invitations;
use crate::candidates::loaders::CandidateById;
use crate::candidates::service::is_owner;
use crate::entities::invitation;
use crate::error::Failure;
use crate::graphql::connection::{Grown, List, PageArguments, list};
use crate::graphql::context::{Ask, conclude};
use crate::graphql::errors::payload;
use crate::graphql::loads::one;
use crate::graphql::scalars::{DateTime, Markdown};
use crate::ids::{self, Kind};
use crate::pagination::{KeyKind, Keyset, SortKey};
use crate::postings;
use crate::postings::graphql::Posting;
use crate::postings::loaders::PostingById;

/// An employer asking a candidate to apply. The candidate sees it, and the members of the employer.
#[derive(Clone)]
pub struct Invitation(pub invitation::Model);

impl Invitation {
    /// Whether the viewer may see the invitation.
    ///
    /// # Errors
    /// The database failed.
    pub async fn is_visible(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        let posting = one(ctx.loads(), PostingById(self.0.posting_id)).await?;
        if posting.is_some_and(|posting| ctx.viewer().is_member(posting.employer_id)) {
            return Ok(true);
        }
        let candidate = one(ctx.loads(), CandidateById(self.0.candidate_id)).await?;
        Ok(candidate.is_some_and(|candidate| is_owner(ctx.viewer(), &candidate)))
    }
}

/// An employer asking a candidate to apply. The candidate sees it, and the members of the employer.
#[Object]
impl Invitation {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::Invitation, self.0.id).into()
    }

    /// To what the candidate is asked to apply.
    async fn posting(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Posting>> {
        Ok(one(ctx.loads(), PostingById(self.0.posting_id)).await?.map(Posting))
    }

    /// Who is asked; null when the viewer may no longer see them.
    async fn candidate(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Candidate>> {
        let Some(candidate) = one(ctx.loads(), CandidateById(self.0.candidate_id)).await?.map(Candidate) else {
            return Ok(None);
        };
        Ok(candidate.is_visible(ctx).await?.then_some(candidate))
    }

    /// What the employer wrote.
    async fn message(&self) -> Option<Markdown> {
        self.0.message.clone().map(Markdown)
    }

    /// When the candidate was asked.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When the candidate declined.
    async fn declined_at(&self) -> Option<DateTime> {
        self.0.declined_at.map(DateTime)
    }

    /// The application that came of it.
    async fn application(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Application>> {
        let key = LastApplication { posting_id: self.0.posting_id, candidate_id: self.0.candidate_id };
        Ok(one(ctx.loads(), key).await?.map(Application))
    }
}

/// The invitations of a candidate, newest first.
///
/// # Errors
/// `BAD_USER_INPUT` at the argument; or the database failed.
pub async fn of_candidate(
    ctx: &Context<'_>,
    candidate_id: Uuid,
    page: &PageArguments,
) -> async_graphql::Result<List<Invitation>> {
    let mine = invitation::Entity::find().filter(invitation::Column::CandidateId.eq(candidate_id));
    list(ctx.reads(), &ctx.state().cursors, mine, &newest(), page, Invitation).await
}

fn newest() -> Keyset {
    let column = |column: invitation::Column| Expr::col((invitation::Entity, column));
    Keyset {
        name: "candidate.invitations".to_owned(),
        keys: vec![SortKey {
            expression: column(invitation::Column::CreatedAt),
            kind: KeyKind::Instant,
            descending: true,
            nullable: false,
        }],
        id: column(invitation::Column::Id),
        id_descending: true,
    }
}

impl Grown for Invitation {
    type Entity = invitation::Entity;
    type EdgeFields = EmptyFields;

    fn in_list(&self) -> (Select<invitation::Entity>, Keyset) {
        (invitation::Entity::find_by_id(self.0.id), newest())
    }

    fn edge(row: invitation::Model) -> (Self, EmptyFields) {
        (Self(row), EmptyFields)
    }
}

/// Who is asked to apply to what.
#[derive(InputObject)]
pub struct CandidateInviteInput {
    /// The candidate.
    candidate_id: ID,
    /// The posting, which must be open.
    posting_id: ID,
    /// What the candidate is told, 1 to 2,000 characters.
    message: Option<Markdown>,
}

/// Which invitation is declined.
#[derive(InputObject)]
pub struct InvitationDeclineInput {
    /// The invitation.
    id: ID,
}

payload! {
    /// The outcome of `candidateInvite`.
    CandidateInvitePayload {
        /// The invitation.
        invitation: Invitation, edge
    }
}
payload! {
    /// The outcome of `invitationDecline`.
    InvitationDeclinePayload {
        /// The invitation, as it is now.
        invitation: Invitation
    }
}

/// What employers and candidates do with invitations.
#[derive(Default)]
pub struct InvitationMutation;

/// What employers and candidates do with invitations.
#[Object]
impl InvitationMutation {
    /// Asks a candidate to apply to an open posting. For recruiters of the employer who may see the candidate.
    async fn candidate_invite(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who is asked to apply to what.")] input: CandidateInviteInput,
    ) -> async_graphql::Result<Option<CandidateInvitePayload>> {
        ctx.viewer().require()?;
        let posting_id = ids::decode(Kind::Posting, &input.posting_id);
        let employer_id = match postings::service::employer_of(ctx.reads(), posting_id, "postingId").await {
            Ok(employer_id) if ctx.viewer().is_member(employer_id) => employer_id,
            Ok(_) => return CandidateInvitePayload::of(Err(Failure::not_found("postingId", "posting"))),
            Err(failure) => return CandidateInvitePayload::of(Err(failure)),
        };
        let by = ctx.viewer().recruiter(employer_id)?;
        let found = match ids::decode(Kind::Candidate, &input.candidate_id) {
            Some(id) => one(ctx.loads(), CandidateById(id)).await?.map(Candidate),
            None => None,
        };
        let (Some(candidate), Some(posting_id)) = (found, posting_id) else {
            return CandidateInvitePayload::of(Err(Failure::not_found("candidateId", "candidate")));
        };
        if !candidate.is_visible(ctx).await? {
            return CandidateInvitePayload::of(Err(Failure::not_found("candidateId", "candidate")));
        }
        let message = input.message.as_ref().map(|message| message.0.as_str());
        let txn = ctx.begin().await?;
        let invited = invitations::invite(&txn, by, posting_id, &candidate.0, message, ctx.now()).await;
        CandidateInvitePayload::of(conclude(txn, invited).await.map(Invitation))
    }

    /// Declines an invitation to apply. For the candidate.
    async fn invitation_decline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which invitation.")] input: InvitationDeclineInput,
    ) -> async_graphql::Result<Option<InvitationDeclinePayload>> {
        let me = ctx.viewer().require()?;
        let txn = ctx.begin().await?;
        let declined = invitations::decline(&txn, me, ids::decode(Kind::Invitation, &input.id), ctx.now()).await;
        InvitationDeclinePayload::of(conclude(txn, declined).await.map(Invitation))
    }
}
