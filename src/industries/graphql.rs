//! Industries in the graph.

use async_graphql::{Context, ID, Object};
use sea_orm::EntityTrait;
use sea_orm::sea_query::{Expr, SimpleExpr};

use super::loaders::IndustryById;
use crate::entities::industry;
use crate::graphql::connection::{self, PageArguments};
use crate::graphql::context::Ask;
use crate::graphql::loads::one;
use crate::graphql::named::NamedBy;
use crate::graphql::order::{self, OrderField};
use crate::ids::{self, Kind};
use crate::pagination::KeyKind;

/// A branch of the economy.
#[derive(Clone)]
pub struct Industry(pub industry::Model);

/// A branch of the economy.
#[Object]
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
    async fn industry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Name in addresses, as in `financial-services`.")] slug: Option<String>,
        #[graphql(desc = "Identifier.")] id: Option<ID>,
    ) -> async_graphql::Result<Option<Industry>> {
        let Some(id) = NamedBy::new(slug, id)?.id(Kind::Industry) else { return Ok(None) };
        Ok(one(ctx.loads(), IndustryById(id)).await?.map(Industry))
    }

    /// All industries, by name.
    async fn industries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Rows from the beginning, 1 to 100; 20 if neither this nor `last` is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only rows behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only rows in front of this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<connection::List<Industry>> {
        let id = Expr::col((industry::Entity, industry::Column::Id));
        let keyset = order::keyset("industries", id, &[], IndustryOrderField::Name)?;
        let page = PageArguments { first, after, last, before };
        let all = industry::Entity::find();
        connection::list(ctx.reads(), &ctx.state().cursors, all, &keyset, &page, Industry).await
    }
}
