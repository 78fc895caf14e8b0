//! Accounts and sessions: registering, signing in, renewing and ending sessions, proving by mail whose an address and an
//! account are, suspending accounts, and who the viewer of a request is.

pub mod directory;
pub mod failures;
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
pub mod sign_in;
pub mod sign_out;
pub mod strength;
pub mod suspension;
pub mod viewer;
