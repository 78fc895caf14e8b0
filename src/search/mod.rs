//! The read side of search: everything that fits some words, reference data and employers by their names, and
//! completing what a person types.

pub mod graphql;
pub mod names;
pub mod suggest;
