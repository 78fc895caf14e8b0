//! Bulk import: records as JSON lines, and real postings of two public sources.

pub mod load;
pub mod records;
pub mod run;
pub mod source;
