//! Employers in the graph.

mod inputs;
mod mutations;
mod object;
mod query;

pub use inputs::{change, change_into, change_list};
pub use mutations::EmployerMutation;
pub use object::{Employer, Member};
pub use query::EmployerQuery;
