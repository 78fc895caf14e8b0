//! The read side of search: everything that fits some words, reference data and employers by their names, and
//! completing what a person types, and how often roles are searched for.

pub mod demand;
pub mod graphql;
pub mod names;
pub mod suggest;
