//! Employers in the graph.

mod inputs;
mod invitations;
mod mutations;
mod object;
mod query;

pub use invitations::{InvitationMutation, MemberInvitation};
pub use mutations::EmployerMutation;
pub use object::{Employer, Member};
pub use query::EmployerQuery;
