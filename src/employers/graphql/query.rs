//! How employers are found.

use async_graphql::{Context, ID, Object};
use sea_orm::sea_query::Expr;

use super::inputs::{EmployerFilterInput, EmployerOrder, EmployerOrderField};
use super::object::Employer;
use crate::employers::filter::{self, EmployerFilter};
use crate::employers::loaders::EmployerById;
use crate::employers::service;
use crate::entities::employer;
use crate::graphql::connection::{self, List, PageArguments};
use crate::graphql::context::Ask;
use crate::graphql::errors::{bad_query, internal};
use crate::graphql::loads::one;
use crate::graphql::named::NamedBy;
use crate::graphql::order;
use crate::ids::{self, Kind};

/// Employers.
#[derive(Default)]
pub struct EmployerQuery;

/// Employers.
#[Object]
impl EmployerQuery {
    /// The employer with this identifier or this slug: exactly one of them is given.
    async fn employer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Identifier of an employer.")] id: Option<ID>,
        #[graphql(desc = "Name of an employer in addresses.")] slug: Option<String>,
    ) -> async_graphql::Result<Option<Employer>> {
        let found = match NamedBy::new(slug, id)? {
            NamedBy::Slug(slug) => service::find_by_slug(ctx.reads(), &slug).await.map_err(internal)?,
            NamedBy::Id(id) => match ids::decode(Kind::Employer, &id) {
                Some(id) => one(ctx.loads(), EmployerById(id)).await?,
                None => None,
            },
        };
        Ok(found.map(Employer))
    }

    /// The employers, by name unless another order is given.
    #[expect(clippy::too_many_arguments, reason = "the arguments of the contract")]
    async fn employers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 if neither `first` nor `last` is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
        #[graphql(desc = "Words or beginnings of words of the name.")] search: Option<String>,
        #[graphql(desc = "Which employers.")] filter: Option<EmployerFilterInput>,
        #[graphql(desc = "Sort keys, most significant first; by name if absent.")] order_by: Option<Vec<EmployerOrder>>,
    ) -> async_graphql::Result<List<Employer>> {
        let filter: EmployerFilter = filter.unwrap_or_default().into();
        filter.check().map_err(bad_query)?;
        let orders: Vec<_> = order_by.into_iter().flatten().map(|order| (order.field, order.direction)).collect();
        let id = Expr::col((employer::Entity, employer::Column::Id));
        let keyset = order::keyset("employers", id, &orders, EmployerOrderField::Name)?;
        let page = PageArguments { first, after, last, before };
        let rows = filter::select(&filter, search.as_deref());
        connection::list(ctx.reads(), &ctx.state().cursors, rows, &keyset, &page, Employer).await
    }
}
