//! Postings in the graph.

mod facets;
mod inputs;
mod list;
mod mutations;
mod object;
mod parts;

pub use facets::{Facet, FacetDimension};
pub use inputs::{PlaceInput, PostingFilterInput, PostingOrder};
pub use list::{PostingList, PostingQuery, of_employer, scope};
pub use mutations::PostingMutation;
pub use object::Posting;
pub use parts::Pay;
