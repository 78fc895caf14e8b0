//! Moderation: what waits for administrators (postings under review, reports by users, employers that ask to be verified)
//! and what they decide, with a reason, told to whom it concerns and kept in the audit log.
//!
//! [`cases`] is the floor: it opens and closes cases and knows nothing else, so postings stand on it. [`decisions`] and
//! [`reports`] stand on postings and employers in turn. Whoever changes a posting and its case takes the posting first.

pub mod cases;
pub mod decisions;
pub mod graphql;
pub mod loaders;
pub mod reports;
pub mod verification;
