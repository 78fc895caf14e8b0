//! Behaviour of the server, over HTTP, on SQLite and on PostgreSQL.

mod accounts;
mod candidates;
mod contract;
mod employers;
mod import;
mod invitations;
mod lists;
mod mail;
mod postings;
mod proofs;
mod support;
mod work;
