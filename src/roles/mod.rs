//! Roles: occupations, each with its guide and with what third parties published about it.

pub mod graphql;
pub mod loaders;
