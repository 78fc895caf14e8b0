//! Candidates: the profiles with which people look for work.

pub mod form;
pub mod graphql;
pub mod loaders;
pub mod model;
pub mod service;
