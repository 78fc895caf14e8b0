//! Finds the texts of postings that were written before texts had hashes, so that they can be given theirs.

crate::dialect::migration!("m0023_unhashed_texts");

const UP: &[&str] = &["CREATE INDEX posting_unhashed ON posting (id) WHERE search_hash IS NULL"];

const DOWN: &[&str] = &["DROP INDEX posting_unhashed"];
