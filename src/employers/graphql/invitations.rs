//! Invitations of members in the graph.

use async_graphql::connection::EmptyFields;
use async_graphql::{Context, ID, InputObject, Object};
use sea_orm::sea_query::Expr;
use sea_orm::{EntityTrait, Select};

use super::mutations::{MemberPayload, owner_of};
use super::object::{Employer, Member};
use crate::accounts::graphql::tries;
use crate::accounts::loaders::AccountById;
use crate::employers::invitations;
use crate::employers::loaders::EmployerById;
use crate::entities::member_invitation;
use crate::graphql::connection::Grown;
use crate::graphql::context::{Ask, conclude};
use crate::graphql::enums::MemberRole;
use crate::graphql::errors::{internal, payload};
use crate::graphql::loads::one;
use crate::graphql::scalars::{DateTime, EmailAddress};
use crate::ids::{self, Kind};
use crate::pagination::{KeyKind, Keyset, SortKey};

/// An invitation to become a member of an employer. Only the employer's owners see it.
#[derive(Clone)]
pub struct MemberInvitation(pub member_invitation::Model);

impl Grown for MemberInvitation {
    type Entity = member_invitation::Entity;
    type EdgeFields = EmptyFields;

    fn in_list(&self) -> (Select<member_invitation::Entity>, Keyset) {
        (member_invitation::Entity::find_by_id(self.0.id), oldest_first())
    }

    fn edge(row: member_invitation::Model) -> (Self, EmptyFields) {
        (Self(row), EmptyFields)
    }
}

/// An invitation to become a member of an employer. Only the employer's owners see it.
#[Object]
impl MemberInvitation {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::MemberInvitation, self.0.id).into()
    }

    /// The employer.
    async fn employer(&self, ctx: &Context<'_>) -> async_graphql::Result<Employer> {
        let row = one(ctx.loads(), EmployerById(self.0.employer_id)).await?;
        row.map(Employer).ok_or_else(|| internal("an invitation without an employer"))
    }

    /// The address that the invitation was sent to.
    async fn email(&self) -> EmailAddress {
        EmailAddress(self.0.email.clone())
    }

    /// What the person may do for the employer, once a member.
    async fn role(&self) -> MemberRole {
        self.0.role.into()
    }

    /// Name of the member who invites.
    async fn inviter_name(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<String>> {
        let Some(id) = self.0.invited_by else { return Ok(None) };
        Ok(one(ctx.loads(), AccountById(id)).await?.map(|account| account.name))
    }

    /// When the person was invited.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When the invitation ends.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }
}

/// Invitations in the order in which they were sent.
pub fn oldest_first() -> Keyset {
    let column = |column: member_invitation::Column| Expr::col((member_invitation::Entity, column));
    let created_at = SortKey {
        expression: column(member_invitation::Column::CreatedAt),
        kind: KeyKind::Instant,
        descending: false,
        nullable: false,
    };
    Keyset {
        name: "invitations".to_owned(),
        keys: vec![created_at],
        id: column(member_invitation::Column::Id),
        id_descending: false,
    }
}

/// Who is invited to which employer.
#[derive(InputObject)]
pub struct MemberInviteInput {
    /// The employer.
    employer_id: ID,
    /// E-mail address of the person, who need not have an account.
    email: EmailAddress,
    /// What the person may do for the employer, once a member.
    role: MemberRole,
}

/// Which invitation is accepted.
#[derive(InputObject)]
pub struct MemberInvitationAcceptInput {
    /// The token of the mail. It holds once, for seven days.
    #[graphql(secret)]
    token: String,
}

/// Which invitation is taken back.
#[derive(InputObject)]
pub struct MemberInvitationRevokeInput {
    /// The invitation.
    id: ID,
}

payload! {
    /// The outcome of an action on an invitation.
    MemberInvitationPayload {
        /// The invitation, as it is now.
        invitation: MemberInvitation, edge
    }
}

/// What people do with invitations.
#[derive(Default)]
pub struct MemberInvitationMutation;

/// What people do with invitations.
#[Object]
impl MemberInvitationMutation {
    /// Invites a person by mail to become a member. For owners of the employer.
    async fn member_invite(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who is invited.")] input: MemberInviteInput,
    ) -> async_graphql::Result<Option<MemberInvitationPayload>> {
        let owner = match owner_of(ctx, &input.employer_id, "employerId").await? {
            Ok(owner) => owner,
            Err(failure) => return MemberInvitationPayload::of(Err(failure)),
        };
        tries::mail(ctx, &input.email.0)?;
        let txn = ctx.begin().await?;
        let invited = invitations::invite(&txn, owner, &input.email.0, input.role.into(), ctx.now()).await;
        MemberInvitationPayload::of(conclude(txn, invited).await.map(MemberInvitation))
    }

    /// Makes the viewer a member of the employer that the invitation is of. Whoever holds its token may accept.
    async fn member_invitation_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invitation.")] input: MemberInvitationAcceptInput,
    ) -> async_graphql::Result<Option<MemberPayload>> {
        let me = ctx.viewer().require()?;
        tries::proof(ctx).await?;
        let txn = ctx.begin().await?;
        let accepted = invitations::accept(&txn, me, &input.token, ctx.origin(), ctx.now()).await;
        MemberPayload::of(conclude(txn, accepted).await.map(Member))
    }

    /// Takes an invitation back. For owners of the employer.
    async fn member_invitation_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invitation.")] input: MemberInvitationRevokeInput,
    ) -> async_graphql::Result<Option<MemberInvitationPayload>> {
        ctx.viewer().require()?;
        let id = ids::decode(Kind::MemberInvitation, &input.id);
        let (owner, invitation) = match invitations::find(ctx.reads(), ctx.viewer(), id).await {
            Ok(found) => found,
            Err(failure) => return MemberInvitationPayload::of(Err(failure)),
        };
        let txn = ctx.begin().await?;
        let revoked = invitations::revoke(&txn, owner, invitation.id, ctx.now()).await;
        MemberInvitationPayload::of(conclude(txn, revoked).await.map(MemberInvitation))
    }
}
