//! Accounts and sessions: registering, signing in, renewing and ending sessions, and who the viewer of a request is.

pub mod keys;
pub mod model;
pub mod passwords;
pub mod service;
pub mod sessions;
pub mod viewer;
