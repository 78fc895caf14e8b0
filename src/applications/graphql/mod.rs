//! Applications in the graph.

mod inputs;
mod list;
mod mutations;
mod object;
mod parts;
mod query;

pub use inputs::{ApplicationOrder, ApplicationOrderField};
pub use list::{of_candidate, of_posting};
pub use mutations::ApplicationMutation;
pub use object::Application;
pub use parts::ApplicationNote;
pub use query::ApplicationQuery;
