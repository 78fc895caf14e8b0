//! Employers: the organisations that hire, where they are, and who may act for them.

pub mod filter;
pub mod form;
pub mod graphql;
pub mod invitations;
pub mod loaders;
pub mod members;
pub mod model;
pub mod service;
