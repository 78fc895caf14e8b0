//! An employer and its members in the graph.

use async_graphql::connection::EmptyFields;
use async_graphql::{Context, ID, Object};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};

use super::invitations::MemberInvitation;
use crate::accounts::loaders::AccountById;
use crate::employers::invitations;
use crate::employers::loaders::{EmployerById, MembershipOf, PlacesOfEmployer};
use crate::entities::{account, employer, membership, sets};
use crate::graphql::connection::{self, Grown, List, PageArguments};
use crate::graphql::context::Ask;
use crate::graphql::enums::{Headcount, MemberRole};
use crate::graphql::errors::internal;
use crate::graphql::loads::{list, one};
use crate::graphql::scalars::{DateTime, EmailAddress, Markdown, Url};
use crate::ids::{self, Kind};
use crate::industries::graphql::Industry;
use crate::industries::loaders::IndustryById;
use crate::moderation::loaders::OpenVerificationOf;
use crate::pagination::{KeyKind, Keyset, SortKey};
use crate::places::graphql::Place;
use crate::postings::graphql::{self as postings, PostingFilterInput, PostingList, PostingOrder};

/// An organisation that hires.
#[derive(Clone)]
pub struct Employer(pub employer::Model);

impl Employer {
    /// What the viewer is for the employer. It is asked anew, so that it holds after a mutation too.
    async fn role(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<sets::MemberRole>> {
        let Some(me) = ctx.viewer().account() else { return Ok(None) };
        let mine = MembershipOf { employer_id: self.0.id, account_id: me.account.id };
        Ok(one(ctx.loads(), mine).await?.map(|row| row.role))
    }
}

/// An organisation that hires.
#[Object(cache_control(max_age = 60))]
impl Employer {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::Employer, self.0.id).into()
    }

    /// Name in addresses; unique.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Name for people, 1 to 120 characters.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What the employer says of itself.
    async fn about(&self) -> Option<Markdown> {
        self.0.about.clone().map(Markdown)
    }

    /// The employer's own web page.
    async fn website(&self) -> Option<Url> {
        self.0.website.clone().map(Url)
    }

    /// The branch of the economy that the employer works in.
    async fn industry(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Industry>> {
        let Some(id) = self.0.industry_id else { return Ok(None) };
        Ok(one(ctx.loads(), IndustryById(id)).await?.map(Industry))
    }

    /// How many people the employer has.
    async fn headcount(&self) -> Option<Headcount> {
        self.0.headcount.map(Into::into)
    }

    /// Whether an administrator has verified that the employer is who it claims to be.
    async fn is_verified(&self) -> bool {
        self.0.verified_at.is_some()
    }

    /// When an administrator verified the employer.
    async fn verified_at(&self) -> Option<DateTime> {
        self.0.verified_at.map(DateTime)
    }

    /// Since when a request to be verified waits; null for those who are no members.
    #[graphql(cache_control(no_cache))]
    async fn verification_requested_at(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<DateTime>> {
        if self.role(ctx).await?.is_none() {
            return Ok(None);
        }
        Ok(one(ctx.loads(), OpenVerificationOf(self.0.id)).await?.map(|case| DateTime(case.opened_at)))
    }

    /// Where the employer has people, 20 places at the most.
    async fn places(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Place>> {
        Ok(list(ctx.loads(), PlacesOfEmployer(self.0.id)).await?.into_iter().map(Place).collect())
    }

    /// When the employer was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When the employer was last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// Counts up with every change; updates name the version that they saw.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// What the viewer is for the employer; null for those who are no members.
    #[graphql(cache_control(no_cache))]
    async fn viewer_role(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<MemberRole>> {
        Ok(self.role(ctx).await?.map(Into::into))
    }

    /// Whether the viewer may change the employer.
    #[graphql(cache_control(no_cache))]
    async fn viewer_can_update(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        Ok(self.role(ctx).await? == Some(sets::MemberRole::Owner))
    }

    /// Whether the viewer may add, change and remove members.
    #[graphql(cache_control(no_cache))]
    async fn viewer_can_manage_members(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        Ok(self.role(ctx).await? == Some(sets::MemberRole::Owner))
    }

    /// The postings: all of them for members, last changed first; the open ones, newest first, for everyone else.
    #[expect(clippy::too_many_arguments, reason = "the arguments of every list")]
    async fn postings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 if neither `first` nor `last` is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
        #[graphql(desc = "Which postings.")] filter: Option<PostingFilterInput>,
        #[graphql(desc = "Sort keys, most significant first, 3 at the most.")] order_by: Option<Vec<PostingOrder>>,
    ) -> async_graphql::Result<PostingList> {
        let page = PageArguments { first, after, last, before };
        postings::of_employer(ctx, self.0.id, &page, filter, order_by).await
    }

    /// The members, oldest membership first; null for those who are no members.
    #[graphql(cache_control(no_cache))]
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 if neither `first` nor `last` is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<Option<List<Member>>> {
        if self.role(ctx).await?.is_none() {
            return Ok(None);
        }
        let page = PageArguments { first, after, last, before };
        let rows = membership::Entity::find().filter(membership::Column::EmployerId.eq(self.0.id));
        let seal = &ctx.state().cursors;
        connection::list(ctx.reads(), seal, rows, &oldest_first(), &page, Member).await.map(Some)
    }

    /// The invitations that were not accepted yet, oldest first; null for those who are no owners.
    #[graphql(cache_control(no_cache))]
    async fn invitations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 if neither `first` nor `last` is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<Option<List<MemberInvitation>>> {
        if self.role(ctx).await? != Some(sets::MemberRole::Owner) {
            return Ok(None);
        }
        let page = PageArguments { first, after, last, before };
        let rows = invitations::of_employer(self.0.id, ctx.now());
        let keyset = super::invitations::oldest_first();
        connection::list(ctx.reads(), &ctx.state().cursors, rows, &keyset, &page, MemberInvitation).await.map(Some)
    }
}

fn oldest_first() -> Keyset {
    let column = |column: membership::Column| Expr::col((membership::Entity, column));
    let created_at = SortKey {
        expression: column(membership::Column::CreatedAt),
        kind: KeyKind::Instant,
        descending: false,
        nullable: false,
    };
    Keyset {
        name: "members".to_owned(),
        keys: vec![created_at],
        id: column(membership::Column::Id),
        id_descending: false,
    }
}

/// A person who acts for an employer. Only the employer's members see it.
#[derive(Clone)]
pub struct Member(pub membership::Model);

impl Grown for Member {
    type Entity = membership::Entity;
    type EdgeFields = EmptyFields;

    fn in_list(&self) -> (Select<membership::Entity>, Keyset) {
        (membership::Entity::find_by_id(self.0.id), oldest_first())
    }

    fn edge(row: membership::Model) -> (Self, EmptyFields) {
        (Self(row), EmptyFields)
    }
}

impl Member {
    async fn account(&self, ctx: &Context<'_>) -> async_graphql::Result<account::Model> {
        let row = one(ctx.loads(), AccountById(self.0.account_id)).await?;
        row.ok_or_else(|| internal("a member without an account"))
    }
}

/// A person who acts for an employer. Only the employer's members see it.
#[Object]
impl Member {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::Membership, self.0.id).into()
    }

    /// The employer.
    async fn employer(&self, ctx: &Context<'_>) -> async_graphql::Result<Employer> {
        let row = one(ctx.loads(), EmployerById(self.0.employer_id)).await?;
        row.map(Employer).ok_or_else(|| internal("a member without an employer"))
    }

    /// What the person may do for the employer.
    async fn role(&self) -> MemberRole {
        self.0.role.into()
    }

    /// Name of the person.
    async fn name(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
        Ok(self.account(ctx).await?.name)
    }

    /// E-mail address of the person.
    async fn email(&self, ctx: &Context<'_>) -> async_graphql::Result<EmailAddress> {
        Ok(EmailAddress(self.account(ctx).await?.email))
    }

    /// Whether the person is the viewer.
    async fn is_viewer(&self, ctx: &Context<'_>) -> bool {
        ctx.viewer().account().is_some_and(|me| me.account.id == self.0.account_id)
    }

    /// When the person became a member.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}
