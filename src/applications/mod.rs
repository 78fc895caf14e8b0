//! Applications of candidates to postings, from SUBMITTED to their end: who may move them where, what stays of the posting
//! that was applied to, and what the employer notes about them, which the candidate never sees.

pub mod answers;
pub mod assessment;
pub mod copy;
pub mod graphql;
pub mod lapse;
pub mod life;
pub mod loaders;
pub mod model;
pub mod notices;
pub mod submission;
