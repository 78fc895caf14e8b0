//! Industries in the graph.

use async_graphql::{ID, Object};

use crate::entities::industry;
use crate::ids::{self, Kind};

/// A branch of the economy.
#[derive(Clone)]
pub struct Industry(pub industry::Model);

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
