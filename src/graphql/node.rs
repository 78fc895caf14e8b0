//! Any object by its identifier.

use async_graphql::{Context, ID, Interface, Object};
use futures_util::future::try_join_all;
use uuid::Uuid;

use super::context::Ask;
use super::errors::bad_argument;
use super::loads::one;
use crate::accounts::graphql::{Account, Session};
use crate::accounts::loaders::SessionById;
use crate::ids::{self, Kind};
use crate::industries::graphql::Industry;
use crate::industries::loaders::IndustryById;
use crate::places::graphql::Place;
use crate::places::loaders::PlaceById;
use crate::roles::graphql::Role;
use crate::roles::loaders::RoleById;
use crate::skills::graphql::Skill;
use crate::skills::loaders::SkillById;

/// An object with an identifier of its own.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Identifier: opaque, never changed."))]
pub enum Node {
    /// An account.
    Account(Account),
    /// A session.
    Session(Session),
    /// A role.
    Role(Role),
    /// A skill.
    Skill(Skill),
    /// A place.
    Place(Place),
    /// An industry.
    Industry(Industry),
}

impl Node {
    /// The object, if it exists and the viewer may see it. Hidden objects answer like absent ones.
    ///
    /// # Errors
    /// The database failed.
    pub async fn load(ctx: &Context<'_>, kind: Kind, id: Uuid) -> async_graphql::Result<Option<Self>> {
        let loads = ctx.loads();
        Ok(match kind {
            Kind::Account => ctx.viewer().account().filter(|me| me.account.id == id).map(|me| Self::Account(me.into())),
            Kind::Session => one(loads, SessionById(id))
                .await?
                .filter(|row| ctx.viewer().account().is_some_and(|me| me.account.id == row.account_id))
                .map(|row| Self::Session(Session(row))),
            Kind::Role => one(loads, RoleById(id)).await?.map(|row| Self::Role(Role(row))),
            Kind::Skill => one(loads, SkillById(id)).await?.map(|row| Self::Skill(Skill(row))),
            Kind::Place => one(loads, PlaceById(id)).await?.map(|row| Self::Place(Place(row))),
            Kind::Industry => one(loads, IndustryById(id)).await?.map(|row| Self::Industry(Industry(row))),
            _ => None,
        })
    }
}

/// Objects by identifier.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The object with this identifier, if it exists and the viewer may see it.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Identifier of any object.")] id: ID,
    ) -> async_graphql::Result<Option<Node>> {
        load(ctx, &id).await
    }

    /// The objects with these identifiers, in the same order; null for those that do not exist or are hidden.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most 100 identifiers.")] ids: Vec<ID>,
    ) -> async_graphql::Result<Vec<Option<Node>>> {
        if ids.len() > 100 {
            return Err(bad_argument("ids", "at most 100 identifiers."));
        }
        try_join_all(ids.iter().map(|id| load(ctx, id))).await
    }
}

async fn load(ctx: &Context<'_>, id: &str) -> async_graphql::Result<Option<Node>> {
    match ids::decode_any(id) {
        Some((kind, id)) => Node::load(ctx, kind, id).await,
        None => Ok(None),
    }
}
