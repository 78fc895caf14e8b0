//! Candidates: the profiles with which people look for work.

pub mod finding;
pub mod form;
pub mod graphql;
pub mod invitations;
pub mod loaders;
pub mod model;
pub mod service;
