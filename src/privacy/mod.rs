//! Privacy: a person gets a copy of everything held about them ([`exports`]), and erases the account ([`erasure`]);
//! applications that came to nothing lose what is about a person in time ([`retention`]).
//!
//! What counts stays: an erased account is an empty husk, and so is its candidate, so that numbers of applications, of
//! applicants and of active people hold for past days as they did. What belongs to an employer (notes, ratings, moves)
//! stays without its author. Whoever adds a table that holds anything about a person adds it to both: a test looks for
//! what an erased person wrote in every column of every table.

mod anonymity;
pub mod erasure;
mod export;
pub mod exports;
pub mod graphql;
pub mod loaders;
pub mod retention;
