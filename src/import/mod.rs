//! What comes in from outside: the records of the bulk format, two real sources of postings, and synthetic job seekers.
//!
//! Records are read as a stream, so memory does not grow with a file.

pub mod load;
mod naming;
pub mod nyc;
pub mod records;
pub mod run;
pub mod source;
pub mod synthetic;
pub mod usajobs;
