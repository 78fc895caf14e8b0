//! The audit log: who did what to what, when and from where. An entry is written in the transaction of its action, so an
//! action without its entry cannot happen; it is never changed or deleted, which the database itself holds. It says
//! nothing that is secret and nothing about a person but an opaque identifier, so that an erased account leaves none; the
//! address alone is taken out, when the account is erased or in time.

pub mod graphql;
pub mod loaders;
mod log;
mod model;

pub use log::{forget_addresses, record, scrub_addresses};
pub use model::{ABOUT_AN_ACCOUNT, AuditFilter, Entry, Origin, is_about, request_id, security_events, select};
