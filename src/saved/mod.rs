//! What people keep for later: postings, and searches that tell them of what is new.
//!
//! Who is told of which posting does not go by the clock, for a posting is seen later than it is published: servers have
//! clocks of their own, and transactions end when they end. One job gives every posting a number when it sees its first
//! publication; a search remembers up to which number its owner was told. So nothing is told twice and nothing is missed.

pub mod alerts;
pub mod graphql;
pub mod loaders;
pub mod model;
pub mod postings;
pub mod publications;
pub mod searches;
