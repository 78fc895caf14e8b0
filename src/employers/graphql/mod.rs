//! Employers in the graph.

mod inputs;
mod mutations;
mod object;
mod query;

pub use mutations::EmployerMutation;
pub use object::{Employer, Member};
pub use query::{EmployerLists, EmployerQuery, matching};
