//! How employers are found.

use async_graphql::connection::EmptyFields;
use async_graphql::{Context, ID, Object};
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{EntityTrait, Select};

use super::inputs::{EmployerFilterInput, EmployerOrder, EmployerOrderField};
use super::object::Employer;
use crate::employers::filter::{self, EmployerFilter};
use crate::employers::loaders::EmployerById;
use crate::employers::service;
use crate::entities::employer;
use crate::graphql::connection::{self, Grown, List, PageArguments};
use crate::graphql::context::Ask;
use crate::graphql::errors::{bad_query, internal};
use crate::graphql::listing::lists;
use crate::graphql::loads::one;
use crate::graphql::named::NamedBy;
use crate::graphql::order;
use crate::ids::{self, Kind};
use crate::pagination::Keyset;

/// Employers.
#[derive(Default)]
pub struct EmployerQuery;

/// Employers.
#[Object]
impl EmployerQuery {
    /// The employer with this identifier or this slug: exactly one of them is given.
    #[graphql(cache_control(max_age = 60))]
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
}

/// Lists of employers.
#[derive(Default)]
pub struct EmployerLists;

lists! {
    /// Lists of employers.
    EmployerLists {
        /// The employers, by name unless another order is given.
        #[graphql(cache_control(max_age = 60))]
        #[expect(clippy::too_many_arguments, reason = "the arguments of a list with search, filter and order")]
        employers(
            search: Option<String> = "Words or beginnings of words of the name.",
            filter: Option<EmployerFilterInput> = "Which employers.",
            order_by: Option<Vec<EmployerOrder>> = "Sort keys, most significant first; by name if absent.",
        ) -> List<Employer> = |ctx, page| matching(ctx, page, search.as_deref(), filter, order_by);
    }
}

/// A page of the employers that fit a search and a filter.
///
/// # Errors
/// `BAD_USER_INPUT` at the argument; or the database failed.
pub async fn matching(
    ctx: &Context<'_>,
    page: &PageArguments,
    search: Option<&str>,
    filter: Option<EmployerFilterInput>,
    order_by: Option<Vec<EmployerOrder>>,
) -> async_graphql::Result<List<Employer>> {
    let filter: EmployerFilter = filter.unwrap_or_default().into();
    filter.check().map_err(bad_query)?;
    let keyset = order::keyset(LIST, id_column(), order_by, EmployerOrderField::Name)?;
    connection::list(ctx.reads(), &ctx.state().cursors, filter::select(&filter, search), &keyset, page, Employer).await
}

const LIST: &str = "employers";

fn id_column() -> SimpleExpr {
    Expr::col((employer::Entity, employer::Column::Id))
}

impl Grown for Employer {
    type Entity = employer::Entity;
    type EdgeFields = EmptyFields;

    fn in_list(&self) -> (Select<employer::Entity>, Keyset) {
        (employer::Entity::find_by_id(self.0.id), order::usual(LIST, id_column(), EmployerOrderField::Name))
    }

    fn edge(row: employer::Model) -> (Self, EmptyFields) {
        (Self(row), EmptyFields)
    }
}
