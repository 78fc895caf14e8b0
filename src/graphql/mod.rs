//! The schema: merged roots, and what every feature's resolvers share.

pub mod caching;
pub mod change;
pub mod conformance;
pub mod connection;
pub mod context;
pub mod enums;
pub mod errors;
pub mod gather;
pub mod listing;
pub mod loads;
pub mod named;
pub mod node;
pub mod order;
pub mod rate_limit;
pub mod scalars;
pub mod schema;
