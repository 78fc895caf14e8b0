//! Places in the graph.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use sea_orm::sea_query::{Expr, Query as SqlQuery, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select};

use super::loaders::PlaceById;
use super::near::{self, Circle};
use crate::entities::{place, place_alias, sets};
use crate::graphql::connection::{self, List, PageArguments};
use crate::graphql::context::Ask;
use crate::graphql::enums::PlaceKind;
use crate::graphql::errors::{bad_query, internal};
use crate::graphql::listing::lists;
use crate::graphql::loads::one;
use crate::graphql::named::at_most_100;
use crate::graphql::order::{self, OrderField, ordering};
use crate::graphql::scalars::CountryCode;
use crate::ids::{self, Kind};
use crate::pagination::KeyKind;
use crate::reference::resolve::PlaceName;
use crate::search::names::has_words;

/// A country, a region or a city.
#[derive(Clone)]
pub struct Place(pub place::Model);

/// A country, a region or a city.
#[Object(cache_control(max_age = 300))]
impl Place {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::Place, self.0.id).into()
    }

    /// How fine the place is.
    async fn kind(&self) -> PlaceKind {
        self.0.kind.into()
    }

    /// Name of the country, the region or the city.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The country (ISO 3166-1).
    async fn country_code(&self) -> CountryCode {
        CountryCode(self.0.country_code.clone())
    }

    /// The region (ISO 3166-2, as in `US-NY`), where known.
    async fn region_code(&self) -> Option<&str> {
        self.0.region_code.as_deref()
    }

    /// Name of the city; null for countries and regions.
    async fn city(&self) -> Option<&str> {
        self.0.city.as_deref()
    }

    /// Degrees north of the equator (WGS 84), where known.
    async fn latitude(&self) -> Option<f64> {
        self.0.latitude
    }

    /// Degrees east of Greenwich (WGS 84), where known.
    async fn longitude(&self) -> Option<f64> {
        self.0.longitude
    }

    /// People who live there, where known.
    async fn population(&self) -> Option<i32> {
        self.0.population.map(|people| i32::try_from(people).unwrap_or(i32::MAX))
    }

    /// Whether it belongs to the kept list, rather than having come with a posting and still waiting for a look.
    async fn is_reviewed(&self) -> bool {
        self.0.is_reviewed
    }
}

/// A place by name. A city that is not in the list of places is kept as it is written.
#[derive(InputObject, Clone, Debug)]
pub struct PlaceInput {
    /// The country (ISO 3166-1).
    pub country_code: CountryCode,
    /// The region (ISO 3166-2, as in `US-NY`).
    pub region_code: Option<String>,
    /// Name of the city.
    pub city: Option<String>,
}

impl From<PlaceInput> for PlaceName {
    fn from(input: PlaceInput) -> Self {
        Self { country_code: input.country_code.0, region_code: input.region_code, city: input.city }
    }
}

/// A circle on the earth.
#[derive(InputObject, Clone, Copy, Debug)]
pub struct NearInput {
    /// Degrees north of the equator (WGS 84), −90 to 90.
    pub latitude: f64,
    /// Degrees east of Greenwich (WGS 84), −180 to 180.
    pub longitude: f64,
    /// Kilometres along the ground, more than 0 and at most 500.
    pub km: f64,
}

impl NearInput {
    /// Reads the circle.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` below `argument`.
    pub fn circle(self, argument: &str) -> async_graphql::Result<Circle> {
        Circle::new(self.latitude, self.longitude, self.km).map_err(|refusal| bad_query(refusal.below(argument).into()))
    }
}

/// Which places are wanted.
#[derive(InputObject, Default)]
pub struct PlaceFilter {
    /// In one of these countries (ISO 3166-1), themselves included; 100 at the most.
    countries: Option<Vec<CountryCode>>,
    /// In one of these regions (ISO 3166-2, as in `US-NY`), themselves included; 100 at the most.
    regions: Option<Vec<String>>,
    /// Of one of these kinds.
    kinds: Option<Vec<PlaceKind>>,
    /// Within a distance of a point. Places whose position is not known are not near anything.
    near: Option<NearInput>,
}

impl PlaceFilter {
    async fn on(&self, ctx: &Context<'_>) -> async_graphql::Result<Select<place::Entity>> {
        at_most_100("filter.countries", self.countries.as_deref())?;
        at_most_100("filter.regions", self.regions.as_deref())?;
        at_most_100("filter.kinds", self.kinds.as_deref())?;
        let mut select = place::Entity::find();
        if let Some(countries) = &self.countries {
            select = select.filter(place::Column::CountryCode.is_in(countries.iter().map(|code| code.0.as_str())));
        }
        if let Some(regions) = &self.regions {
            select = select.filter(place::Column::RegionCode.is_in(regions));
        }
        if let Some(kinds) = &self.kinds {
            select = select.filter(place::Column::Kind.is_in(kinds.iter().map(|kind| sets::PlaceKind::from(*kind))));
        }
        if let Some(near) = self.near {
            let circle = near.circle("filter.near")?;
            let within = near::within(ctx.reads(), &circle).await.map_err(internal)?;
            select = select.filter(place::Column::Id.is_in(within));
        }
        Ok(select)
    }
}

/// What places can be ordered by.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceOrderField {
    /// Name, without regard to case and accents.
    Name,
    /// People who live there.
    Population,
}

impl OrderField for PlaceOrderField {
    fn key(self) -> (SimpleExpr, KeyKind, bool) {
        match self {
            Self::Name => (Expr::col((place::Entity, place::Column::NameKey)), KeyKind::Text, false),
            Self::Population => (Expr::col((place::Entity, place::Column::Population)), KeyKind::Integer, true),
        }
    }
}

ordering! {
    /// An ordering of places.
    PlaceOrder by PlaceOrderField
}

/// Places with a name that has the words of a search.
fn named(search: &str) -> Option<Condition> {
    let name = Expr::col((place::Entity, place::Column::NameKey));
    let alias = Expr::col((place_alias::Entity, place_alias::Column::AliasKey));
    let others = SqlQuery::select()
        .column(place_alias::Column::PlaceId)
        .from(place_alias::Entity)
        .cond_where(has_words(&alias, search)?)
        .to_owned();
    Some(Condition::any().add(has_words(&name, search)?).add(place::Column::Id.in_subquery(others)))
}

/// Places.
#[derive(Default)]
pub struct PlaceQuery;

/// Places.
#[Object]
impl PlaceQuery {
    /// The place with this identifier, if there is one.
    #[graphql(cache_control(max_age = 300))]
    async fn place(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Identifier.")] id: ID,
    ) -> async_graphql::Result<Option<Place>> {
        let Some(id) = ids::decode(Kind::Place, &id) else { return Ok(None) };
        Ok(one(ctx.loads(), PlaceById(id)).await?.map(Place))
    }
}

/// Lists of places.
#[derive(Default)]
pub struct PlaceLists;

lists! {
    /// Lists of places.
    PlaceLists {
        /// Places, by name unless another order is wanted.
        #[graphql(cache_control(max_age = 60))]
        #[expect(clippy::too_many_arguments, reason = "the arguments of a list with search, filter and order")]
        places(
            search: Option<String> = "Words or beginnings of words of a name, other names included.",
            filter: Option<PlaceFilter> = "Which places; all if absent.",
            order_by: Option<Vec<PlaceOrder>> = "Sort keys, most significant first; by name if absent.",
        ) -> List<Place> = |ctx, page| matching(ctx, page, search.as_deref(), filter, order_by);
    }
}

/// A page of the places that fit a search and a filter.
///
/// # Errors
/// `BAD_USER_INPUT` at the argument; or the database failed.
pub async fn matching(
    ctx: &Context<'_>,
    page: &PageArguments,
    search: Option<&str>,
    filter: Option<PlaceFilter>,
    order_by: Option<Vec<PlaceOrder>>,
) -> async_graphql::Result<List<Place>> {
    let mut select = filter.unwrap_or_default().on(ctx).await?;
    if let Some(named) = search.and_then(named) {
        select = select.filter(named);
    }
    let id = Expr::col((place::Entity, place::Column::Id));
    let keyset = order::keyset("places", id, order_by, PlaceOrderField::Name)?;
    connection::list(ctx.reads(), &ctx.state().cursors, select, &keyset, page, Place).await
}
