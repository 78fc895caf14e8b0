//! Accounts and sessions: registering, signing in, renewing and ending sessions, and who the viewer of a request is.

pub mod graphql;
pub mod keys;
pub mod loaders;
pub mod model;
pub mod passwords;
pub mod service;
pub mod sessions;
pub mod viewer;
