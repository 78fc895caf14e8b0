//! Behaviour of the server, over HTTP, on SQLite and on PostgreSQL.

mod accounts;
mod applications;
mod candidates;
mod contract;
mod employers;
mod finding;
mod import;
mod lists;
mod plans;
mod postings;
mod privacy;
mod search;
mod support;
mod trust;
