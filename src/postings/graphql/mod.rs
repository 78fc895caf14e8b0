//! Postings in the graph.

mod facets;
mod filter;
mod fit;
mod inputs;
mod list;
mod mutations;
mod object;
mod order;
mod parts;

pub use facets::{Facet, FacetDimension};
pub use filter::{PlaceFilterInput, PostingFilterInput, read_places};
pub use fit::Match;
pub use list::{PostingList, PostingLists, PostingQuery, matching, of_employer, scope};
pub use mutations::PostingMutation;
pub use object::Posting;
pub use order::PostingOrder;
pub use parts::Pay;
