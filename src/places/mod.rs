//! Places: countries (ISO 3166-1), regions (ISO 3166-2) and cities.

pub mod graphql;
pub mod loaders;
pub mod near;
