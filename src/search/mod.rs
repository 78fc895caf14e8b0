//! The read side of search: finding reference data and employers by their names, and completing what a person types.

pub mod names;
pub mod suggest;
