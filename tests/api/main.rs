//! Behaviour of the server, over HTTP, on SQLite and on PostgreSQL.

mod accounts;
mod candidates;
mod contract;
mod employers;
mod feed;
mod import;
mod lists;
mod live;
mod postings;
mod support;
