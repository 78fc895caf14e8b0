//! Files: the résumés of candidates. Bytes live in a folder or an S3-compatible bucket, under
//! names of our own; they arrive and leave by signed addresses that die within minutes.
//!
//! No bytes are forgotten and no row names bytes that are gone: before bytes are written, their removal is noted for
//! later; the transaction that names them takes the note back; and whoever removes a file writes the note again in the
//! same transaction. [`sweep`] does what the notes say.

pub mod address;
pub mod graphql;
pub mod judge;
pub mod loaders;
pub mod model;
pub mod resumes;
pub mod service;
pub mod storage;
mod sweep;
pub mod uploads;

pub use sweep::sweep;
