//! The house itself: which room may use which, and the contract that is committed.

mod architecture;
mod schema;
