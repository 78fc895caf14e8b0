//! What people do with employers and their members.

use async_graphql::{Context, ID, Object, SimpleObject};
use uuid::Uuid;

use super::inputs::{
    EmployerCreateInput, EmployerUpdateInput, EmployerVerifyInput, MemberAddInput, MemberRemoveInput, MemberUpdateInput,
};
use super::object::{Employer, Member};
use crate::accounts::viewer::Owner;
use crate::employers::form::EmployerForm;
use crate::employers::members::Remover;
use crate::employers::{members, service};
use crate::entities::{employer, membership};
use crate::error::Outcome;
use crate::graphql::context::{Ask, conclude};
use crate::graphql::errors::{UserError, payload, settle};
use crate::graphql::schema::Query;
use crate::ids::{self, Kind};

payload! {
    /// The outcome of `employerCreate`.
    EmployerCreatePayload {
        /// The new employer.
        employer: Employer, edge
    }
}
payload! {
    /// The outcome of an action on an employer.
    EmployerPayload {
        /// The employer, as it is now.
        employer: Employer
    }
}
payload! {
    /// The outcome of `memberAdd`.
    MemberAddPayload {
        /// The new member.
        member: Member, edge
    }
}
payload! {
    /// The outcome of an action on a member.
    MemberPayload {
        /// The member, as it is now.
        member: Member
    }
}
/// The outcome of `memberRemove`.
#[derive(SimpleObject)]
pub struct MemberRemovePayload {
    /// Identifier of the member that is no more.
    removed_member_id: Option<ID>,
    /// The employer that the member belonged to.
    employer: Option<Employer>,
    /// What stood in the way; empty when the action was done.
    user_errors: Vec<UserError>,
    /// The whole graph, as it is after the action.
    query: Query,
}

impl MemberRemovePayload {
    fn of(outcome: Outcome<(Uuid, employer::Model)>) -> async_graphql::Result<Option<Self>> {
        let (done, user_errors) = settle(outcome)?;
        let (id, employer) = done.unzip();
        let removed_member_id = id.map(|id| ids::encode(Kind::Membership, id).into());
        Ok(Some(Self { removed_member_id, employer: employer.map(Employer), user_errors, query: Query::default() }))
    }
}

/// What people do with employers.
#[derive(Default)]
pub struct EmployerMutation;

/// What people do with employers.
#[Object]
impl EmployerMutation {
    /// Makes an employer; the viewer becomes its owner.
    async fn employer_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new employer.")] input: EmployerCreateInput,
    ) -> async_graphql::Result<Option<EmployerCreatePayload>> {
        let me = ctx.viewer().require()?;
        let txn = ctx.begin().await?;
        let created = service::create(&txn, me, input.into(), ctx.now()).await;
        EmployerCreatePayload::of(conclude(txn, created).await.map(Employer))
    }

    /// Changes an employer: what is absent stays, what is null is cleared. For owners of the employer.
    async fn employer_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: EmployerUpdateInput,
    ) -> async_graphql::Result<Option<EmployerPayload>> {
        let owner = match owner_of(ctx, &input.id, "id").await? {
            Ok(owner) => owner,
            Err(failure) => return EmployerPayload::of(Err(failure)),
        };
        let (seen, form) = (input.version, EmployerForm::from(input));
        let txn = ctx.begin().await?;
        let updated = service::update(&txn, owner, seen, form, ctx.now()).await;
        EmployerPayload::of(conclude(txn, updated).await.map(Employer))
    }

    /// Says whether an employer is who it claims to be. For administrators.
    async fn employer_verify(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The verdict.")] input: EmployerVerifyInput,
    ) -> async_graphql::Result<Option<EmployerPayload>> {
        let admin = ctx.viewer().administrator()?;
        let id = ids::decode(Kind::Employer, &input.id);
        let txn = ctx.begin().await?;
        let verified = service::verify(&txn, admin, id, input.is_verified, ctx.now()).await;
        EmployerPayload::of(conclude(txn, verified).await.map(Employer))
    }

    /// Makes a person who has an account a member of an employer. For owners of the employer.
    async fn member_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new member.")] input: MemberAddInput,
    ) -> async_graphql::Result<Option<MemberAddPayload>> {
        let owner = match owner_of(ctx, &input.employer_id, "employerId").await? {
            Ok(owner) => owner,
            Err(failure) => return MemberAddPayload::of(Err(failure)),
        };
        let txn = ctx.begin().await?;
        let added = members::add(&txn, owner, &input.email.0, input.role.into(), ctx.now()).await;
        MemberAddPayload::of(conclude(txn, added).await.map(Member))
    }

    /// Gives a member other rights. For owners of the employer, which never loses the last of them.
    async fn member_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The member and the new rights.")] input: MemberUpdateInput,
    ) -> async_graphql::Result<Option<MemberPayload>> {
        let target = match member_of(ctx, &input.id).await? {
            Ok(target) => target,
            Err(failure) => return MemberPayload::of(Err(failure)),
        };
        let owner = ctx.viewer().owner(target.employer_id)?;
        let txn = ctx.begin().await?;
        let updated = members::change_role(&txn, owner, target.id, input.role.into()).await;
        MemberPayload::of(conclude(txn, updated).await.map(Member))
    }

    /// Ends a membership. For owners of the employer, which never loses the last of them, and for the member.
    async fn member_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which member.")] input: MemberRemoveInput,
    ) -> async_graphql::Result<Option<MemberRemovePayload>> {
        let target = match member_of(ctx, &input.id).await? {
            Ok(target) => target,
            Err(failure) => return MemberRemovePayload::of(Err(failure)),
        };
        let permit = Remover::of(ctx.viewer(), &target)?;
        let txn = ctx.begin().await?;
        let removed = members::remove(&txn, permit).await;
        MemberRemovePayload::of(conclude(txn, removed).await)
    }
}

/// The permit to manage an employer: `NOT_FOUND` where there is none, `FORBIDDEN` where it is someone else's.
pub(super) async fn owner_of(ctx: &Context<'_>, id: &ID, path: &str) -> async_graphql::Result<Outcome<Owner>> {
    ctx.viewer().require()?;
    match service::find(ctx.reads(), ids::decode(Kind::Employer, id), path).await {
        Ok(employer) => Ok(Ok(ctx.viewer().owner(employer.id)?)),
        Err(failure) => Ok(Err(failure)),
    }
}

/// A member that the viewer may see: `NOT_FOUND` for those of other employers.
async fn member_of(ctx: &Context<'_>, id: &ID) -> async_graphql::Result<Outcome<membership::Model>> {
    ctx.viewer().require()?;
    Ok(members::find(ctx.reads(), ctx.viewer(), ids::decode(Kind::Membership, id)).await)
}
