//! Industries in the graph.

use async_graphql::{Context, ID, Object};
use sea_orm::EntityTrait;
use sea_orm::sea_query::{Expr, SimpleExpr};

use super::loaders::IndustryById;
use crate::entities::industry;
use crate::graphql::connection::{self, List, PageArguments};
use crate::graphql::context::Ask;
use crate::graphql::listing::lists;
use crate::graphql::loads::one;
use crate::graphql::named::NamedBy;
use crate::graphql::order::{self, OrderField};
use crate::ids::{self, Kind};
use crate::pagination::KeyKind;

/// A branch of the economy.
#[derive(Clone)]
pub struct Industry(pub industry::Model);

/// A branch of the economy.
#[Object(cache_control(max_age = 300))]
impl Industry {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::Industry, self.0.id).into()
    }

    /// Name in addresses; unique, never changed.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Name for people.
    async fn name(&self) -> &str {
        &self.0.name
    }
}

/// What industries are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum IndustryOrderField {
    /// Name, without regard to case and accents.
    Name,
}

impl OrderField for IndustryOrderField {
    fn key(self) -> (SimpleExpr, KeyKind, bool) {
        match self {
            Self::Name => (Expr::col((industry::Entity, industry::Column::NameKey)), KeyKind::Text, false),
        }
    }
}

/// Industries.
#[derive(Default)]
pub struct IndustryQuery;

/// Industries.
#[Object]
impl IndustryQuery {
    /// The industry with this slug or identifier, if there is one. Exactly one of the two must be given.
    #[graphql(cache_control(max_age = 300))]
    async fn industry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Name in addresses, as in `financial-services`.")] slug: Option<String>,
        #[graphql(desc = "Identifier.")] id: Option<ID>,
    ) -> async_graphql::Result<Option<Industry>> {
        let Some(id) = NamedBy::new(slug, id)?.id(Kind::Industry) else { return Ok(None) };
        Ok(one(ctx.loads(), IndustryById(id)).await?.map(Industry))
    }
}

/// Lists of industries.
#[derive(Default)]
pub struct IndustryLists;

lists! {
    /// Lists of industries.
    IndustryLists {
        /// All industries, by name.
        #[graphql(cache_control(max_age = 300))]
        industries() -> List<Industry> = |ctx, page| all(ctx, page);
    }
}

async fn all(ctx: &Context<'_>, page: &PageArguments) -> async_graphql::Result<List<Industry>> {
    let id = Expr::col((industry::Entity, industry::Column::Id));
    let keyset = order::usual("industries", id, IndustryOrderField::Name);
    connection::list(ctx.reads(), &ctx.state().cursors, industry::Entity::find(), &keyset, page, Industry).await
}
