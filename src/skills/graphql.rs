//! Skills in the graph.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use sea_orm::sea_query::{Expr, Query as SqlQuery, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select};

use super::loaders::{AliasesOfSkill, SkillById};
use crate::entities::{sets, skill, skill_alias};
use crate::graphql::connection::{self, List, PageArguments};
use crate::graphql::context::Ask;
use crate::graphql::enums::SkillKind;
use crate::graphql::listing::lists;
use crate::graphql::loads::{list, one};
use crate::graphql::named::{NamedBy, at_most_100};
use crate::graphql::order::{self, OrderField, ordering};
use crate::ids::{self, Kind};
use crate::pagination::KeyKind;
use crate::search::names::has_words;

/// Something that postings require and candidates can do.
#[derive(Clone)]
pub struct Skill(pub skill::Model);

/// Something that postings require and candidates can do.
#[Object(cache_control(max_age = 300))]
impl Skill {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::Skill, self.0.id).into()
    }

    /// Name in addresses; unique, never changed.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Name for people.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What sort of thing it is; null while nobody has said.
    async fn kind(&self) -> Option<SkillKind> {
        self.0.kind.map(SkillKind::from)
    }

    /// Whether it belongs to the kept list, rather than having come with an import and still waiting for a look.
    async fn is_reviewed(&self) -> bool {
        self.0.is_reviewed
    }

    /// Other ways to write it.
    async fn aliases(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<String>> {
        list(ctx.loads(), AliasesOfSkill(self.0.id)).await
    }
}

/// Which skills are wanted.
#[derive(InputObject, Default)]
pub struct SkillFilter {
    /// Of one of these kinds.
    kinds: Option<Vec<SkillKind>>,
    /// Only those of the kept list, or only those that wait for a look.
    is_reviewed: Option<bool>,
}

impl SkillFilter {
    fn on(&self, mut select: Select<skill::Entity>) -> async_graphql::Result<Select<skill::Entity>> {
        at_most_100("filter.kinds", self.kinds.as_deref())?;
        if let Some(kinds) = &self.kinds {
            select = select.filter(skill::Column::Kind.is_in(kinds.iter().map(|kind| sets::SkillKind::from(*kind))));
        }
        if let Some(is_reviewed) = self.is_reviewed {
            select = select.filter(skill::Column::IsReviewed.eq(is_reviewed));
        }
        Ok(select)
    }
}

/// What skills can be ordered by.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkillOrderField {
    /// Name, without regard to case and accents.
    Name,
}

impl OrderField for SkillOrderField {
    fn key(self) -> (SimpleExpr, KeyKind, bool) {
        match self {
            Self::Name => (Expr::col((skill::Entity, skill::Column::NameKey)), KeyKind::Text, false),
        }
    }
}

ordering! {
    /// An ordering of skills.
    SkillOrder by SkillOrderField
}

/// Skills with a spelling that has the words of a search.
fn named(search: &str) -> Option<Condition> {
    let name = Expr::col((skill::Entity, skill::Column::NameKey));
    let alias = Expr::col((skill_alias::Entity, skill_alias::Column::AliasKey));
    let others = SqlQuery::select()
        .column(skill_alias::Column::SkillId)
        .from(skill_alias::Entity)
        .cond_where(has_words(&alias, search)?)
        .to_owned();
    Some(Condition::any().add(has_words(&name, search)?).add(skill::Column::Id.in_subquery(others)))
}

/// Skills.
#[derive(Default)]
pub struct SkillQuery;

/// Skills.
#[Object]
impl SkillQuery {
    /// The skill with this slug or identifier, if there is one. Exactly one of the two must be given.
    #[graphql(cache_control(max_age = 300))]
    async fn skill(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Name in addresses, as in `c-plus-plus`.")] slug: Option<String>,
        #[graphql(desc = "Identifier.")] id: Option<ID>,
    ) -> async_graphql::Result<Option<Skill>> {
        let Some(id) = NamedBy::new(slug, id)?.id(Kind::Skill) else { return Ok(None) };
        Ok(one(ctx.loads(), SkillById(id)).await?.map(Skill))
    }
}

/// Lists of skills.
#[derive(Default)]
pub struct SkillLists;

lists! {
    /// Lists of skills.
    SkillLists {
        /// Skills, by name unless another order is wanted.
        #[graphql(cache_control(max_age = 60))]
        #[expect(clippy::too_many_arguments, reason = "the arguments of a list with search, filter and order")]
        skills(
            search: Option<String> = "Words or beginnings of words of a name, other spellings included.",
            filter: Option<SkillFilter> = "Which skills; all if absent.",
            order_by: Option<Vec<SkillOrder>> = "Sort keys, most significant first; by name if absent.",
        ) -> List<Skill> = |ctx, page| matching(ctx, page, search.as_deref(), filter, order_by);
    }
}

/// A page of the skills that fit a search and a filter.
///
/// # Errors
/// `BAD_USER_INPUT` at the argument; or the database failed.
pub async fn matching(
    ctx: &Context<'_>,
    page: &PageArguments,
    search: Option<&str>,
    filter: Option<SkillFilter>,
    order_by: Option<Vec<SkillOrder>>,
) -> async_graphql::Result<List<Skill>> {
    let mut select = filter.unwrap_or_default().on(skill::Entity::find())?;
    if let Some(named) = search.and_then(named) {
        select = select.filter(named);
    }
    let id = Expr::col((skill::Entity, skill::Column::Id));
    let keyset = order::keyset("skills", id, order_by, SkillOrderField::Name)?;
    connection::list(ctx.reads(), &ctx.state().cursors, select, &keyset, page, Skill).await
}
