//! Uploads and résumés in the graph.

mod inputs;
mod mutations;
mod object;

pub use mutations::FileMutation;
pub use object::Resume;
