//! The engine: all postings and seekers in memory, answering for any filter without words.
mod base;
pub mod bits;
mod columns;
pub mod filter;
pub mod names;
pub mod orders;
pub mod page;
pub mod post;
pub mod ranked;
pub mod row;
pub mod scale;
pub mod seekers;
mod select;
pub mod snap;
mod spread;
pub mod store;
pub use base::{Base, Terms};

#[cfg(test)]
mod tests;
