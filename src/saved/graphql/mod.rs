//! What people keep, in the graph.

mod inputs;
mod lists;
mod mutations;
mod object;

pub use lists::SavedLists;
pub use mutations::SavedMutation;
pub use object::{SavedSearch, own_search};
