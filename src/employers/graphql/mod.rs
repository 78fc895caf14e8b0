//! Employers in the graph.

mod inputs;
mod invitations;
mod mutations;
mod object;
mod query;

pub use invitations::{MemberInvitation, MemberInvitationMutation};
pub use mutations::EmployerMutation;
pub use object::{Employer, Member};
pub use query::{EmployerLists, EmployerQuery, matching};
