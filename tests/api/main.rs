//! Behaviour of the server, over HTTP, on SQLite and on PostgreSQL.

mod accounts;
mod applications;
mod candidates;
mod contract;
mod employers;
mod finding;
mod import;
mod inputs;
mod invitations;
mod lists;
mod mail;
mod plans;
mod postings;
mod proofs;
mod search;
mod support;
mod work;
