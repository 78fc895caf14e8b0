//! How the postings of a list are spread: counts by dimension, read only when asked for.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object, SimpleObject};
use futures_util::future::try_join_all;
use sea_orm::sea_query::{Asterisk, Expr, ExprTrait, Order, Query, SelectStatement, SimpleExpr};
use sea_orm::{ActiveEnum, ConnectionTrait, QuerySelect, QueryTrait, Select};
use uuid::Uuid;

use crate::db::Reads;
use crate::employers::loaders::EmployerById;
use crate::engine::row::Field;
use crate::entities::sets::EmploymentType;
use crate::entities::{posting, posting_place, skill_requirement};
use crate::graphql::context::Ask;
use crate::graphql::errors::{bad_argument, internal};
use crate::graphql::loads::one;
use crate::ids::{self, Kind};
use crate::industries::loaders::IndustryById;
use crate::mirror::view::Thing;
use crate::places::loaders::PlaceById;
use crate::postings::found::Found;
use crate::reference::resolve::place_key;
use crate::roles::loaders::RoleById;
use crate::skills::loaders::SkillById;

/// By what postings are counted.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum FacetDimension {
    /// Role.
    Role,
    /// Country of a place.
    Country,
    /// Where the work is done.
    Workplace,
    /// Form of employment.
    EmploymentType,
    /// Seniority.
    ExperienceLevel,
    /// Skill asked for.
    Skill,
    /// Employer.
    Employer,
    /// Industry.
    Industry,
}

/// What is counted when the client does not say.
const USUAL: [FacetDimension; 6] = [
    FacetDimension::Role,
    FacetDimension::Country,
    FacetDimension::Workplace,
    FacetDimension::EmploymentType,
    FacetDimension::ExperienceLevel,
    FacetDimension::Skill,
];

/// Counts of the postings of a list by one dimension.
#[derive(SimpleObject)]
#[graphql(cache_control(max_age = 60))]
pub struct Facet {
    /// The dimension.
    dimension: FacetDimension,
    /// Its values, most postings first.
    values: Vec<FacetValue>,
}

/// A value of a dimension.
#[derive(SimpleObject, Clone)]
#[graphql(cache_control(max_age = 60))]
pub struct FacetValue {
    /// What a filter takes: a slug, a code, a word of a set, or an identifier.
    key: String,
    /// For people.
    label: String,
    /// Postings of the list that have it.
    count: i32,
}

/// The counts of a list.
#[derive(Debug)]
pub enum Facets {
    /// Over the postings of a query.
    Of(Box<Counting>),
    /// Over postings that were found in memory.
    Among(Arc<Found>),
}

/// Counts the postings of a query.
#[derive(Debug)]
pub struct Counting {
    db: Reads,
    postings: SelectStatement,
}

impl Facets {
    /// Counts over the postings of a query.
    #[must_use]
    pub fn of(db: &Reads, select: &Select<posting::Entity>) -> Self {
        let postings = select.clone().select_only().column(posting::Column::Id).into_query();
        Self::Of(Box::new(Counting { db: db.clone(), postings }))
    }

    /// Counts over postings that were found in memory.
    #[must_use]
    pub const fn among(found: Arc<Found>) -> Self {
        Self::Among(found)
    }

    async fn count(&self, ctx: &Context<'_>, dimension: FacetDimension, first: u64) -> async_graphql::Result<Facet> {
        let values = match self {
            Self::Among(found) => among(ctx, found, dimension, first).await?,
            Self::Of(counting) if dimension == FacetDimension::EmploymentType => {
                counting.by_employment_type(first).await.map_err(internal)?
            }
            Self::Of(counting) => counting.by_value(ctx, dimension, first).await?,
        };
        Ok(Facet { dimension, values })
    }
}

async fn among(
    ctx: &Context<'_>,
    found: &Arc<Found>,
    dimension: FacetDimension,
    first: u64,
) -> async_graphql::Result<Vec<FacetValue>> {
    let field = match dimension {
        FacetDimension::Role => Field::Role,
        FacetDimension::Country => Field::Country,
        FacetDimension::Workplace => Field::Workplace,
        FacetDimension::EmploymentType => Field::EmploymentType,
        FacetDimension::ExperienceLevel => Field::Level,
        FacetDimension::Skill => Field::Skill,
        FacetDimension::Employer => Field::Employer,
        FacetDimension::Industry => Field::Industry,
    };
    let counts = found.counts(&ctx.state().mirror, field).await;
    let counts = counts
        .ok_or_else(|| internal("the postings could not be counted"))?
        .into_iter()
        .take(usize::try_from(first).unwrap_or(usize::MAX));
    let named = counts.filter_map(|(thing, count)| {
        let key = match thing {
            Thing::Id(id) => Key::Id(id),
            Thing::Word(word) => Key::Word(word),
            Thing::Month(_) => return None,
        };
        Some(label(ctx, dimension, key, i32::try_from(count).unwrap_or(i32::MAX)))
    });
    Ok(try_join_all(named).await?.into_iter().flatten().collect())
}

impl Counting {
    async fn by_value(
        &self,
        ctx: &Context<'_>,
        dimension: FacetDimension,
        first: u64,
    ) -> async_graphql::Result<Vec<FacetValue>> {
        use FacetDimension::{Employer, Industry, Role, Skill};
        let rows = self.db.query_all(&self.grouped(dimension, first)).await.map_err(internal)?;
        let is_id = matches!(dimension, Role | Skill | Employer | Industry);
        let read = rows.iter().map(|row| {
            let count = i32::try_from(row.try_get::<i64>("", "postings")?).unwrap_or(i32::MAX);
            let key = if is_id { Key::Id(row.try_get("", "value")?) } else { Key::Word(row.try_get("", "value")?) };
            Ok((key, count))
        });
        let rows: Vec<_> = read.collect::<Result<_, sea_orm::DbErr>>().map_err(internal)?;
        let named = rows.into_iter().map(|(key, count)| label(ctx, dimension, key, count));
        Ok(try_join_all(named).await?.into_iter().flatten().collect())
    }

    /// `SELECT value, count(*) … GROUP BY value ORDER BY count DESC, value`, over the postings of the list.
    fn grouped(&self, dimension: FacetDimension, first: u64) -> SelectStatement {
        let mut query = Query::select();
        let own = |column: posting::Column| Expr::col((posting::Entity, column));
        let value: SimpleExpr = match dimension {
            FacetDimension::Country => Expr::col((posting_place::Entity, posting_place::Column::CountryCode)),
            FacetDimension::Skill => Expr::col((skill_requirement::Entity, skill_requirement::Column::SkillId)),
            FacetDimension::Role => own(posting::Column::RoleId),
            FacetDimension::Workplace => own(posting::Column::Workplace),
            FacetDimension::ExperienceLevel => own(posting::Column::ExperienceLevel),
            FacetDimension::Employer => own(posting::Column::EmployerId),
            FacetDimension::Industry | FacetDimension::EmploymentType => own(posting::Column::IndustryId),
        };
        let (id, count): (SimpleExpr, SimpleExpr) = match dimension {
            FacetDimension::Country => {
                query.from(posting_place::Entity);
                let id = Expr::col((posting_place::Entity, posting_place::Column::PostingId));
                // A posting with several places in a country counts once there.
                (id.clone(), id.count_distinct())
            }
            FacetDimension::Skill => {
                query.from(skill_requirement::Entity);
                let id = Expr::col((skill_requirement::Entity, skill_requirement::Column::PostingId));
                (id, Expr::col(Asterisk).count())
            }
            _ => {
                query.from(posting::Entity);
                (own(posting::Column::Id), Expr::col(Asterisk).count())
            }
        };
        query
            .expr_as(value.clone(), "value")
            .expr_as(count.clone(), "postings")
            .and_where(id.in_subquery(self.postings.clone()))
            .and_where(value.clone().is_not_null())
            .add_group_by([value.clone()])
            .order_by_expr(count, Order::Desc)
            .order_by_expr(value, Order::Asc)
            .limit(first);
        query
    }

    async fn by_employment_type(&self, first: u64) -> Result<Vec<FacetValue>, sea_orm::DbErr> {
        let bits = Expr::col((posting::Entity, posting::Column::EmploymentTypes));
        let query = Query::select()
            .expr_as(bits.clone(), "value")
            .expr_as(Expr::col(Asterisk).count(), "postings")
            .from(posting::Entity)
            .and_where(Expr::col((posting::Entity, posting::Column::Id)).in_subquery(self.postings.clone()))
            .add_group_by([bits])
            .to_owned();
        let mut counts: Vec<(EmploymentType, i32)> =
            EmploymentType::of_bits(i32::MAX).into_iter().map(|form| (form, 0)).collect();
        for row in self.db.query_all(&query).await? {
            let postings = i32::try_from(row.try_get::<i64>("", "postings")?).unwrap_or(i32::MAX);
            let forms = EmploymentType::of_bits(row.try_get("", "value")?);
            for (form, count) in &mut counts {
                if forms.contains(form) {
                    *count = count.saturating_add(postings);
                }
            }
        }
        counts.retain(|(_, count)| *count > 0);
        counts.sort_by_key(|(form, count)| (-count, form.to_value()));
        let values = counts.into_iter().map(|(form, count)| word_value(form.to_value(), count));
        Ok(values.take(usize::try_from(first).unwrap_or(usize::MAX)).collect())
    }
}

/// Counts of the list.
#[Object]
impl Facets {
    /// How the postings of the whole list are spread.
    async fn facets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "By what to count; six usual dimensions if absent.")] dimensions: Option<Vec<FacetDimension>>,
        #[graphql(desc = "Values of each dimension, 1 to 100.", default = 20)] first: i32,
    ) -> async_graphql::Result<Vec<Facet>> {
        let first = crate::graphql::connection::page_size("first", first)?;
        let dimensions = dimensions.unwrap_or_else(|| USUAL.to_vec());
        if dimensions.len() > 8 {
            return Err(bad_argument("dimensions", "each dimension once."));
        }
        try_join_all(dimensions.into_iter().map(|dimension| self.count(ctx, dimension, first))).await
    }
}

enum Key {
    Word(String),
    Id(Uuid),
}

fn word_value(word: String, count: i32) -> FacetValue {
    let lower = word.replace('_', " ").to_lowercase();
    let mut letters = lower.chars();
    let label = letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default();
    FacetValue { key: word, label, count }
}

/// Gives a counted value its key and its name; one whose row is gone has none.
async fn label(
    ctx: &Context<'_>,
    dimension: FacetDimension,
    key: Key,
    count: i32,
) -> async_graphql::Result<Option<FacetValue>> {
    let loads = ctx.loads();
    let found = match (dimension, key) {
        (FacetDimension::Role, Key::Id(id)) => one(loads, RoleById(id)).await?.map(|row| (row.slug, row.title)),
        (FacetDimension::Skill, Key::Id(id)) => one(loads, SkillById(id)).await?.map(|row| (row.slug, row.name)),
        (FacetDimension::Industry, Key::Id(id)) => one(loads, IndustryById(id)).await?.map(|row| (row.slug, row.name)),
        (FacetDimension::Employer, Key::Id(id)) => {
            one(loads, EmployerById(id)).await?.map(|row| (ids::encode(Kind::Employer, id), row.name))
        }
        (FacetDimension::Country, Key::Word(code)) => {
            let id = ids::of_name(Kind::Place, &place_key(&code, None, None));
            let name = one(loads, PlaceById(id)).await?.map_or_else(|| code.clone(), |row| row.name);
            Some((code, name))
        }
        (_, Key::Word(word)) => return Ok(Some(word_value(word, count))),
        (_, Key::Id(_)) => None,
    };
    Ok(found.map(|(key, label)| FacetValue { key, label, count }))
}
