//! Candidates in the graph.

mod inputs;
mod invitation;
mod mutations;
mod object;
mod query;

pub use invitation::{Invitation, InvitationMutation};
pub use mutations::CandidateMutation;
pub use object::Candidate;
pub use query::CandidateLists;
