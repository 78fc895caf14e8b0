//! Applications of candidates to postings, as far as they are read; they are made by import until candidates can apply.

pub mod graphql;
pub mod loaders;
