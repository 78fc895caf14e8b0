//! Candidates in the graph.

mod inputs;
mod mutations;
mod object;

pub use mutations::CandidateMutation;
pub use object::Candidate;
