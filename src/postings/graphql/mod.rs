//! Postings in the graph.

mod facets;
mod fit;
mod inputs;
mod list;
mod mutations;
mod object;
mod parts;

pub use facets::{Facet, FacetDimension};
pub use fit::Match;
pub use inputs::{PlaceFilterInput, PlaceInput, PostingFilterInput, PostingOrder, read_places};
pub use list::{PostingList, PostingQuery, of_employer, scope};
pub use mutations::PostingMutation;
pub use object::Posting;
pub use parts::Pay;
