//! Behaviour of the server, over HTTP, on SQLite and on PostgreSQL.

mod accounts;
mod applications;
mod bucket;
mod candidates;
mod contract;
mod documents;
mod employers;
mod feed;
mod files;
mod finding;
mod import;
mod inputs;
mod invitations;
mod judging;
mod lists;
mod live;
mod mail;
mod permissions;
mod plans;
mod postings;
mod privacy;
mod proofs;
mod search;
mod support;
mod trust;
mod work;
