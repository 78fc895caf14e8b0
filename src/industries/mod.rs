//! Industries: the bundled list by which employers, roles and postings are sorted.

pub mod graphql;
pub mod loaders;
