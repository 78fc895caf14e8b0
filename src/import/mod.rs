//! What comes in from outside: the records of the bulk format, two real sources of postings, and synthetic job seekers.
//!
//! Nothing here touches a database. Everything is read as a stream, so memory does not grow with a file.

pub mod nyc;
pub mod records;
pub mod source;
pub mod synthetic;
pub mod usajobs;
