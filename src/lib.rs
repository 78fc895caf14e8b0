//! Rolecall: a GraphQL backend for job boards that computes the market its postings make.

pub mod graphql;
pub mod http;
