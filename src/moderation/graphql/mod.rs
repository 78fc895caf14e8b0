//! Moderation in the graph.

mod enums;
mod mutations;
mod object;
mod query;

pub use mutations::ModerationMutation;
pub use object::{ModerationCase, PostingReport};
pub use query::ModerationLists;
