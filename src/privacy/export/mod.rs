//! The document: everything held about a person, as JSON. [`document`] writes it piece by piece, [`sections`] say what is
//! in it.

pub mod document;
mod lookups;
pub mod sections;
