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
pub use filter::{PlaceFilterInput, PostingFilterInput, read_places, reader};
pub use fit::Match;
pub use list::{
    PostingEdgeFields, PostingList, PostingLists, PostingQuery, edge, matching, of_employer, of_scope, page_of, scope,
};
pub use mutations::PostingMutation;
pub use object::Posting;
pub use order::PostingOrder;
pub use parts::Pay;
