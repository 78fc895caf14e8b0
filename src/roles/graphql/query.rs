//! Looking up and listing roles.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr, Query as SqlQuery, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

use super::Role;
use crate::entities::{role, role_alias, role_industry, role_skill};
use crate::graphql::connection::{self, List, PageArguments};
use crate::graphql::context::Ask;
use crate::graphql::listing::lists;
use crate::graphql::loads::one;
use crate::graphql::named::{NamedBy, slugs};
use crate::graphql::order::{self, OrderField, ordering};
use crate::ids::{self, Kind};
use crate::pagination::KeyKind;
use crate::reference::titles::title_key;
use crate::roles::loaders::RoleById;
use crate::search::names::has_words;
use crate::text::like;

/// Which roles are wanted.
#[derive(InputObject, Default)]
pub struct RoleFilter {
    /// Slug of the role right above them.
    parent: Option<String>,
    /// Slugs of industries, of which at least one hires the role; 100 at the most.
    industries: Option<Vec<String>>,
    /// Slugs of skills, of which the role usually asks for at least one; 100 at the most.
    skills: Option<Vec<String>>,
}

/// What roles can be ordered by.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleOrderField {
    /// Title, without regard to case and accents.
    Title,
}

impl OrderField for RoleOrderField {
    fn key(self) -> (SimpleExpr, KeyKind, bool) {
        match self {
            Self::Title => (Expr::col((role::Entity, role::Column::TitleKey)), KeyKind::Text, false),
        }
    }
}

ordering! {
    /// An ordering of roles.
    RoleOrder by RoleOrderField
}

impl RoleFilter {
    fn on(&self, select: Select<role::Entity>) -> async_graphql::Result<Select<role::Entity>> {
        let mut select = select;
        if let Some(parent) = &self.parent {
            select = select.filter(role::Column::ParentId.eq(ids::of_name(Kind::Role, parent)));
        }
        if let Some(industries) = slugs("filter.industries", Kind::Industry, self.industries.as_deref())? {
            let roles = SqlQuery::select()
                .column(role_industry::Column::RoleId)
                .from(role_industry::Entity)
                .and_where(role_industry::Column::IndustryId.is_in(industries))
                .to_owned();
            select = select.filter(role::Column::Id.in_subquery(roles));
        }
        if let Some(skills) = slugs("filter.skills", Kind::Skill, self.skills.as_deref())? {
            let roles = SqlQuery::select()
                .column(role_skill::Column::RoleId)
                .from(role_skill::Entity)
                .and_where(role_skill::Column::SkillId.is_in(skills))
                .to_owned();
            select = select.filter(role::Column::Id.in_subquery(roles));
        }
        Ok(select)
    }
}

/// Roles with a title that has the words of a search, or has them in another spelling: `backend` finds `Back-End`.
fn titled(search: &str) -> Option<Condition> {
    let title = Expr::col((role::Entity, role::Column::TitleKey));
    let alias = Expr::col((role_alias::Entity, role_alias::Column::Alias));
    let key = title_key(search);
    let mut any_title = Condition::any().add(has_words(&Func::lower(alias).into(), search)?);
    if !key.is_empty() {
        let contains = LikeExpr::new(like("%", &key, "%")).escape('\\');
        any_title = any_title.add(Expr::col((role_alias::Entity, role_alias::Column::AliasKey)).like(contains));
    }
    let others =
        SqlQuery::select().column(role_alias::Column::RoleId).from(role_alias::Entity).cond_where(any_title).to_owned();
    Some(Condition::any().add(has_words(&title, search)?).add(role::Column::Id.in_subquery(others)))
}

/// Roles.
#[derive(Default)]
pub struct RoleQuery;

/// Roles.
#[Object]
impl RoleQuery {
    /// The role with this slug or identifier, if there is one. Exactly one of the two must be given.
    #[graphql(cache_control(max_age = 300))]
    async fn role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Name in addresses, as in `backend-developer`.")] slug: Option<String>,
        #[graphql(desc = "Identifier.")] id: Option<ID>,
    ) -> async_graphql::Result<Option<Role>> {
        let id: Option<Uuid> = NamedBy::new(slug, id)?.id(Kind::Role);
        let Some(id) = id else { return Ok(None) };
        Ok(one(ctx.loads(), RoleById(id)).await?.map(Role))
    }
}

/// Lists of roles.
#[derive(Default)]
pub struct RoleLists;

lists! {
    /// Lists of roles.
    RoleLists {
        /// Roles, by title unless another order is wanted.
        #[graphql(cache_control(max_age = 300))]
        #[expect(clippy::too_many_arguments, reason = "the arguments of a list with search, filter and order")]
        roles(
            search: Option<String> = "Words or beginnings of words of a title, other titles included.",
            filter: Option<RoleFilter> = "Which roles; all if absent.",
            order_by: Option<Vec<RoleOrder>> = "Sort keys, most significant first; by title if absent.",
        ) -> List<Role> = |ctx, page| matching(ctx, page, search.as_deref(), filter, order_by);
    }
}

/// A page of the roles that fit a search and a filter.
///
/// # Errors
/// `BAD_USER_INPUT` at the argument; or the database failed.
pub async fn matching(
    ctx: &Context<'_>,
    page: &PageArguments,
    search: Option<&str>,
    filter: Option<RoleFilter>,
    order_by: Option<Vec<RoleOrder>>,
) -> async_graphql::Result<List<Role>> {
    let mut select = filter.unwrap_or_default().on(role::Entity::find())?;
    if let Some(titled) = search.and_then(titled) {
        select = select.filter(titled);
    }
    let id = Expr::col((role::Entity, role::Column::Id));
    let keyset = order::keyset("roles", id, order_by, RoleOrderField::Title)?;
    connection::list(ctx.reads(), &ctx.state().cursors, select, &keyset, page, Role).await
}
