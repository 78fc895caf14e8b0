//! Accounts and sessions: registering, signing in, renewing and ending sessions, proving by mail whose an address and an
//! account are, and who the viewer of a request is.

pub mod graphql;
pub mod keys;
pub mod loaders;
pub mod mail_tokens;
pub mod model;
pub mod opaque;
pub mod passwords;
pub mod proofs;
pub mod service;
pub mod sessions;
pub mod viewer;
