//! Behaviour of the server, over HTTP, on SQLite and on PostgreSQL.

mod accounts;
mod applications;
mod candidates;
mod contract;
mod employers;
mod feed;
mod finding;
mod import;
mod lists;
mod live;
mod plans;
mod postings;
mod search;
mod support;
