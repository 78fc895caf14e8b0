//! How an application is found.

use async_graphql::{Context, ID, Object};

use super::object::Application;
use crate::applications::loaders::ApplicationById;
use crate::graphql::context::Ask;
use crate::graphql::loads::one;
use crate::ids::{self, Kind};

/// Applications.
#[derive(Default)]
pub struct ApplicationQuery;

/// Applications.
#[Object]
impl ApplicationQuery {
    /// The application with this identifier, for the candidate and the members of the employer.
    async fn application(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Identifier of an application.")] id: ID,
    ) -> async_graphql::Result<Option<Application>> {
        let Some(id) = ids::decode(Kind::Application, &id) else { return Ok(None) };
        let Some(found) = one(ctx.loads(), ApplicationById(id)).await?.map(Application) else { return Ok(None) };
        Ok(found.side(ctx).await?.map(|_| found))
    }
}
