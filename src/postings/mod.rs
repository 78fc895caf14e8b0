//! Postings: job advertisements with their skill requirements, from draft to closed; who may write them, and how they
//! are found.

pub mod filter;
pub mod fit;
pub mod form;
pub mod found;
pub mod graphql;
pub mod json_ld;
pub mod life;
pub mod loaders;
pub mod model;
pub mod search_text;
pub mod service;
pub mod similar;
pub mod snippet;
pub mod unhashed;
pub mod warnings;
pub mod write;
