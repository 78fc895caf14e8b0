//! The engine: all postings and all seekers in memory, answering any filter and any search exactly.
//!
//! [`store::Store`] takes changes and shows a [`snap::Snap`] after each batch; readers hold one as long as they like and
//! never wait. A snap is a [`Base`] of rows that never change, the rows of it that no longer hold, and at most some
//! thousand recent postings; a new base is built beside the old one when these become many.
//!
//! - *Which postings* ([`snap::Snap::select`]): a set of rows for every value of every [`row::Field`], a list where few
//!   have it and bits where many do ([`post::Post`]), combined as the [`filter::Filter`] says. What is open is told by the
//!   instant of the question, so nothing is written when a posting expires.
//! - *What they pay* ([`snap::Snap::salaries`]): rows lie in the order of their currency and midpoint, so the n-th value
//!   of a set is its n-th row; a [`scale::Scale`] is another order, of floors, ceilings or converted pay. Figures are made
//!   by the market's own [`crate::market::sample::summarise`], and so are the same to the last unit.
//! - *How they are spread* ([`snap::Snap::counts`]), and *pages* of them in any order of lists ([`snap::Snap::page`]).
//! - *Who looks for such work* ([`seekers::Seekers`]): one bit for each candidate in the set of every wish.
//!
//! - *Which have some words* ([`text`]), and how well they fit them.
//!
//! There is no database and no clock here. [`crate::mirror`] is the border: it numbers what the database names, and
//! turns rows and filters into codes and groups back into keys.

mod base;
pub mod bits;
mod columns;
pub mod cores;
pub mod filter;
pub mod names;
pub mod orders;
pub mod page;
pub mod post;
pub mod ranked;
pub mod row;
mod salaries;
pub mod scale;
pub mod seekers;
mod select;
pub mod similar;
pub mod snap;
mod spread;
pub mod store;
mod table;
pub mod text;

pub use base::{Base, Terms};

#[cfg(test)]
mod tests;
