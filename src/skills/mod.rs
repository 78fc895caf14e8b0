//! Skills: what postings require and candidates have. Those that imports bring and nobody has looked at yet are
//! unreviewed.

pub mod graphql;
pub mod loaders;
