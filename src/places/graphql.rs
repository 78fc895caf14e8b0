//! Places in the graph.

use async_graphql::{ID, Object};

use crate::entities::place;
use crate::graphql::enums::PlaceKind;
use crate::graphql::scalars::CountryCode;
use crate::ids::{self, Kind};

/// A country, a region or a city.
#[derive(Clone)]
pub struct Place(pub place::Model);

#[Object]
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
